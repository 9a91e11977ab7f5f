#include "harness/grade/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/grade/files.h"
#include "harness/grade/object_names.h"
#include "harness/grade/source_text.h"

namespace heddle::grade {
namespace {

constexpr Limits kCompilerLimits = {.seconds = 120,
                                    .memory = 3ULL << 30,
                                    .address_space = 4ULL << 30,
                                    .processes = 50,
                                    .output = 4'000};

constexpr char kProbe[] = R"(// Fails where two threads are at once in the function that is watched.
#include <assert.h>
#include <atomic>

extern "C" {
extern char heddle_watched;

namespace {
std::atomic<int> inside;
thread_local int depth;
}  // namespace

void __cyg_profile_func_enter(void* function, void*) {
  if (function != static_cast<void*>(&heddle_watched) || depth++ != 0) return;
  if (inside.fetch_add(1) != 0) {
    __assert_fail("MEETING", "probe", 1, "__cyg_profile_func_enter");
  }
}

void __cyg_profile_func_exit(void* function, void*) {
  if (function == static_cast<void*>(&heddle_watched) && --depth == 0) inside.fetch_sub(1);
}
}
)";

using Words = std::vector<std::string>;

bool is_code(const std::string& file) {
  return file.ends_with(".cpp") || file.ends_with(".cc") || file.ends_with(".c");
}

std::string object_of(const std::string& file) {
  return file.substr(0, file.rfind('.')) + ".o";
}

// The compiler in the sandbox. Empty: it did what it should.
std::string run_compiler(const Sandbox& sandbox, const Room& room, Words line) {
  const Inside done = sandbox.run(room, kCompilerLimits, [&line](int out) {
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    std::vector<char*> argv;
    for (std::string& word : line) argv.push_back(word.data());
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    return 127;
  });
  switch (done.end) {
    case Inside::End::ended:
      if (done.status == 0) return "";
      if (done.status == 127) return line.front() + " cannot be started";
      return done.output.empty() ? fmt::format("the compiler ended with status {}", done.status)
                                 : done.output;
    case Inside::End::out_of_time:
      return "the compiler took too long";
    case Inside::End::out_of_memory:
      return "the compiler took too much memory";
    case Inside::End::too_many_processes:
      return "the compiler started too many processes";
    case Inside::End::not_started:
      return "the compiler was not started: " + done.output;
  }
  return "";
}

// The symbol of a function by its name without parameters; empty if no object defines it.
std::string symbol_of(const std::string& function,
                      const std::vector<std::filesystem::path>& objects) {
  for (const auto& object : objects) {
    for (const std::string& symbol : read_object_names(object).defined) {
      const std::string name = demangled(symbol);
      if (name.substr(0, name.find('(')) == function) return symbol;
    }
  }
  return "";
}

using Found = std::map<std::string, std::string>;  // by word, so that none is said twice

void add_forbidden(const Rubric& rubric, const std::set<std::string, std::less<>>& words,
                   const std::string& where, Found& found) {
  for (const Forbidden& entry : rubric.forbidden) {
    for (const std::string& word : entry.words) {
      if (!words.contains(word)) continue;
      found.emplace(word, fmt::format("{} in {}: {}", word, where, entry.why));
    }
  }
}

Words sentences(Found found) {
  Words result;
  for (auto& [word, sentence] : found) result.push_back(std::move(sentence));
  return result;
}

void find_forbidden(const Rubric& rubric, const HandedIn& handed_in,
                    const std::filesystem::path& folder, Built& built) {
  Found forbidden;
  Found escapes;
  for (const auto& [name, text] : handed_in.sources) {
    const SourceText source = read_source_text(text);
    add_forbidden(rubric, source.identifiers, name, forbidden);
    for (const std::string& word : source.identifiers) {
      if (!is_escaping_identifier(word)) continue;
      escapes.emplace(word, fmt::format("{} in {} gets round what is watched", word, name));
    }
    if (!is_code(name)) continue;
    const ObjectNames names = read_object_names(folder / object_of(name));
    std::set<std::string, std::less<>> used;
    for (const std::string& symbol : names.used) {
      used.merge(read_source_text(demangled(symbol)).identifiers);
      if (!is_escaping_symbol(symbol)) continue;
      escapes.emplace(symbol, fmt::format("{}() in {} gets round the tests", symbol, name));
    }
    add_forbidden(rubric, used, name, forbidden);
    for (const std::string& symbol : names.defined) {
      if (!is_escaping_identifier(symbol) && !symbol.starts_with("pthread_")) continue;
      escapes.emplace(symbol, fmt::format("{} defines {}, which is not its own", name, symbol));
    }
  }
  built.forbidden = sentences(std::move(forbidden));
  built.escapes = sentences(std::move(escapes));
}

class Builder {
 public:
  Builder(const Assignment& assignment, const HandedIn& handed_in, const Sandbox& sandbox,
          const Room& room, const std::string& compiler)
      : assignment_(assignment), handed_in_(handed_in), sandbox_(sandbox), room_(room) {
    base_ = {compiler, "-g", "-O1", "-fsanitize=thread", "-fno-diagnostics-color"};
    base_.insert(base_.end(), rubric().flags.begin(), rubric().flags.end());
  }

  Built build() {
    Built built;
    if (!lay_out(built.error)) return built;
    if (built.error = compile({}); !built.error.empty()) return built;
    const auto folder = room_.folder;
    if (built.error = link("program", {}); !built.error.empty()) return built;
    built.built = true;
    built.program = folder / "program";
    find_forbidden(rubric(), handed_in_, folder, built);
    if (!rubric().parallel.empty()) built.error = build_meeting_program(built);
    return built;
  }

 private:
  const Rubric& rubric() const { return assignment_.rubric; }

  bool lay_out(std::string& error) {
    for (const auto& [name, text] : handed_in_.sources) {
      if (!write_file(room_.folder / name, text)) error = "cannot write " + name;
      if (is_code(name)) code_.push_back(name);
    }
    for (const std::string& name : rubric().given) {
      const auto text = read_file(assignment_.handout() / name);
      if (!write_file(room_.folder / name, text.value_or(""))) error = "cannot write " + name;
      if (is_code(name)) code_.push_back(name);
    }
    return error.empty();
  }

  std::string compile(const Words& flags) {
    Words line = base_;
    line.insert(line.end(), flags.begin(), flags.end());
    line.insert(line.end(), {"-I.", "-c"});
    line.insert(line.end(), code_.begin(), code_.end());
    return run_compiler(sandbox_, room_, line);
  }

  std::vector<std::filesystem::path> objects() const {
    std::vector<std::filesystem::path> paths;
    for (const std::string& name : code_) paths.push_back(room_.folder / object_of(name));
    return paths;
  }

  std::string link(const std::string& program, const Words& more) {
    Words line = base_;
    for (const std::string& name : code_) line.push_back(object_of(name));
    line.insert(line.end(), more.begin(), more.end());
    line.insert(line.end(), {"-pthread", "-o", program});
    return run_compiler(sandbox_, room_, line);
  }

  std::string build_meeting_program(Built& built) {
    // The system's headers are no work that anyone would want to watch.
    std::string error =
        compile({"-finstrument-functions", "-finstrument-functions-exclude-file-list=/usr/"});
    if (!error.empty()) return error;
    const std::string watched = symbol_of(rubric().parallel, objects());
    if (watched.empty()) return rubric().parallel + " is not in the program";
    std::string probe = kProbe;
    probe.replace(probe.find("MEETING"), std::string_view("MEETING").size(), kMeeting);
    if (!write_file(room_.folder / "heddle_probe.cpp", probe)) return "cannot write the probe";
    Words line = base_;
    line.insert(line.end(), {"-c", "heddle_probe.cpp"});
    if (error = run_compiler(sandbox_, room_, line); !error.empty()) return error;
    error = link("meeting", {"heddle_probe.o", "-Wl,--defsym=heddle_watched=" + watched});
    if (error.empty()) built.meeting_program = room_.folder / "meeting";
    return error;
  }

  const Assignment& assignment_;
  const HandedIn& handed_in_;
  const Sandbox& sandbox_;
  const Room& room_;
  Words base_;
  Words code_;  // names of files to be compiled
};

}  // namespace

Built build(const Assignment& assignment, const HandedIn& handed_in, const Sandbox& sandbox,
            const Room& room, const std::string& compiler) {
  return Builder(assignment, handed_in, sandbox, room, compiler).build();
}

}  // namespace heddle::grade
