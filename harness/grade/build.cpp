#include "harness/grade/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <stdexcept>

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

// The symbol of a function by its name without parameters; empty if the object does not define it.
std::string symbol_of(const std::string& function, const std::filesystem::path& object) {
  for (const std::string& symbol : read_object_names(object).defined) {
    const std::string name = demangled(symbol);
    if (name.substr(0, name.find('(')) == function) return symbol;
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

Words base_line(const Rubric& rubric, const std::string& compiler) {
  Words line = {compiler, "-g", "-O1", "-fsanitize=thread", "-fno-diagnostics-color"};
  line.insert(line.end(), rubric.flags.begin(), rubric.flags.end());
  return line;
}

constexpr char kProbeSource[] = "heddle_probe.cpp";
constexpr char kProbeObject[] = "heddle_probe.o";

// The objects of what is given, within the folder that holds them.
std::string given_object(const std::string& file, bool watched) {
  return (watched ? "watched_" : "") + object_of(file);
}

void write_or_throw(const std::filesystem::path& file, std::string_view text) {
  if (!write_file(file, text)) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

Given::Given(const Assignment& assignment, const Sandbox& sandbox, Room room,
             const std::string& compiler) {
  const Rubric& rubric = assignment.rubric;
  room.folder = folder_.path();
  sandbox.hand_over(room.folder);
  room.writable = true;
  const auto compile = [&](const Words& more) {
    Words line = base_line(rubric, compiler);
    line.insert(line.end(), more.begin(), more.end());
    const std::string error = run_compiler(sandbox, room, line);
    if (!error.empty()) throw std::runtime_error("what the assignment gives: " + error);
  };
  for (const std::string& name : rubric.given) {
    write_or_throw(room.folder / name, read_file(assignment.handout() / name).value_or(""));
  }
  for (const std::string& name : rubric.given) {
    if (!is_code(name)) continue;
    compile({"-I.", "-c", name, "-o", given_object(name, false)});
    if (rubric.parallel.empty()) continue;
    // The system's headers are no work that anyone would want to watch.
    compile({"-I.", "-finstrument-functions", "-finstrument-functions-exclude-file-list=/usr/",
             "-c", name, "-o", given_object(name, true)});
    if (watched_.empty()) watched_ = symbol_of(rubric.parallel, room.folder / object_of(name));
  }
  if (rubric.parallel.empty()) return;
  if (watched_.empty()) {
    throw std::runtime_error(rubric.parallel + " is no function of a file that is given");
  }
  std::string probe = kProbe;
  probe.replace(probe.find("MEETING"), std::string_view("MEETING").size(), kMeeting);
  write_or_throw(room.folder / kProbeSource, probe);
  compile({"-c", kProbeSource, "-o", kProbeObject});
}

Built build(const Assignment& assignment, const Given& given, const HandedIn& handed_in,
            const Sandbox& sandbox, const Room& room, const std::string& compiler) {
  const Rubric& rubric = assignment.rubric;
  const bool watched = !rubric.parallel.empty();
  Words sources;
  Words objects;
  Words watched_objects;
  for (const auto& [name, text] : handed_in.sources) {
    write_or_throw(room.folder / name, text);
    sources.push_back(name);
    objects.push_back(object_of(name));
    watched_objects.push_back(object_of(name));
  }
  const auto take = [&](const std::string& name) {
    std::filesystem::copy_file(given.folder() / name, room.folder / name);
    return name;
  };
  for (const std::string& name : rubric.given) {
    if (!is_code(name)) {
      take(name);
      continue;
    }
    objects.push_back(take(given_object(name, false)));
    if (watched) watched_objects.push_back(take(given_object(name, true)));
  }

  Built built;
  Words line = base_line(rubric, compiler);
  line.insert(line.end(), {"-I.", "-c"});
  line.insert(line.end(), sources.begin(), sources.end());
  if (built.error = run_compiler(sandbox, room, line); !built.error.empty()) return built;
  const auto link = [&](const Words& what, const std::string& program) {
    Words link_line = base_line(rubric, compiler);
    link_line.insert(link_line.end(), what.begin(), what.end());
    link_line.insert(link_line.end(), {"-pthread", "-o", program});
    return run_compiler(sandbox, room, link_line);
  };
  if (built.error = link(objects, "program"); !built.error.empty()) return built;
  built.built = true;
  built.program = room.folder / "program";
  find_forbidden(rubric, handed_in, room.folder, built);
  if (!watched) return built;
  watched_objects.push_back(take(kProbeObject));
  watched_objects.push_back("-Wl,--defsym=heddle_watched=" + given.watched());
  if (built.error = link(watched_objects, "meeting"); !built.error.empty()) return built;
  built.meeting_program = room.folder / "meeting";
  return built;
}

}  // namespace heddle::grade
