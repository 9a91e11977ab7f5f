#include "harness/report/symbolizer.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace heddle {
namespace {

// Built by the test itself, with debug information whatever this test is built with. Line numbers
// count from the first line after R"(.
constexpr std::string_view kSource = R"(
namespace bank {
int counter;
struct Account { int id; struct { long cents; } balance; };
Account accounts[4];
static int hidden[2];
inline __attribute__((always_inline)) void* inner() {
  void* here;
  asm volatile("call 1f\n1:\n pop %0" : "=r"(here));
  return here;
}
__attribute__((noinline)) void* outer() {
  return inner();
}
}
extern "C" void* return_address() { return bank::outer(); }
extern "C" void* counter_address() { return &bank::counter; }
extern "C" void* cents_of_third() { return &bank::accounts[2].balance.cents; }
extern "C" void* hidden_second() { bank::hidden[1]++; return &bank::hidden[1]; }
extern "C" void* local_static() { static int calls; ++calls; return &calls; }
struct Job { Job* next; int runs[2]; void run(); };
Job a_job; Job* first_job = &a_job;
__attribute__((noinline)) void look(volatile void** out) {
  // What the caller's stack pointer was, and where it goes on.
  out[0] = __builtin_dwarf_cfa();
  out[1] = __builtin_return_address(0);
}
__attribute__((noinline)) void with_locals(Job& job, volatile void** out) {
  volatile int before[2] = {};
  Job own = {};
  job.next = &own;
  look(out);
  out[2] = __builtin_dwarf_cfa();
  out[3] = &own.runs[1];
  out[4] = &before[1];
}
volatile void* frame[5];
extern "C" void* frame_of_locals() {
  Job job;
  with_locals(job, frame);
  return frame;
}
extern "C" void* pointer_address() { return &first_job; }
#line 1 "/src/one/util.cpp"
int one_util() { return 1; }
#line 1 "/src/two/util.cpp"
int two_util() { return 2; }
)";

class SymbolizerTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "heddle_symbolizer_test_XXXXXX";
    std::string name = directory_.string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    const auto source = directory_ / "library.cpp";
    std::ofstream{source} << kSource;
    const auto library = directory_ / "library.so";
    const std::string command = std::string{HEDDLE_TEST_CXX} + " -shared -fPIC " + GetParam() +
                                " -o '" + library.string() + "' '" + source.string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    handle_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(handle_, nullptr) << dlerror();
    link_map* map = nullptr;
    ASSERT_EQ(dlinfo(handle_, RTLD_DI_LINKMAP, &map), 0);
    modules_ = {{.path = "[vdso]", .base = 0x1000, .begin = 0x1000, .end = 0x2000},
                {.path = library.string(),
                 .base = map->l_addr,
                 .begin = map->l_addr,
                 .end = map->l_addr + 0x10000}};
  }

  void TearDown() override {
    if (handle_ != nullptr) dlclose(handle_);
    std::filesystem::remove_all(directory_);
  }

  // What the library's function of that name returns.
  Address call(const char* function) const {
    const auto call = reinterpret_cast<void* (*)()>(dlsym(handle_, function));
    return reinterpret_cast<Address>(call());
  }

  std::filesystem::path directory_;
  void* handle_ = nullptr;
  std::vector<Module> modules_;
};

using DebugTest = SymbolizerTest;
using NoDebugTest = SymbolizerTest;

TEST_P(DebugTest, code_names_the_inlined_function_first_and_each_with_its_own_line) {
  const Symbolizer symbols{modules_};
  const std::vector<Frame> frames = symbols.code(call("return_address"));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].function, "bank::inner()");
  EXPECT_EQ(frames[0].line, 9U);
  EXPECT_EQ(frames[1].function, "bank::outer()");
  EXPECT_EQ(frames[1].line, 13U);
  for (const Frame& frame : frames) EXPECT_TRUE(frame.file.ends_with("library.cpp")) << frame.file;
}

TEST_P(DebugTest, data_is_named_down_to_the_member) {
  const Symbolizer symbols{modules_};
  EXPECT_EQ(symbols.data(call("counter_address")), "bank::counter");
  EXPECT_EQ(symbols.data(call("counter_address") + 3), "bank::counter");
  EXPECT_EQ(symbols.data(call("cents_of_third")), "bank::accounts[2].balance.cents");
  EXPECT_EQ(symbols.data(call("hidden_second")), "bank::hidden[1]");
  EXPECT_EQ(symbols.data(call("local_static")), "local_static::calls");
}

TEST_P(DebugTest, addresses_outside_of_every_module_have_no_name) {
  const Symbolizer symbols{modules_};
  int on_the_stack = 0;
  EXPECT_EQ(symbols.data(reinterpret_cast<Address>(&on_the_stack)), "");
  EXPECT_TRUE(symbols.code(reinterpret_cast<Address>(&on_the_stack)).empty());
  EXPECT_TRUE(symbols.code(0).empty());
  EXPECT_EQ(symbols.data(0), "");
}

TEST_P(DebugTest, local_variables_are_named_by_the_frame_that_they_are_in) {
  const Symbolizer symbols{modules_};
  const auto* known = reinterpret_cast<const Address*>(call("frame_of_locals"));
  const StackFrame frame{.thread = 0, .begin = known[0], .end = known[2], .pc = known[1]};
  EXPECT_EQ(symbols.local(frame, known[4]), "before[1] of with_locals()");
  EXPECT_EQ(symbols.local(frame, known[3]), "own.runs[1] of with_locals()");
  EXPECT_EQ(symbols.local(frame, frame.end), "") << "the caller's";
  const auto pointee = symbols.pointee(frame, known[3] - 12);
  ASSERT_TRUE(pointee.has_value()) << "of own.next";
  EXPECT_EQ(pointee->name, "Job");
}

TEST_P(DebugTest, files_of_one_name_are_told_apart_by_their_folder) {
  const Symbolizer symbols{modules_};
  EXPECT_EQ(symbols.file_label("/src/one/util.cpp"), "one/util.cpp");
  EXPECT_EQ(symbols.file_label("/src/two/util.cpp"), "two/util.cpp");
  EXPECT_EQ(symbols.file_label((directory_ / "library.cpp").string()), "library.cpp");
}

TEST_P(DebugTest, a_pointer_tells_the_type_of_what_it_points_to) {
  const Symbolizer symbols{modules_};
  const auto type = symbols.pointee(call("pointer_address"));
  ASSERT_TRUE(type.has_value());
  EXPECT_EQ(type->name, "Job");
  EXPECT_EQ(type->size, 16U);
  EXPECT_FALSE(type->exact) << "of a derived class as well";
  EXPECT_EQ(symbols.member(*type, 12), ".runs[1]");
  const auto next = symbols.pointee(*type, 0);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->name, "Job");
  EXPECT_FALSE(symbols.pointee(*type, 8).has_value()) << "no pointer";
  EXPECT_FALSE(symbols.pointee(*type, 4).has_value()) << "the middle of one";
  EXPECT_FALSE(symbols.pointee(call("counter_address")).has_value());
}

INSTANTIATE_TEST_SUITE_P(optimized, DebugTest, testing::Values("-g -O1", "-g -O2"));

TEST_P(NoDebugTest, without_debug_information_the_symbol_table_answers) {
  const Symbolizer symbols{modules_};
  const std::vector<Frame> frames = symbols.code(call("return_address"));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].function, "bank::outer()");
  EXPECT_EQ(frames[0].line, 0U);
  EXPECT_EQ(symbols.data(call("counter_address")), "bank::counter");
  EXPECT_EQ(symbols.data(call("cents_of_third")), "bank::accounts+40");
}

INSTANTIATE_TEST_SUITE_P(optimized, NoDebugTest, testing::Values("-O1"));

TEST(SymbolizerWithoutFilesTest, knows_nothing_and_survives) {
  const Symbolizer symbols{
      {{.path = "/does/not/exist", .base = 0, .begin = 0, .end = ~Address{0}}}};
  EXPECT_TRUE(symbols.code(0x1234).empty());
  EXPECT_EQ(symbols.data(0x1234), "");
}

}  // namespace
}  // namespace heddle
