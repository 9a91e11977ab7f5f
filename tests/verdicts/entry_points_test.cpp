// libheddle.so answers every call that compilers put into a program, and that ThreadSanitizer's own
// library answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

bool is_hook(const std::string& name) {
  for (const char* prefix : {"__tsan_", "__sanitizer_unaligned_", "Annotate", "WTFAnnotate"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

std::set<std::string> hooks(std::set<std::string> names) {
  std::erase_if(names, [](const std::string& name) { return !is_hook(name); });
  return names;
}

std::set<std::string> without(std::set<std::string> names, const std::set<std::string>& taken) {
  std::erase_if(names, [&](const std::string& name) { return taken.contains(name); });
  return names;
}

std::set<std::string> heddle_exports() {
  return symbols(HEDDLE_TEST_LIBRARY, {"-D", "--defined-only"});
}

struct Build {
  std::string name;
  std::string compiler;
  std::vector<std::string> flags;
  std::vector<std::string> reaches;  // hooks that the program must contain
};

std::string with_index(const std::string& name, int bits) {
  std::string result = name;
  result.replace(result.find('#'), 1, std::to_string(bits));
  return result;
}

std::vector<std::string> each(const std::vector<std::string>& names,
                              std::initializer_list<int> numbers) {
  std::vector<std::string> result;
  for (const std::string& name : names) {
    for (const int number : numbers) result.push_back(with_index(name, number));
  }
  return result;
}

std::vector<std::string> join(std::initializer_list<std::vector<std::string>> lists) {
  std::vector<std::string> result;
  for (const auto& list : lists) result.insert(result.end(), list.begin(), list.end());
  return result;
}

const std::vector<std::string> kAllCompilers =
    join({{"__tsan_init", "__tsan_func_entry", "__tsan_func_exit", "__tsan_vptr_update",
           "__tsan_atomic_thread_fence", "__tsan_atomic_signal_fence"},
          each({"__tsan_read#"}, {1, 2, 4, 8, 16}),
          each({"__tsan_write#"}, {16}),
          each({"__tsan_atomic#_load", "__tsan_atomic#_store", "__tsan_atomic#_exchange",
                "__tsan_atomic#_fetch_add", "__tsan_atomic#_fetch_sub", "__tsan_atomic#_fetch_or",
                "__tsan_atomic#_fetch_nand"},
               {8, 16, 32, 64})});

// clang turns `fetch_and(-1)` and `fetch_xor(0)` into other operations, g++ does not.
const std::vector<std::string> kGcc =
    join({kAllCompilers,
          {"__tsan_read_range", "__tsan_write_range"},
          each({"__tsan_write#"}, {1, 2, 4, 8}),
          each({"__tsan_atomic#_fetch_and", "__tsan_atomic#_fetch_xor",
                "__tsan_atomic#_compare_exchange_weak", "__tsan_atomic#_compare_exchange_strong"},
               {8, 16, 32, 64, 128}),
          each({"__tsan_atomic#_load", "__tsan_atomic#_fetch_add"}, {128})});

const std::vector<std::string> kGccVolatile =
    join({kGcc, each({"__tsan_volatile_read#", "__tsan_volatile_write#"}, {1, 2, 4, 8, 16})});

const std::vector<std::string> kClang =
    join({kAllCompilers,
          {"__tsan_vptr_read"},
          each({"__tsan_unaligned_read#"}, {2, 16}),
          each({"__tsan_atomic#_compare_exchange_val", "__tsan_atomic#_fetch_add"},
               {8, 16, 32, 64, 128})});

const std::vector<std::string> kClangVolatile = join(
    {kClang, each({"__tsan_volatile_read#", "__tsan_volatile_write#"}, {1, 2, 4, 8, 16}),
     each({"__tsan_unaligned_volatile_read#", "__tsan_unaligned_volatile_write#"}, {2, 4, 8, 16}),
     each({"__tsan_unaligned_write#"}, {2, 4, 8, 16})});

const std::vector<std::string> kClangCompound =
    join({kClang, each({"__tsan_read_write#"}, {1, 2, 4, 8, 16}),
          each({"__tsan_unaligned_read_write#"}, {2, 4, 8, 16})});

const std::vector<std::string> kMemoryFunctions = {"__tsan_memcpy", "__tsan_memmove",
                                                   "__tsan_memset"};

const std::vector<Build> kBuilds = {
    {"gcc", "g++", {"-Wno-tsan"}, kGcc},
    {"gcc_volatile", "g++", {"-Wno-tsan", "--param", "tsan-distinguish-volatile=1"}, kGccVolatile},
    {"clang14_volatile",
     "clang++-14",
     {"-mcx16", "-mllvm", "-tsan-distinguish-volatile=1"},
     kClangVolatile},
    {"clang14_compound",
     "clang++-14",
     {"-mcx16", "-mllvm", "-tsan-compound-read-before-write=1"},
     kClangCompound},
    {"clang19_volatile",
     "clang++-19",
     {"-mcx16", "-mllvm", "-tsan-distinguish-volatile=1"},
     join({kClangVolatile, kMemoryFunctions})},
    {"clang19_compound",
     "clang++-19",
     {"-mcx16", "-mllvm", "-tsan-compound-read-before-write=1"},
     join({kClangCompound, kMemoryFunctions})},
};

class EveryHook : public testing::TestWithParam<Build> {
 protected:
  void SetUp() override {
    const Build& build = GetParam();
    if (!find_in_path(build.compiler).has_value()) GTEST_SKIP() << "no " << build.compiler;
    std::vector<std::string> command = {
        build.compiler, "-g",
        "-O1",          "-fsanitize=thread",
        "-c",           "-o",
        object_,        HEDDLE_TEST_SOURCE_DIR "/tests/verdicts/programs/every_hook.cpp"};
    command.insert(command.end(), build.flags.begin(), build.flags.end());
    const Ended built = run_process(command);
    ASSERT_EQ(built.status, 0) << built.err;
    asked_ = hooks(symbols(object_, {"--undefined-only"}));
  }

  // Some hooks are in no library that could be linked with (g++'s own has none for
  // tsan-distinguish-volatile), so the program is linked with one that only has their names.
  void link() {
    std::ofstream source(folder_ / "names.c");
    for (const std::string& name : asked_) source << "void " << name << "(void) {}\n";
    source.close();
    const Ended library =
        run_process({HEDDLE_TEST_CXX, "-x", "c", "-w", "-fno-builtin", "-shared", "-fPIC",
                     "-Wl,-soname,libtsan.so.2", folder_ / "names.c", "-o", folder_ / "names.so"});
    ASSERT_EQ(library.status, 0) << library.err;
    const Ended linked = run_process(
        {HEDDLE_TEST_CXX, object_, folder_ / "names.so", "-latomic", "-pthread", "-o", program_});
    ASSERT_EQ(linked.status, 0) << linked.err;
  }

  TemporaryFolder folder_;
  std::string object_ = folder_ / "every_hook.o";
  std::string program_ = folder_ / "every_hook";
  std::set<std::string> asked_;
};

TEST_P(EveryHook, is_reached_by_the_program_and_exported_by_the_library) {
  const std::set<std::string> reaches(GetParam().reaches.begin(), GetParam().reaches.end());
  EXPECT_EQ(without(reaches, asked_), std::set<std::string>{}) << "not in the program";
  EXPECT_EQ(without(asked_, heddle_exports()), std::set<std::string>{}) << "not exported";
}

TEST_P(EveryHook, does_its_access_under_fuzz_and_relacy) {
  ASSERT_NO_FATAL_FAILURE(link());
  for (const EngineKind engine : {EngineKind::fuzz, EngineKind::relacy}) {
    SCOPED_TRACE(to_string(engine));
    SearchOptions options = search_options(program_, engine, 200);
    options.job.strategy = "random";
    const EngineResult result = search_once(options);
    EXPECT_EQ(result.error.value_or(""), "");
    EXPECT_EQ(result.runs, 200U);
    EXPECT_EQ(result.failed, 0U);
    for (const Finding& finding : result.findings) {
      ADD_FAILURE() << to_string(finding.failure.kind) << ": " << finding.failure.message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(compilers, EveryHook, testing::ValuesIn(kBuilds),
                         [](const auto& parameter) { return parameter.param.name; });

// What ThreadSanitizer's library asks of the program, not the program of the library: a program may
// define them, and nobody calls them where that library is not.
const std::map<std::string, std::string> kDefinedByPrograms = {
    {"__tsan_default_options", "the program's default for TSAN_OPTIONS"},
    {"__tsan_default_suppressions", "the program's list of reports to be left out"},
    {"__tsan_on_report", "called with each report"},
    {"__tsan_symbolize_external", "Go's names of its code places"},
    {"__tsan_symbolize_external_ex", "the same, in a later form"},
    {"__tsan_test_only_on_fork", "called at fork() in LLVM's own tests"},
};

class ThreadSanitizerLibrary : public testing::TestWithParam<std::pair<const char*, const char*>> {
};

TEST_P(ThreadSanitizerLibrary, exports_nothing_for_programs_that_heddle_does_not) {
  const auto& [compiler, name] = GetParam();
  if (!find_in_path(compiler).has_value()) GTEST_SKIP() << "no " << compiler;
  std::string library = run_process({compiler, std::string("-print-file-name=") + name}).out;
  library.erase(std::find(library.begin(), library.end(), '\n'), library.end());
  if (!std::filesystem::exists(library)) GTEST_SKIP() << compiler << " has no " << name;
  std::set<std::string> theirs = hooks(symbols(library, {"-D", "--defined-only"}));
  ASSERT_GT(theirs.size(), 100U);
  for (const auto& [defined_by_program, reason] : kDefinedByPrograms) {
    theirs.erase(defined_by_program);
  }
  EXPECT_EQ(without(theirs, heddle_exports()), std::set<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(compilers, ThreadSanitizerLibrary,
                         testing::Values(std::pair("g++", "libtsan.so"),
                                         std::pair("clang++-14", "libclang_rt.tsan-x86_64.so"),
                                         std::pair("clang++-19", "libclang_rt.tsan-x86_64.so")));

TEST(Library, keeps_its_own_operator_new_to_itself) {
  std::set<std::string> allocation = heddle_exports();
  ASSERT_TRUE(allocation.contains("__tsan_init"));
  std::erase_if(allocation, [](const std::string& name) {
    return !name.starts_with("_Zn") && !name.starts_with("_Zd");
  });
  EXPECT_EQ(allocation, std::set<std::string>{});
}

}  // namespace
}  // namespace heddle::verdicts
