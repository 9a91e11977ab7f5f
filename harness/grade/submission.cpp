#include "harness/grade/submission.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <sstream>

#include "harness/grade/files.h"
#include "harness/grade/source_text.h"

namespace heddle::grade {
namespace {

// The words of an answer: what stands between blanks and commas, small letters for large ones.
std::vector<std::string> words_of(std::string_view text, bool any_order) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r') {
      end_word();
    } else {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  end_word();
  if (any_order) std::sort(words.begin(), words.end());
  return words;
}

std::map<std::string, std::string> answers_by_name(const std::string& text) {
  std::map<std::string, std::string> answers;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string::npos) continue;
    const auto name = words_of(line.substr(0, equals), false);
    if (name.size() == 1) answers[name.front()] = line.substr(equals + 1);
  }
  return answers;
}

// Itself, and not what a link leads to.
bool is_folder(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(std::filesystem::symlink_status(path, error));
}

}  // namespace

Submission submission_at(const std::filesystem::path& path) {
  std::error_code error;
  // What it is called is what it is: a link would hand in under this name what another has written.
  std::filesystem::path named = std::filesystem::absolute(path, error).lexically_normal();
  if (named.filename().empty()) named = named.parent_path();
  auto full = std::filesystem::weakly_canonical(named.parent_path(), error) / named.filename();
  if (error) full = named;
  const bool folder = is_folder(full);
  return {.student = (folder ? full.filename() : full.stem()).string(), .path = std::move(full)};
}

HandedIn read_submission(const Assignment& assignment, const Submission& submission) {
  const Rubric& rubric = assignment.rubric;
  HandedIn handed_in;
  const bool folder = is_folder(submission.path);
  const auto text_of = [&](const std::string& name) -> std::optional<std::string> {
    if (folder) return read_file(submission.path / name);
    if (name == rubric.sources.front()) return read_file(submission.path);
    return std::nullopt;
  };
  handed_in.as_handed_out = true;
  for (const std::string& name : rubric.sources) {
    const auto original = read_file(assignment.handout() / name).value_or("");
    auto text = text_of(name);
    // One file is the whole of what is handed in; the others are as they were.
    if (!text.has_value() && !folder && name != rubric.sources.front()) text = original;
    if (!text.has_value()) {
      handed_in.missing.push_back(name);
      continue;
    }
    handed_in.as_handed_out = handed_in.as_handed_out && *text == original;
    bool is_guarded = false;
    for (const LineRange& range : rubric.unchanged) {
      if (range.file != name) continue;
      is_guarded = true;
      if (text->find(lines_of(original, range.from, range.to)) != std::string::npos) continue;
      handed_in.tests_replaced = true;
      handed_in.changed.push_back(
          fmt::format("lines {} to {} of {} are not as they were", range.from, range.to, name));
    }
    if (is_guarded && read_source_text(*text).defines_macros &&
        !read_source_text(original).defines_macros) {
      handed_in.tests_replaced = true;
      handed_in.changed.push_back(
          fmt::format("{} defines a macro, which may change what the tests do", name));
    }
    handed_in.sources.emplace(name, std::move(*text));
  }
  if (!handed_in.missing.empty()) handed_in.as_handed_out = false;
  for (const std::string& name : rubric.given) {
    if (!folder) break;
    const auto text = text_of(name);
    if (text.has_value() && text != read_file(assignment.handout() / name)) {
      handed_in.changed.push_back(fmt::format("{} was changed; the original is used", name));
    }
  }
  if (folder && !rubric.answers.empty()) handed_in.answers = text_of(rubric.answers).value_or("");
  return handed_in;
}

Answered check_answers(const Rubric& rubric, const std::string& answers) {
  const auto given = answers_by_name(answers);
  Answered result;
  for (const Question& question : rubric.questions) {
    const auto at = given.find(question.name);
    const auto words =
        at == given.end() ? std::vector<std::string>{} : words_of(at->second, question.any_order);
    const bool right =
        !words.empty() && std::any_of(question.accept.begin(), question.accept.end(),
                                      [&](const std::string& accepted) {
                                        return words_of(accepted, question.any_order) == words;
                                      });
    if (right) {
      ++result.right;
    } else {
      result.wrong.push_back(
          fmt::format("{} is {}", question.name, words.empty() ? "not answered" : "not right"));
    }
  }
  return result;
}

bool is_escaping_identifier(const std::string& identifier) {
  static constexpr std::array kWords = {"asm",
                                        "__asm",
                                        "__asm__",  // code that nobody reads
                                        "no_sanitize",
                                        "__no_sanitize__",
                                        "no_sanitize_thread",
                                        "__no_sanitize_thread__",
                                        "disable_sanitizer_instrumentation",
                                        "__disable_sanitizer_instrumentation__",
                                        "naked",
                                        "__naked__",
                                        "_mm_stream_si32",
                                        "_mm_stream_si64",
                                        "_mm_stream_si128",
                                        "__builtin_ia32_movnti",
                                        "__builtin_ia32_movnti64",
                                        "__builtin_ia32_movntdq",  // accesses that nobody sees
                                        "__builtin_setjmp",
                                        "__builtin_longjmp",
                                        "redefine_extname",
                                        "no_instrument_function",
                                        "__no_instrument_function__",
                                        "__assert_fail",
                                        "_Pragma"};
  static constexpr std::array kPrefixes = {"__tsan_", "__cyg_profile_", "heddle_", "__sanitizer_"};
  return std::find(kWords.begin(), kWords.end(), identifier) != kWords.end() ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](const char* prefix) { return identifier.starts_with(prefix); });
}

bool is_escaping_symbol(const std::string& symbol) {
  static constexpr std::array kSymbols = {
      // leaves the tests
      "exit", "_exit", "_Exit", "quick_exit", "at_quick_exit", "on_exit", "longjmp", "siglongjmp",
      "_longjmp", "__longjmp_chk", "setcontext", "swapcontext", "pthread_exit", "thrd_exit",
      "signal", "bsd_signal", "__sysv_signal", "sigset", "sigaction", "raise", "kill", "tgkill",
      "pthread_kill", "sigqueue",
      // another program, or code that is not in the source
      "fork", "vfork", "clone", "execl", "execlp", "execle", "execv", "execve", "execvp", "execvpe",
      "fexecve", "execveat", "_Fork", "forkpty", "daemon", "posix_spawn", "posix_spawnp", "system",
      "popen", "wordexp", "dlopen", "dlsym", "dlvsym", "dlmopen", "dl_iterate_phdr",
      // beside what is watched
      "syscall", "ptrace", "process_vm_readv", "process_vm_writev", "prctl", "arch_prctl",
      "mprotect", "setrlimit", "setrlimit64", "prlimit", "prlimit64",
      // the network
      "socket", "socketpair", "connect"};
  return std::find(kSymbols.begin(), kSymbols.end(), symbol) != kSymbols.end();
}

}  // namespace heddle::grade
