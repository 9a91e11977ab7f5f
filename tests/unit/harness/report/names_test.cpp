#include "harness/report/names.h"

#include <gtest/gtest.h>

#include <utility>

#include "harness/report/source_line.h"

namespace heddle {
namespace {

// A pool at 0x10 that points to a Job, local variables in frames whose call is at 0x70 or 0x71, and
// member functions of Job at 0x80.
class TypedSymbols final : public Symbols {
 public:
  std::vector<Frame> code(Address return_address) const override {
    if (return_address == 0x70) return {{"main()", "/src/pool.cpp", 17}};
    if (return_address == 0x71) return {{"other()", "/src/pool.cpp", 27}};
    return {};
  }
  std::string data(Address address) const override { return address == 0x10 ? "pool.first_" : ""; }
  std::string local(const StackFrame& frame, Address address) const override {
    if (address != frame.begin + 8) return "";
    return frame.pc == 0x70 ? "m of main()" : "n of other()";
  }
  std::optional<ObjectType> pointee(Address address) const override {
    if (address == 0x10) return job();
    return std::nullopt;
  }
  std::optional<ObjectType> pointee(const StackFrame&, Address) const override {
    return std::nullopt;
  }
  std::optional<ObjectType> pointee(const ObjectType&, std::uint64_t offset) const override {
    if (offset == 0) return job();
    return std::nullopt;
  }
  std::vector<ObjectType> classes_at(Address return_address) const override {
    if (return_address == 0x80) return {job()};
    return {};
  }
  std::string member(const ObjectType&, std::uint64_t offset) const override {
    return offset < 8 ? ".next" : ".runs";
  }

 private:
  static ObjectType job() { return {.name = "Job", .size = 12, .exact = false, .id = 1}; }
};

Event write_of(Address address, std::uint64_t value, Address pc = 0x70, std::uint8_t size = 8) {
  return {.op = {.kind = OpKind::write, .size = size, .address = address, .pc = pc},
          .value = value};
}

TEST(NamesTest, a_pointer_in_a_variable_tells_the_type_of_a_block_and_that_of_the_next) {
  const TypedSymbols symbols;
  Names names{symbols};
  const Trace trace{.events = {write_of(0x10, 0x1000), write_of(0x1000, 0x2000)},
                    .blocks = {{0x1000, 0x1010, 0, {0x70}}, {0x2000, 0x2010, 1, {0x71}}}};
  names.know(trace);
  EXPECT_EQ(names.of(0x1008, OpKind::write), "Job 1.runs");
  EXPECT_EQ(names.of(0x2000, OpKind::read), "Job 2.next");
  EXPECT_EQ(names.of(0x2000, OpKind::heap_free), "Job 2");
  EXPECT_EQ(names.origin(0x1008), "allocated by T0 at pool.cpp:17");
  using Origin = std::pair<std::string, std::string>;
  EXPECT_EQ(names.origins(), (std::vector<Origin>{{"Job 1", "allocated by T0 at pool.cpp:17"},
                                                  {"Job 2", "allocated by T1 at pool.cpp:27"}}));
}

TEST(NamesTest, a_type_that_does_not_fill_the_block_is_not_claimed) {
  const TypedSymbols symbols;
  Names names{symbols};
  const Trace trace{.events = {write_of(0x10, 0x1000), write_of(0x1008, 1, 0x80, 4)},
                    .blocks = {{0x1000, 0x1020, 0, {0x70}}}};
  names.know(trace);
  EXPECT_EQ(names.of(0x1008, OpKind::write), "object 1+8");
  EXPECT_EQ(names.origin(0x1008), "allocated by T0 at pool.cpp:17");
}

TEST(NamesTest, member_functions_tell_the_type_of_what_they_use) {
  const TypedSymbols symbols;
  Names names{symbols};
  const Trace trace{.events = {write_of(0x1008, 1, 0x80, 4)},
                    .blocks = {{0x1000, 0x1010, 0, {0x70}}}};
  names.know(trace);
  EXPECT_EQ(names.of(0x1008, OpKind::write), "Job 1.runs");
}

TEST(NamesTest, of_memory_that_several_blocks_had_nothing_is_said) {
  const TypedSymbols symbols;
  Names names{symbols};
  const Trace trace{.events = {write_of(0x10, 0x1000)},
                    .blocks = {{0x1000, 0x1010, 0, {0x70}}, {0x1000, 0x1010, 0, {0x71}}}};
  names.know(trace);
  EXPECT_EQ(names.of(0x1000, OpKind::write), "object 1");
  EXPECT_EQ(names.origin(0x1000), "");
}

TEST(NamesTest, a_local_variable_is_named_where_no_other_call_had_one_there) {
  const TypedSymbols symbols;
  Names names{symbols};
  const Trace trace{
      .events = {},
      .frames = {{0, 0x500, 0x540, 0x70}, {1, 0x600, 0x640, 0x70}, {1, 0x600, 0x640, 0x71}}};
  names.know(trace);
  EXPECT_EQ(names.of(0x508, OpKind::mutex_lock), "m of main()");
  EXPECT_EQ(names.of(0x608, OpKind::mutex_lock), "mutex 1");
  EXPECT_EQ(names.of(0x510, OpKind::mutex_lock), "mutex 2");
}

}  // namespace
}  // namespace heddle
