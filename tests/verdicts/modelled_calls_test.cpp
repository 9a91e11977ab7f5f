// A call that no engine models keeps a search from being a proof, and is named.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/hooks/quiet_calls.h"
#include "program_workshop.h"

namespace heddle::verdicts {
namespace {

// ---- the list against the real thing ------------------------------------------------------------

std::set<std::string> exported_by(const Words& libraries) {
  std::set<std::string> names;
  for (const std::string& library : libraries) {
    std::string path = run_process({"g++", "-print-file-name=" + library}).out;
    path.resize(path.find('\n'));
    EXPECT_TRUE(path.starts_with('/')) << library << " is not on this machine";
    names.merge(symbols(path, {"-D", "--defined-only"}));
  }
  return names;
}

bool is_of_each_program(const ListedCall& call) {
  return call.reason == quiet_groups::start || call.reason == quiet_groups::sanitizers;
}

// Of libraries that need not be here: LLVM's C++ library, and a later one of GCC's.
bool is_of_another_library(const ListedCall& call) {
  return call.name.starts_with("_ZNSt3__1") || call.name.starts_with("_ZNKSt3__1") ||
         call.name == "_ZNSt6chrono11reload_tzdbEv";
}

TEST(QuietCalls, are_functions_of_todays_libraries) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  const std::set<std::string> names = exported_by(
      {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"});
  for (const ListedCall& call : kListedCalls) {
    if (is_of_each_program(call) || is_of_another_library(call)) continue;
    EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return matches(call, name);
    })) << call.name;
  }
}

// A pattern for one library must not take in what another one has by chance.
TEST(QuietCalls, patterns_for_compilers_and_numbers_match_nothing_else_in_the_c_library) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  const std::set<std::string> numbers = exported_by({"libm.so.6"});
  for (const std::string& name : exported_by({"libc.so.6"})) {
    const ListedCall* call = find_listed_call(name);
    if (call == nullptr) continue;
    EXPECT_FALSE(call->reason == quiet_groups::compilers && call->name != name &&
                 !name.starts_with("_Unwind_"))
        << name;
    EXPECT_FALSE(call->reason == quiet_groups::numbers && call->name != name &&
                 !numbers.contains(name))
        << name << " is taken for " << call->name;
  }
}

// What has a hook shares something: it has no place among the quiet ones, and what only forwards is
// listed as that for as long as it has one.
TEST(QuietCalls, have_no_hooks) {
  for (const std::string& name : symbols(HEDDLE_TEST_LIBRARY, {"-D", "--defined-only"})) {
    const ListedCall* call = find_listed_call(name);
    if (lasting_state::is_only_noted(name)) continue;
    EXPECT_FALSE(call != nullptr && call->effect == ListedCall::Effect::quiet &&
                 call->name != "_Z*")
        << name;
  }
}

TEST(QuietCalls, what_is_said_to_have_a_hook_has_one) {
  const std::set<std::string> hooks = symbols(HEDDLE_TEST_LIBRARY, {"-D", "--defined-only"});
  for (const ListedCall& call : kListedCalls) {
    if (call.effect != ListedCall::Effect::forwarded) continue;
    EXPECT_TRUE(hooks.contains(std::string(call.name))) << call.name;
  }
}

// ---- in programs --------------------------------------------------------------------------------

// Two threads that lock a mutex and make `calls`, in a program with `before` in front.
std::string program_text(const std::string& before, const std::string& calls) {
  return "#define _GNU_SOURCE\n" + before +
         "\n#include <pthread.h>\n"
         "static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;\n"
         "static int counter;\n"
         "static void* count(void* unused) {\n"
         "  pthread_mutex_lock(&mutex);\n"
         "  ++counter;\n" +
         calls +
         "\n  pthread_mutex_unlock(&mutex);\n"
         "  return unused;\n"
         "}\n"
         "int main(void) {\n"
         "  pthread_t other;\n"
         "  pthread_create(&other, 0, count, 0);\n"
         "  count(0);\n"
         "  pthread_join(other, 0);\n"
         "  return 0;\n"
         "}\n";
}

struct Called {
  std::string before;
  std::string calls;
  Words unmodelled;
};

const Called kCalled[] = {
    {"#include <sys/mman.h>", "mprotect(0, 0, PROT_READ);", {"mprotect()"}},
    {"#include <stdlib.h>\n#include <search.h>\n"
     "static void visit(const void* node, VISIT order, int level) { (void)node; (void)order; "
     "(void)level; }\n"
     "static void* root;",
     "twalk(root, visit);",
     {"twalk()"}},
    {"#include <unistd.h>", "char text[8]; swab(\"abcdef\", text, 6);", {"swab()"}},
    {"#include <unistd.h>",
     "char text[64]; getdomainname(text, sizeof text);",
     {"getdomainname()"}},
    {"#include <search.h>\nstruct element { struct element* next; struct element* before; };",
     "struct element one = {0, 0}; insque(&one, 0);",
     {"insque()"}},
    {"#include <sys/mman.h>\n#include <unistd.h>",
     "char text[64]; getdomainname(text, sizeof text); munmap(0, 0);",
     {"getdomainname()", "munmap()"}},
    // By its address, in data and in code.
    {"#include <unistd.h>\nint (*ask)(char*, size_t) = getdomainname;",
     "char text[64]; ask(text, sizeof text);",
     {"getdomainname()"}},
    {"#include <unistd.h>\nint (*ask)(char*, size_t);",
     "ask = getdomainname; char text[64]; ask(text, sizeof text);",
     {"getdomainname()"}},
    {"#include <math.h>\n#include <ctype.h>\n#include <stdlib.h>\n#include <unistd.h>\n"
     "static volatile double number = 2;\nstatic volatile int letter = 'a';",
     "number = pow(number, sin(number)); letter = toupper(letter); number = (double)sysconf(1);",
     {}},
};

TEST(ModelledCalls, what_is_not_is_named_by_whatever_way_it_is_called) {
  for (const Compiler& compiler : compilers(true)) {
    SCOPED_TRACE(compiler.name);
    const Workshop w(compiler);
    for (const Called& called : kCalled) {
      SCOPED_TRACE(called.calls);
      w.write("calling.c", program_text(called.before, called.calls));
      for (const Words& flags : {Words{"-O0"}, Words{"-O2", "-g"}, Words{"-O1", "-fno-plt"}}) {
        const std::string object = w.compile("calling.c", joined(flags, {kThread}));
        EXPECT_EQ(look({w.link({object}, {"-lm"})}),
                  (Instrumentation{.unmodelled = called.unmodelled}));
      }
    }
  }
}

TEST(ModelledCalls, what_a_library_of_the_programs_own_calls_counts_too) {
  for (const Compiler& compiler : compilers(true)) {
    SCOPED_TRACE(compiler.name);
    const Workshop w(compiler);
    w.write("mylib.c",
            "#include <unistd.h>\nstatic char name[64];\n"
            "void *add(void *unused) { getdomainname(name, sizeof name); return unused; }\n");
    const Words thread = {"-O1", "-fPIC", kThread};
    const std::string library =
        w.shared_library("libmine.so", {w.compile("mylib.c", thread)}, {kThread});
    const std::string program =
        w.link({w.compile("main.c", thread), w.compile("pure.c", thread), library});
    EXPECT_EQ(look({program, library}), (Instrumentation{.unmodelled = {"getdomainname()"}}));
  }
}

// A function of the program's own with a name that the C library has as well.
TEST(ModelledCalls, what_the_program_defines_itself_is_no_call_to_the_system) {
  if (!find_in_path("gcc").has_value()) GTEST_SKIP() << "no gcc";
  const Workshop w({"gcc", {kThread, "-pthread"}});
  w.write("mylib.c", "void *add(void *unused) { return unused; }\nint swab(int n) { return n; }\n");
  w.write("pure.c", "int swab(int);\nint pure(int number) { return swab(number) - number; }\n");
  const Words thread = {"-O1", "-fPIC", "-fno-builtin", kThread};
  const std::string library =
      w.shared_library("libmine.so", {w.compile("mylib.c", thread)}, {kThread});
  const std::string program =
      w.link({w.compile("main.c", thread), w.compile("pure.c", thread), library});
  EXPECT_EQ(look({program, library}).unmodelled, Words{});
}

TEST(ModelledCalls, nothing_is_modelled_without_the_hooks) {
  if (!find_in_path("gcc").has_value()) GTEST_SKIP() << "no gcc";
  const Workshop w({"gcc", {kThread, "-pthread"}});
  const Words thread = {"-O1", kThread};
  const std::string program = w.link(
      {w.compile("main.c", thread), w.compile("mylib.c", thread), w.compile("pure.c", thread)});
  const std::vector<Module> modules = {{.path = program}};
  const Words unmodelled = find_instrumentation(modules, "/nowhere/libheddle.so").unmodelled;
  EXPECT_NE(std::find(unmodelled.begin(), unmodelled.end(), "pthread_create()"), unmodelled.end());
}

// ---- what is said of it -------------------------------------------------------------------------

nlohmann::json engine_of(const std::string& report) {
  std::ifstream file(report);
  return nlohmann::json::parse(file)["cases"][0]["engines"][0];
}

constexpr char kThreads[] = R"(
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>
std::mutex mutex;
std::vector<std::string> words;
void add(const std::string& word) {
  const std::lock_guard<std::mutex> lock(mutex);
  words.push_back(word);
  CALL
}
int main() {
  std::thread first(add, "one");
  add("two");
  first.join();
  std::cout << words.size() << std::endl;
  return words.size() == 2 ? 0 : 1;
}
)";

struct Claimed {
  std::string call;
  std::string remark;  // empty: it is a proof
};

const Claimed kClaimed[] = {
    {"", ""},
    {"if (getpid() == 0) std::abort();", ""},
    {"mprotect(nullptr, 0, PROT_READ);", "not a proof: calls mprotect(), which is not modelled"},
    {"if (!std::filesystem::exists(\"/\")) std::abort();", "not a proof: calls std::filesystem::"},
    {"std::locale::global(std::locale());",
     "not a proof: calls std::locale::global(), which is not modelled"},
};

TEST(ModelledCalls, a_search_of_a_program_that_makes_others_is_no_proof) {
  for (const Compiler& compiler : compilers(false)) {
    SCOPED_TRACE(compiler.name);
    const Workshop w(compiler, false);
    for (const Claimed& claimed : kClaimed) {
      SCOPED_TRACE(claimed.call);
      std::string text = kThreads;
      text.replace(text.find("CALL"), 4, claimed.call);
      w.write(
          "threads.cpp",
          "#include <sys/mman.h>\n#include <unistd.h>\n#include <filesystem>\n#include <locale>\n" +
              text);
      const std::string program =
          w.link({w.compile("threads.cpp", {"-std=c++17", "-O1", "-g", kThread})});
      const std::string report = w.path("report.json");
      const Ended ended = heddle_command(
          {"run", program, "--engine", "fuzz", "--strategy", "dpor", "--report", "json:" + report});
      EXPECT_EQ(ended.status, 0) << ended.err;
      const nlohmann::json engine = engine_of(report);
      EXPECT_EQ(engine["exhausted"], true);
      EXPECT_EQ(engine["proved"], claimed.remark.empty()) << ended.out;
      EXPECT_EQ(ended.out.find("interleavings pass") != std::string::npos, claimed.remark.empty())
          << ended.out;
      const bool has_input = claimed.call.find("getpid") != std::string::npos;
      EXPECT_EQ(ended.out.find("assumed: getpid() gives what it gave here") != std::string::npos,
                has_input)
          << ended.out;
      if (claimed.remark.empty()) continue;
      EXPECT_NE(ended.out.find(claimed.remark), std::string::npos) << ended.out;
      EXPECT_EQ(engine["not_proved"][0]["reason"], "calls_not_modelled");
    }
  }
}

// GoogleTest unmaps memory for its death tests; what the test itself does is another matter.
TEST(ModelledCalls, a_frameworks_own_excuse_nobody_else) {
  if (!find_in_path("g++").has_value()) GTEST_SKIP() << "no g++";
  const Workshop w({"g++", {kThread, "-pthread"}}, false);
  for (const bool calls : {false, true}) {
    w.write("tests.cpp", std::string("#include <gtest/gtest.h>\n#include <sys/mman.h>\n"
                                     "int counter;\n"
                                     "TEST(Counter, counts) {\n  EXPECT_EQ(++counter, 1);\n") +
                             (calls ? "  munmap(nullptr, 0);\n}\n" : "}\n"));
    const std::string tests = w.compile("tests.cpp", {"-O1", kThread});
    const Instrumentation found = look({w.link({tests, "-lgtest", "-lgtest_main"})});
    EXPECT_EQ(found.unmodelled, calls ? Words{"munmap()"} : Words{});
    EXPECT_EQ(found.assumed, Words{"gtest"});
  }
}

}  // namespace
}  // namespace heddle::verdicts
