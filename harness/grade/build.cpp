#include "harness/grade/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "harness/grade/files.h"
#include "harness/grade/object_names.h"

namespace heddle::grade {
namespace {

constexpr Limits kCompilerLimits = {.seconds = 120,
                                    .memory = 3ULL << 30,
                                    .address_space = 4ULL << 30,
                                    .processes = 50,
                                    .output = 4'000};

// Fails where the program is left before main() has come to its end: by whatever function of the C
// library ends processes. Those that call no function at exit are refused by their names.
constexpr char kGuard[] = R"(
#include <assert.h>
#include <stdlib.h>

extern "C" int __real_main(int, char**, char**);

namespace {
bool ended = false;

__attribute__((no_sanitize_thread)) void note_end() { ended = true; }

__attribute__((no_sanitize_thread)) void check_end() {
  if (!ended) __assert_fail("main() comes to its end", "guard", 1, "exit");
}

__attribute__((constructor(101))) void begin() {
  atexit(check_end);
  at_quick_exit(check_end);
}
}  // namespace

extern "C" int __wrap_main(int count, char** words, char** variables) {
  const int status = __real_main(count, words, variables);
  note_end();
  return status;
}
)";

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
  return stem_of(file) + ".o";
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
                                 : without_folder(done.output, room.folder);
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
  for (const auto& [symbol, name] : read_object_names(object).defined) {
    const std::string words = demangled(symbol);
    if (words.substr(0, words.find('(')) == function) return symbol;
  }
  return "";
}

Words base_line(const Rubric& rubric, const std::string& compiler) {
  Words line = {compiler, "-g", "-O1", "-fsanitize=thread", "-fno-diagnostics-color"};
  line.insert(line.end(), rubric.flags.begin(), rubric.flags.end());
  return line;
}

constexpr char kProbeSource[] = "heddle_probe.cpp";
constexpr char kProbeObject[] = "heddle_probe.o";
constexpr char kGuardSource[] = "heddle_guard.cpp";
constexpr char kGuardObject[] = "heddle_guard.o";

void add_names(const std::filesystem::path& object, ObjectNames& names) {
  ObjectNames more = read_object_names(object);
  names.defined.merge(more.defined);
  names.used.merge(more.used);
}

std::string hidden_test_object(std::size_t index) {
  return fmt::format("hidden_test_{}.o", index);
}

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
    add_names(room.folder / given_object(name, false), names_);
    if (rubric.parallel.empty()) continue;
    // The system's headers are no work that anyone would want to watch.
    compile({"-I.", "-finstrument-functions", "-finstrument-functions-exclude-file-list=/usr/",
             "-c", name, "-o", given_object(name, true)});
    if (watched_.empty()) watched_ = symbol_of(rubric.parallel, room.folder / object_of(name));
  }
  for (std::size_t i = 0; i < rubric.hidden_tests.size(); ++i) {
    const std::string& name = rubric.hidden_tests[i];
    write_or_throw(room.folder / name, read_file(assignment.hidden() / name).value_or(""));
    compile({"-I.", "-c", name, "-o", hidden_test_object(i)});
    add_names(room.folder / hidden_test_object(i), names_);
  }
  for (const std::string& name : rubric.sources) {
    // In a folder of its own, for a source may have the name of what is given.
    const std::string copy = "original_" + name;
    write_or_throw(room.folder / copy, read_file(assignment.handout() / name).value_or(""));
    compile({"-I.", "-c", copy});
    add_names(room.folder / object_of(copy), original_names_);
  }
  // A test that leaves by itself is its own affair.
  for (const ObjectNames* names : {&names_, &original_names_}) {
    for (const char* leaves : {"exit", "_exit", "_Exit", "quick_exit", "pthread_exit"}) {
      if (names->used.contains(leaves)) guards_main_ = false;
    }
  }
  write_or_throw(room.folder / kGuardSource, kGuard);
  compile({"-c", kGuardSource, "-o", kGuardObject});
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
  const auto take = [&](const std::string& name) {
    std::filesystem::copy_file(given.folder() / name, room.folder / name);
    return name;
  };
  // What is given comes first: of functions that several objects define alike the linker takes the
  // first.
  Words objects;
  Words watched_objects;
  std::vector<Words> hidden_objects(rubric.hidden_tests.size());
  for (const std::string& name : rubric.given) {
    if (!is_code(name)) {
      take(name);
      continue;
    }
    objects.push_back(take(given_object(name, false)));
    if (watched) watched_objects.push_back(take(given_object(name, true)));
    for (std::size_t i = 0; i < hidden_objects.size(); ++i) {
      hidden_objects[i].push_back(name == kTest ? take(hidden_test_object(i)) : objects.back());
    }
  }
  Words guard;
  if (given.guards_main()) guard = {take(kGuardObject), "-Wl,--wrap=main"};

  Words sources;
  Words own_objects;
  for (const auto& [name, text] : handed_in.sources) {
    write_or_throw(room.folder / name, text);
    sources.push_back(name);
    own_objects.push_back(object_of(name));
  }
  Built built;
  const auto compile = [&](const Words& more) {
    Words line = base_line(rubric, compiler);
    line.insert(line.end(), more.begin(), more.end());
    return run_compiler(sandbox, room, std::move(line));
  };
  Words line = {"-I.", "-c"};
  line.insert(line.end(), sources.begin(), sources.end());
  if (built.error = compile(line); !built.error.empty()) return built;
  for (const std::string& name : sources) {
    built.error = compile({"-I.", "-E", name, "-o", stem_of(name) + ".ii"});
    if (!built.error.empty()) return built;
  }
  const auto link = [&](Words what, const std::string& program) {
    what.insert(what.end(), guard.begin(), guard.end());
    what.insert(what.end(), own_objects.begin(), own_objects.end());
    what.insert(what.end(), {"-pthread", "-o", program});
    return compile(what);
  };
  if (built.error = link(objects, "program"); !built.error.empty()) return built;
  built.built = true;
  built.program = room.folder / "program";
  built.inspected = inspect(rubric, handed_in, room.folder, given.names(), given.original_names());
  for (std::size_t i = 0; i < hidden_objects.size(); ++i) {
    const std::string program = fmt::format("hidden_test_{}", i);
    if (built.error = link(hidden_objects[i], program); !built.error.empty()) return built;
    built.hidden_tests.push_back(room.folder / program);
  }
  if (!watched) return built;
  watched_objects.push_back(take(kProbeObject));
  watched_objects.push_back("-Wl,--defsym=heddle_watched=" + given.watched());
  if (built.error = link(watched_objects, "meeting"); !built.error.empty()) return built;
  built.meeting_program = room.folder / "meeting";
  return built;
}

}  // namespace heddle::grade
