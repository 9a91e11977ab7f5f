// A program may call its own things as it likes, but for the names that ISO C reserves: Heddle's
// libraries never come out there when they call the C library.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

const std::map<std::string, std::set<std::string>> kLeft = {
    {"ISO C reserves it (7.1.3)",
     {"abort",  "btowc",   "clearerr", "fegetenv", "fesetenv", "fflush",    "fprintf", "free",
      "getenv", "llround", "log1p",    "longjmp",  "lround",   "malloc",    "memchr",  "memcmp",
      "memcpy", "memmove", "memset",   "pow",      "realloc",  "setlocale", "setvbuf", "signal",
      "stderr", "stdin",   "stdout",   "strlen",   "strstr"}},
    {"of the loader, by which everything else is found",
     {"dl_iterate_phdr", "dladdr", "dladdr1", "dlsym", "dlvsym"}},
    {"variables, kept and put back whosever they are",
     {"optarg", "opterr", "optind", "optopt", "signgam"}},
    {"who starts threads has <pthread.h>, which declares it as a function", {"pthread_self"}},
};

// What the loader is to find for the library, of names that are not reserved for implementations.
std::set<std::string> asked_for(const std::string& library) {
  std::istringstream relocations(run_process({"readelf", "-rW", library}).out);
  std::set<std::string> names;
  for (std::string line; std::getline(relocations, line);) {
    // Offset, info, type, value, name@version
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word.size() != 16) continue;  // a heading
    for (int i = 1; i < 5; ++i) words >> word;
    word.resize(std::min(word.find('@'), word.size()));
    // Without a symbol: an address.
    if (words && !word.starts_with('_') &&
        word.find_first_not_of("0123456789abcdef") < word.size()) {
      names.insert(word);
    }
  }
  return names;
}

const std::string kLayer =
    std::filesystem::path(HEDDLE_TEST_LIBRARY).parent_path() / "libheddle-tsan.so";

TEST(OwnNames, libraries_ask_the_loader_for_nothing_that_a_program_may_define) {
  std::set<std::string> left;
  for (const auto& [reason, names] : kLeft) left.insert(names.begin(), names.end());
  std::set<std::string> seen;
  for (const std::string& library : {std::string(HEDDLE_TEST_LIBRARY), kLayer}) {
    for (const std::string& name : asked_for(library)) {
      EXPECT_TRUE(left.contains(name)) << name << " of " << library << ": add it to own_calls.def";
      seen.insert(name);
    }
  }
  EXPECT_EQ(seen, left) << "and nothing stands in the list that is not asked for";
}

// Names of functions that Heddle calls, or stands in for, as variables. Not those of headers that
// the program includes.
constexpr const char* kNames[] = {
    "close",      "recv",    "send",        "sigaction", "sigaltstack",  "sigemptyset", "write",
    "read",       "pread",   "lseek",       "fork",      "kill",         "waitpid",     "isatty",
    "fileno",     "fstat",   "madvise",     "mprotect",  "readlink",     "setenv",      "unsetenv",
    "syscall",    "sysconf", "getpid",      "gettid",    "getauxval",    "sem_wait",    "sem_init",
    "dirfd",      "poll",    "select",      "connect",   "accept",       "pipe",        "open",
    "usleep",     "dup2",    "close_range", "environ",   "memfd_create", "strnlen",     "wcsnlen",
    "sigfillset", "_exit",   "index",       "socket",    "getpgrp"};

class NameOfItsOwn : public testing::TestWithParam<const char*> {};

TEST_P(NameOfItsOwn, is_no_way_into_the_program) {
  const TemporaryFolder folder;
  const std::string source = folder / "program.c";
  const std::string program = folder / "program";
  std::ofstream(source) << "#include <pthread.h>\n"
                           "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n"
                           "int "
                        << GetParam()
                        << ";\nstatic void *add(void *unused) {\n"
                           "  pthread_mutex_lock(&lock);\n  "
                        << GetParam()
                        << "++;\n  pthread_mutex_unlock(&lock);\n  return unused;\n}\n"
                           "int main(void) {\n  pthread_t t;\n"
                           "  pthread_create(&t, 0, add, 0);\n  add(0);\n"
                           "  pthread_join(t, 0);\n  return "
                        << GetParam() << " != 2;\n}\n";
  const Ended built = run_process({"gcc", "-std=c11", "-g", "-O1", "-w", "-fno-builtin",
                                   "-fsanitize=thread", source, "-o", program, "-pthread"});
  ASSERT_EQ(built.status, 0) << built.err;
  for (const EngineKind engine : {EngineKind::fuzz, EngineKind::stress, EngineKind::tsan}) {
    // ThreadSanitizer's own library calls some of them: then there is nothing to run.
    if (engine == EngineKind::tsan && run_process({"setarch", "-R", program}).status != 0) continue;
    const EngineResult result = search_once(search_options(program, engine, 20));
    EXPECT_EQ(result.error.value_or(""), "") << to_string(engine);
    EXPECT_GT(result.runs, 0U) << to_string(engine);
    EXPECT_EQ(result.failed, 0U) << to_string(engine);
  }
}

INSTANTIATE_TEST_SUITE_P(names, NameOfItsOwn, testing::ValuesIn(kNames));

}  // namespace
}  // namespace heddle::verdicts
