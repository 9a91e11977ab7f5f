// What of a program is not instrumented, found in programs of all compilers that are there.
#include "harness/search/instrumentation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "program_workshop.h"

namespace heddle::verdicts {
namespace {

// ---- of all compilers, languages, and levels ----------------------------------------------------

struct Variant {
  bool of_c;
  bool debug;
  const char* level;
};

class EachVariant : public testing::TestWithParam<Variant> {
 protected:
  template <typename Check>
  void for_each_compiler(Check check) {
    const Variant& variant = GetParam();
    for (const Compiler& compiler : compilers(variant.of_c)) {
      SCOPED_TRACE(compiler.name);
      const Workshop workshop(compiler, variant.of_c);
      Words flags = {variant.level, "-fPIC"};
      if (variant.debug) flags.push_back("-g");
      check(workshop, flags, joined(flags, {kThread}));
      if (HasFatalFailure()) return;
    }
  }

  // What add() of `workshop` goes by.
  std::string lib_name(const Workshop& workshop) const {
    return GetParam().debug ? workshop.source("mylib") : "add()";
  }
};

TEST_P(EachVariant, what_is_built_without_the_flag_is_named) {
  for_each_compiler([&](const Workshop& w, const Words& plain, const Words& thread) {
    const std::string main = w.compile(w.source("main"), thread);
    const std::string pure = w.compile(w.source("pure"), thread);
    const std::string lib = w.compile(w.source("mylib"), thread);
    const std::string plain_lib = w.compile(w.source("mylib"), plain);
    const std::string plain_pure = w.compile(w.source("pure"), plain);

    const std::string all = w.link({main, lib, pure});
    EXPECT_EQ(look({all}), Instrumentation{});
    // A unit without an access needs no instrumentation.
    EXPECT_EQ(look({w.link({main, lib, plain_pure})}), Instrumentation{});

    const std::string half = w.link({main, plain_lib, pure});
    const Words named = names(look({half}));
    EXPECT_TRUE(std::find(named.begin(), named.end(), lib_name(w)) != named.end())
        << testing::PrintToString(named);
    for (const std::string& name : named) {
      if (GetParam().debug) {
        EXPECT_EQ(name, lib_name(w));
      }
      EXPECT_EQ(name.find("main"), std::string::npos);
    }

    // The same as an archive.
    const std::string archive = w.path("libplain.a");
    Workshop::run({"ar", "rc", archive, plain_lib});
    EXPECT_EQ(names(look({w.link({main, pure, archive})})), named);

    // And as a shared library, with another that is instrumented.
    const std::string library = w.shared_library("libplain.so", {plain_lib});
    const std::string pure_library = w.shared_library("libpure.so", {plain_pure});
    const std::string with_library = w.link({main, library, pure_library});
    EXPECT_EQ(names(look({with_library, library, pure_library})), Words{"libplain.so"});
    const std::string good_library = w.shared_library("libgood.so", {lib}, {kThread});
    EXPECT_EQ(look({with_library, good_library, pure_library}), Instrumentation{});

    // Without any names.
    for (const std::string& program : {all, half}) {
      Workshop::run({"strip", program});
      const Instrumentation found = look({program});
      EXPECT_EQ(found.uninstrumented.empty(), program == all);
      EXPECT_FALSE(found.none);
    }
  });
}

TEST_P(EachVariant, a_program_that_is_only_linked_with_the_flag_has_nothing_instrumented) {
  for_each_compiler([&](const Workshop& w, const Words& plain, const Words&) {
    const std::string program =
        w.link({w.compile(w.source("main"), plain), w.compile(w.source("mylib"), plain),
                w.compile(w.source("pure"), plain)});
    EXPECT_TRUE(look({program}).none);
  });
}

TEST_P(EachVariant, a_plain_main_is_named_too) {
  for_each_compiler([&](const Workshop& w, const Words& plain, const Words& thread) {
    const std::string program =
        w.link({w.compile(w.source("main"), plain), w.compile(w.source("mylib"), thread),
                w.compile(w.source("pure"), thread)});
    EXPECT_EQ(names(look({program})),
              Words{GetParam().debug ? w.source("main") : std::string("main()")});
  });
}

INSTANTIATE_TEST_SUITE_P(Instrumentation, EachVariant,
                         testing::Values(Variant{true, true, "-O0"}, Variant{true, true, "-O2"},
                                         Variant{true, false, "-O0"}, Variant{true, false, "-O2"},
                                         Variant{false, true, "-O0"}, Variant{false, true, "-O2"},
                                         Variant{false, false, "-O0"},
                                         Variant{false, false, "-O2"}),
                         [](const auto& parameter) {
                           return std::string(parameter.param.of_c ? "c" : "cpp") +
                                  (parameter.param.debug ? "_with_debug_" : "_without_debug_") +
                                  (parameter.param.level + 1);
                         });

// ---- ways to build ------------------------------------------------------------------------------

struct WayToBuild {
  const char* name;
  Words compile;
  Words link;
  const char* tool;  // without it, nothing to test
};

class EachWay : public testing::TestWithParam<WayToBuild> {};

TEST_P(EachWay, finds_the_plain_unit_and_no_other) {
  const WayToBuild& way = GetParam();
  if (!find_in_path(way.tool).has_value()) GTEST_SKIP() << "no " << way.tool;
  for (const Compiler& compiler : compilers(true)) {
    SCOPED_TRACE(compiler.name);
    const Workshop w(compiler);
    const Words plain = joined({"-g", "-O1"}, way.compile);
    const Words thread = joined(plain, {kThread});
    const std::string main = w.compile("main.c", thread);
    const std::string pure = w.compile("pure.c", thread);
    ASSERT_FALSE(HasFatalFailure());
    const auto linked = [&](const Words& flags) {
      return w.link({main, w.compile("mylib.c", flags), pure}, joined({"-O1"}, way.link));
    };
    EXPECT_EQ(look({linked(thread)}), Instrumentation{});
    EXPECT_EQ(names(look({linked(plain)})), Words{"mylib.c"});
  }
}

INSTANTIATE_TEST_SUITE_P(
    Instrumentation, EachWay,
    testing::Values(WayToBuild{"hooks_without_stubs", {"-fno-plt"}, {}, "ld"},
                    WayToBuild{"at_a_fixed_place", {"-fno-pie"}, {"-no-pie"}, "ld"},
                    WayToBuild{"old_debug_information", {"-gdwarf-4"}, {}, "ld"},
                    WayToBuild{"split_debug_information", {"-gsplit-dwarf"}, {}, "ld"},
                    WayToBuild{"compressed_debug_information", {"-gz"}, {"-gz"}, "ld"},
                    WayToBuild{
                        "functions_dropped", {"-ffunction-sections"}, {"-Wl,--gc-sections"}, "ld"},
                    WayToBuild{"indirect_branch_tracking", {"-fcf-protection"}, {}, "ld"},
                    WayToBuild{"linked_by_lld", {}, {"-fuse-ld=lld"}, "ld.lld"},
                    WayToBuild{"linked_by_gold", {}, {"-fuse-ld=gold"}, "ld.gold"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(Instrumentation, gcc_may_keep_its_options_to_itself_or_turn_them_off_again) {
  if (!find_in_path("gcc").has_value()) GTEST_SKIP() << "no gcc";
  const Workshop w({"gcc", {kThread, "-pthread"}});
  const Words thread = {"-g", "-O1", kThread};
  const std::string main = w.compile("main.c", joined(thread, {"-gno-record-gcc-switches"}));
  const std::string pure = w.compile("pure.c", thread);
  const auto with_lib = [&](const Words& flags) {
    return names(look({w.link({main, w.compile("mylib.c", flags), pure})}));
  };
  EXPECT_EQ(with_lib(joined(thread, {"-gno-record-gcc-switches"})), Words{});
  EXPECT_EQ(with_lib({"-g", "-O1", "-gno-record-gcc-switches"}), Words{"mylib.c"});
  EXPECT_EQ(with_lib({"-g", "-O1", "-fsanitize=undefined,thread", "-fno-sanitize=undefined"}),
            Words{});
  EXPECT_EQ(with_lib(joined(thread, {"-fno-sanitize=all"})), Words{"mylib.c"});
}

TEST(Instrumentation, separate_debug_information_is_looked_for) {
  if (!find_in_path("gcc").has_value()) GTEST_SKIP() << "no gcc";
  const Workshop w({"gcc", {kThread, "-pthread"}});
  const Words plain = {"-g", "-O1"};
  const Words thread = joined(plain, {kThread});
  const std::string program = w.link(
      {w.compile("main.c", thread), w.compile("mylib.c", plain), w.compile("pure.c", thread)});
  const std::string debug = program + ".debug";
  Workshop::run({"objcopy", "--only-keep-debug", program, debug});
  Workshop::run({"strip", program});
  Workshop::run({"objcopy", "--add-gnu-debuglink=" + debug, program});
  EXPECT_EQ(names(look({program})), Words{"mylib.c"});
}

// With -flto instrumentation is made when the program is linked.
TEST(Instrumentation, of_gcc_with_optimisation_at_link_time) {
  if (!find_in_path("gcc").has_value()) GTEST_SKIP() << "no gcc";
  const Workshop w({"gcc", {"-pthread"}});
  const Words thread = {"-g", "-O1", "-flto", kThread};
  const std::string program = w.link(
      {w.compile("main.c", thread), w.compile("mylib.c", thread), w.compile("pure.c", thread)},
      thread);
  EXPECT_EQ(look({program}), Instrumentation{});
  const Words plain = {"-g", "-O1", "-flto"};
  const std::string not_instrumented =
      w.link({w.compile("main.c", plain), w.compile("mylib.c", plain), w.compile("pure.c", plain)},
             joined(plain, {"-ltsan"}));
  const Instrumentation found = look({not_instrumented});
  EXPECT_TRUE(found.none);
  EXPECT_FALSE(found.uninstrumented.empty());
}

// Neither flags nor debug information, and no word of where functions end.
TEST(Instrumentation, assembler_that_accesses_memory_is_named) {
  if (!find_in_path("gcc").has_value()) GTEST_SKIP() << "no gcc";
  const Workshop w({"gcc", {kThread, "-pthread"}});
  w.write("pure.s",
          ".text\n.globl pure\npure:\n  xorl %eax, %eax\n  ret\n"
          ".section .note.GNU-stack,\"\",@progbits\n");
  w.write("counting.s",
          ".bss\ncounter:\n  .long 0\n.text\n.globl pure\npure:\n"
          "  incl counter(%rip)\n  xorl %eax, %eax\n  ret\n"
          ".section .note.GNU-stack,\"\",@progbits\n");
  const Words thread = {"-g", "-O1", kThread};
  const std::string main = w.compile("main.c", thread);
  const std::string lib = w.compile("mylib.c", thread);
  EXPECT_EQ(look({w.link({main, lib, w.compile("pure.s", {})})}), Instrumentation{});
  EXPECT_EQ(names(look({w.link({main, lib, w.compile("counting.s", {})})})), Words{"pure()"});
  EXPECT_EQ(names(look({w.link({main, lib, w.compile("counting.s", {"-g"})})})),
            Words{"counting.s"});
}

// ---- functions of an instrumented file ----------------------------------------------------------

struct Bare {
  const char* name;
  const char* body;  // of a function that is given the address of a variable
};

// The variable is accessed by its name where the compiler has taken the function in, and by a
// pointer where it has not.
TEST(Instrumentation, accesses_that_the_compiler_leaves_alone_are_named) {
  constexpr Bare kWays[] = {
      {"no_sanitize",
       "__attribute__((no_sanitize(\"thread\"))) static void step(int *at) { *at = *at + 1; }"},
      // Volatile, or a variable that is never read may be left out.
      {"never_inline",
       "__attribute__((noinline, no_sanitize(\"thread\")))"
       " static void step(int *at) { *(volatile int *)at = 2; }"},
      // Of one by a pointer amid others nothing shows.
      {"assembly",
       "static void step(int *at) { (void)at; __asm__ volatile(\"incl %0\" : \"+m\"(counter)); }"}};
  for (const Compiler& compiler : compilers(true)) {
    const Workshop w(compiler);
    w.write("none.c",
            "static int counter;\nvoid *add(void *number) { counter += 1; return number; }\n");
    for (const Bare& way : kWays) {
      w.write(std::string(way.name) + ".c",
              "static int counter, other;\n" + std::string(way.body) +
                  "\nvoid *add(void *number) { other = 1; step(&counter); return number; }\n");
    }
    for (const Words& flags :
         {Words{"-g", "-O0", kThread}, {"-g", "-O1", kThread}, {"-g", "-O2", "-fPIC", kThread}}) {
      SCOPED_TRACE(compiler.name + " " + flags[1]);
      const std::string main = w.compile("main.c", flags);
      const std::string pure = w.compile("pure.c", flags);
      EXPECT_EQ(look({w.link({main, w.compile("none.c", flags), pure})}), Instrumentation{});
      for (const Bare& way : kWays) {
        SCOPED_TRACE(way.name);
        const std::string source = std::string(way.name) + ".c";
        const Words named = names(look({w.link({main, w.compile(source, flags), pure})}));
        ASSERT_EQ(named.size(), 1U) << testing::PrintToString(named);
        EXPECT_TRUE(named.front() == "step()" || named.front() == "add()") << named.front();
      }
    }
  }
}

// Only clang does, and not with that option.
TEST(Instrumentation, parts_of_locals_are_left_out_by_clang_alone) {
  for (const Compiler& compiler : compilers(true)) {
    SCOPED_TRACE(compiler.name);
    const bool clang = compiler.name.find("clang") != std::string::npos;
    const Workshop w(compiler);
    w.write("none.c",
            "static int counter;\nvoid *add(void *number) { counter += 1; return number; }\n");
    Words flags{"-g", "-O1", kThread};
    const auto built = [&] {
      return w.link(
          {w.compile("main.c", flags), w.compile("none.c", flags), w.compile("pure.c", flags)});
    };
    EXPECT_EQ(leaves_out_parts_of_locals(built()), clang);
    if (!clang) continue;
    for (const char* word :
         {"-grecord-command-line", "-mllvm", "-capture-tracking-max-uses-to-explore=0"}) {
      flags.emplace_back(word);
    }
    EXPECT_FALSE(leaves_out_parts_of_locals(built()));
  }
}

// g++ has no hook for a result that goes straight to memory.
TEST(Instrumentation, results_that_go_straight_to_memory_are_named) {
  constexpr Bare kWays[] = {
      {"two", "*(struct two *)number = make_two();"},
      {"later", "struct two *all = number; for (int i = 0; i < 3; ++i) all[i] = make_two();"},
      {"floats", "*(struct floats *)number = make_floats();"}};
  constexpr Bare kHarmless[] = {
      {"own", "struct two own = make_two(); *(int *)number = own.a;"},
      {"passed", "struct two own = make_two(); struct two *at = &own; *at = make_two(); take(at);"},
      // Taken for written when it is got.
      {"fresh", "struct two *got = malloc(sizeof *got); *got = make_two(); take(got);"}};
  for (const Compiler& compiler : compilers(true)) {
    if (compiler.name.find("clang") != std::string::npos) continue;
    const Workshop w(compiler);
    const auto write = [&](const Bare& way) {
      w.write(std::string(way.name) + ".c",
              "#include <stdlib.h>\nstruct two { int a, b; };\nstruct floats { double a, b; };\n"
              "__attribute__((noinline)) struct two make_two(void) "
              "{ struct two made = {1, 2}; return made; }\n"
              "__attribute__((noinline)) struct floats make_floats(void) "
              "{ struct floats made = {1, 2}; return made; }\n"
              "__attribute__((noinline)) void take(struct two *at) { at->a = 3; }\n"
              "void *add(void *number) { " +
                  std::string(way.body) + " return number; }\n");
    };
    for (const Bare& way : kWays) write(way);
    for (const Bare& way : kHarmless) write(way);
    for (const Words& flags :
         {Words{"-g", "-O0", kThread}, {"-g", "-O1", kThread}, {"-g", "-O2", "-fPIC", kThread}}) {
      SCOPED_TRACE(compiler.name + " " + flags[1]);
      const std::string main = w.compile("main.c", flags);
      const std::string pure = w.compile("pure.c", flags);
      for (const Bare& way : kWays) {
        SCOPED_TRACE(way.name);
        const std::string source = std::string(way.name) + ".c";
        EXPECT_EQ(names(look({w.link({main, w.compile(source, flags), pure})})), Words{"add()"});
      }
      for (const Bare& way : kHarmless) {
        SCOPED_TRACE(way.name);
        // There it comes from the stack again: who has got it is not seen.
        if (std::string_view(way.name) == "fresh" && flags[1] == "-O0") continue;
        const std::string source = std::string(way.name) + ".c";
        EXPECT_EQ(names(look({w.link({main, w.compile(source, flags), pure})})), Words{});
      }
    }
  }
}

// ---- libraries of the system --------------------------------------------------------------------

// libelf is there, for Heddle itself needs it.
TEST(Instrumentation, a_library_of_the_system_is_named_if_the_program_calls_it) {
  if (!find_in_path("gcc").has_value()) GTEST_SKIP() << "no gcc";
  const Workshop w({"gcc", {kThread, "-pthread"}});
  w.write("caller.c",
          "unsigned elf_version(unsigned);\n"
          "int counter;\n"
          "int main(void) { return ++counter + (int)elf_version(1) < 0; }\n");
  w.write("other.c", "int counter;\nint main(void) { return ++counter < 0; }\n");
  const Words thread = {"-g", "-O1", kThread};
  const std::string caller = w.link({w.compile("caller.c", thread)}, {"-lelf"});
  const std::string other = w.link({w.compile("other.c", thread)}, {"-Wl,--no-as-needed", "-lelf"});
  std::string library;
  std::istringstream lines(run_process({"ldd", caller}).out);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t path = line.find("=> /");
    if (line.find("libelf") == std::string::npos || path == std::string::npos) continue;
    library = line.substr(path + 3, line.find(" (") - path - 3);
  }
  ASSERT_FALSE(library.empty());
  EXPECT_EQ(names(look({caller, library})), Words{"libelf.so.1"});
  EXPECT_EQ(look({other, library}), Instrumentation{});
}

TEST(Instrumentation, a_file_that_cannot_be_read_is_not_instrumented) {
  EXPECT_EQ(names(look({"/nowhere/program"})), Words{"program"});
}

// ---- what is said of it -------------------------------------------------------------------------

nlohmann::json engine_of(const std::string& report) {
  std::ifstream file(report);
  return nlohmann::json::parse(file)["cases"][0]["engines"][0];
}

TEST(Instrumentation, a_search_of_a_half_instrumented_program_is_no_proof) {
  for (const Compiler& compiler : compilers(true)) {
    SCOPED_TRACE(compiler.name);
    const Workshop w(compiler);
    const Words plain = {"-g", "-O1", "-fPIC"};
    const Words thread = joined(plain, {kThread});
    const std::string main = w.compile("main.c", thread);
    const std::string pure = w.compile("pure.c", thread);
    const std::string report = w.path("report.json");

    const std::string half = w.link({main, w.compile("mylib.c", plain), pure});
    Ended ended = heddle_command({"run", half, "--engine", "fuzz", "--report", "json:" + report});
    EXPECT_NE(ended.out.find("not a proof: mylib.c is not instrumented"), std::string::npos)
        << ended.out;
    EXPECT_EQ(ended.out.find("interleaving passes"), std::string::npos) << ended.out;
    EXPECT_EQ(engine_of(report)["exhausted"], true);
    EXPECT_EQ(engine_of(report)["proved"], false);

    const std::string library = w.shared_library("libmine.so", {w.compile("mylib.c", plain)});
    const std::string with_library = w.link({main, pure, library}, {"-Wl,-rpath," + w.path(".")});
    ended = heddle_command({"run", with_library, "--engine", "relacy", "--relacy-search", "full"});
    EXPECT_NE(ended.out.find("not a proof: libmine.so is not instrumented"), std::string::npos)
        << ended.out;
  }
}

TEST(Instrumentation, of_which_there_is_none_is_refused_with_a_line_on_how_to_build) {
  for (const Compiler& compiler : compilers(true)) {
    SCOPED_TRACE(compiler.name);
    const Workshop w(compiler);
    const Words plain = {"-g", "-O1"};
    const std::string main = w.compile("main.c", plain);
    const std::string pure = w.compile("pure.c", plain);
    const std::string program = w.link({main, w.compile("mylib.c", plain), pure});
    for (const char* engine : {"fuzz", "relacy", "tsan", "stress"}) {
      SCOPED_TRACE(engine);
      const Ended ended = heddle_command({"run", program, "--engine", engine, "--runs", "20"});
      EXPECT_EQ(ended.status, 3);
      EXPECT_NE(ended.err.find("nothing of " + program + " is instrumented"), std::string::npos)
          << ended.err;
      EXPECT_NE(ended.err.find("-fsanitize=thread"), std::string::npos) << ended.err;
      EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    }
    // On real threads a failure shows all the same.
    w.write("failing.c",
            "#include <assert.h>\n"
            "void *add(void *number) { return number; }\n"
            "int pure(int number) { assert(number == 0); return 0; }\n");
    const std::string failing = w.link({main, w.compile("failing.c", plain)});
    const Ended ended =
        heddle_command({"run", failing, "--engine", "stress", "--runs", "20", "--hunt-runs", "0"});
    EXPECT_EQ(ended.status, 1) << ended.err;
  }
}

// With Debian's libgtest, of which nothing is instrumented.
class GoogleTestOutside : public testing::TestWithParam<bool> {};

TEST_P(GoogleTestOutside, can_be_proved) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  const Workshop w({"g++", {kThread, "-pthread"}}, false);
  w.write("tests.cpp",
          "#include <gtest/gtest.h>\n"
          "#include <mutex>\n"
          "#include <thread>\n"
          "TEST(Counter, counts) {\n"
          "  int counter = 0;\n"
          "  std::mutex mutex;\n"
          "  auto add = [&] { std::lock_guard<std::mutex> l(mutex); ++counter; };\n"
          "  std::thread first(add), second(add);\n"
          "  first.join();\n"
          "  second.join();\n"
          "  EXPECT_EQ(counter, 2);\n"
          "}\n");
  const std::string tests = w.compile("tests.cpp", {"-g", "-O1", kThread});
  std::string program;
  if (GetParam()) {
    const std::string shared = w.shared_library(
        "libgtest.so", {"-Wl,--whole-archive", "-lgtest", "-Wl,--no-whole-archive"});
    program = w.link({tests, shared, "-lgtest_main"}, {"-Wl,-rpath," + w.path(".")});
  } else {
    program = w.link({tests, "-lgtest", "-lgtest_main"});
  }
  const std::string report = w.path("report.json");
  const Ended ended =
      heddle_command({"run", program, "--engine", "fuzz", "--report", "json:" + report});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.out.find("interleavings pass"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("assumed: gtest shares nothing between threads"), std::string::npos)
      << ended.out;
  EXPECT_EQ(engine_of(report)["proved"], true);
}

INSTANTIATE_TEST_SUITE_P(Instrumentation, GoogleTestOutside, testing::Bool(),
                         [](const auto& parameter) {
                           return parameter.param ? "shared" : "archive";
                         });

}  // namespace
}  // namespace heddle::verdicts
