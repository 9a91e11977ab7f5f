#include "harness/report/issues.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/golden/fake_symbols.h"

namespace heddle {
namespace {

// `++x` in increment(), which begins in line `first`: its read at 0x10, its write at 0x11; another
// line of the function at 0x12.
FakeSymbols symbols_from(unsigned first) {
  const auto frame = [first](unsigned line) {
    return std::vector<Frame>{{"increment()", "/src/a.cpp", first + line, first}};
  };
  return {{{0x10, frame(1)}, {0x11, frame(1)}, {0x12, frame(2)}}, {}};
}

Failed race(Address first, Address second) {
  const auto place = [](ThreadId thread, Address pc) {
    return Place{.thread = thread,
                 .op = {.kind = OpKind::write, .size = 4, .address = 0x4000, .pc = pc},
                 .stack = {},
                 .note = {}};
  };
  return {
      .kind = FailureKind::data_race, .message = {}, .places = {place(1, first), place(2, second)}};
}

TEST(IssuesTest, a_read_and_a_write_in_one_line_are_one_race) {
  EngineResult engine;
  engine.runs = 100;
  const auto add = [&engine](Failed failure, std::uint64_t count) {
    Finding& finding = engine.findings.emplace_back();
    finding.failure = std::move(failure);
    finding.count = count;
  };
  add(race(0x10, 0x11), 90);
  add(race(0x11, 0x11), 80);
  add(race(0x10, 0x12), 70);
  engine.findings[1].minimal.emplace();
  const FakeSymbols symbols = symbols_from(10);
  const auto merged = merged_findings(engine, symbols);
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].count, 90U);
  EXPECT_EQ(merged[0].finding, &engine.findings[1]) << "the one with an interleaving";
  EXPECT_EQ(merged[1].count, 70U);
}

TEST(IssuesTest, a_key_outlasts_a_change_before_the_function) {
  EXPECT_EQ(lasting_key(race(0x10, 0x11), symbols_from(10)),
            lasting_key(race(0x10, 0x11), symbols_from(25)));
  EXPECT_NE(lasting_key(race(0x10, 0x11), symbols_from(10)),
            lasting_key(race(0x10, 0x12), symbols_from(10)));
}

TEST(IssuesTest, a_key_has_no_addresses_and_no_lines_of_messages) {
  const auto said = [](FailureKind kind, std::string message) {
    const Failed failure{.kind = kind,
                         .message = std::move(message),
                         .places = {{.thread = 0, .op = {.pc = 0x12}, .stack = {}, .note = {}}}};
    return lasting_key(failure, symbols_from(10));
  };
  EXPECT_EQ(said(FailureKind::abort, "bad pointer 0x7f00"),
            said(FailureKind::abort, "bad pointer 0x8e11f"));
  EXPECT_NE(said(FailureKind::abort, "bad pointer 0x7f00"),
            said(FailureKind::abort, "bad size 0x7f00"));
  // As the C library prints it, and as fuzz has it.
  EXPECT_EQ(said(FailureKind::assertion, "a.cpp:12: void increment(): Assertion `x == 2' failed."),
            said(FailureKind::assertion, "x == 2"));
}

}  // namespace
}  // namespace heddle
