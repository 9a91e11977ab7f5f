#include "harness/report/interleaving_table.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "harness/report/text.h"

namespace heddle {
namespace {

InterleavingRow row(std::size_t number, ThreadId thread, std::string text) {
  InterleavingRow result;
  result.number = number;
  result.thread = thread;
  result.text = std::move(text);
  result.source = {.file = "/src/a.cpp", .line = 10};
  return result;
}

std::vector<std::string> lines_of(const Interleaving& interleaving, std::size_t width) {
  std::ostringstream out;
  Screen screen{out, {.width = width}};
  write_table(screen, interleaving, {});
  std::vector<std::string> lines;
  std::istringstream text{out.str()};
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

bool is_in_one_line(const std::vector<std::string>& lines, const std::string& text) {
  for (const std::string& line : lines) {
    if (line.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST(InterleavingTableTest, a_thread_that_only_fails_has_a_column_to_be_read) {
  Interleaving interleaving;
  interleaving.threads = {0, 1};
  interleaving.rows = {row(1, 0, "write doubled of serve() <- 42"), row(2, 1, "use after return")};
  InterleavingRow& failure = interleaving.rows.back();
  failure.kind = InterleavingRow::Kind::failure;
  failure.switched_from = 0;
  failure.why = SwitchReason::preempted;
  for (const std::size_t width : {80U, 120U}) {
    const auto lines = lines_of(interleaving, width);
    EXPECT_TRUE(is_in_one_line(lines, "use after return")) << testing::PrintToString(lines);
    EXPECT_TRUE(is_in_one_line(lines, "T0 preempted")) << testing::PrintToString(lines);
  }
}

TEST(InterleavingTableTest, more_threads_than_there_is_room_for_stand_in_front_of_their_rows) {
  Interleaving interleaving;
  for (ThreadId thread = 0; thread < 12; ++thread) {
    interleaving.threads.push_back(thread);
    interleaving.rows.push_back(
        row(thread + 1U, thread, "still waits to lock forks[" + std::to_string(thread) + "]"));
    interleaving.rows.back().kind = InterleavingRow::Kind::failure;
    interleaving.rows.back().why = SwitchReason::blocked;
    interleaving.rows.back().switched_from = thread == 0 ? 11 : thread - 1;
  }
  for (const std::size_t width : {80U, 120U}) {
    const auto lines = lines_of(interleaving, width);
    for (const std::string& line : lines) EXPECT_LE(width_of(line), width) << line;
    for (const InterleavingRow& one : interleaving.rows) {
      EXPECT_TRUE(is_in_one_line(lines, one.text)) << testing::PrintToString(lines);
    }
    EXPECT_TRUE(is_in_one_line(lines, "thread, action"));
  }
}

TEST(InterleavingTableTest, names_without_room_lose_their_scopes_first) {
  Interleaving interleaving;
  interleaving.threads = {1, 2, 3};
  interleaving.rows = {row(1, 1, "std::__detail::barrier::arrive_and_wait(gate)"),
                       row(2, 2, "write bank::central::Account::balance <- 1"),
                       row(3, 3, "write a_name_of_one_piece_that_is_very_long <- 1")};
  const auto lines = lines_of(interleaving, 80);
  const std::string all = testing::PrintToString(lines);
  EXPECT_NE(all.find("  arrive_and_wait("), std::string::npos) << all;
  EXPECT_NE(all.find("Account::balance"), std::string::npos) << all;
  EXPECT_NE(all.find("a_name_of"), std::string::npos) << all;
  EXPECT_NE(all.find("..."), std::string::npos) << all;
  EXPECT_EQ(all.find("std::__det"), std::string::npos) << all;
}

TEST(InterleavingTableTest, what_decides_is_marked_and_preemptions_between_rows_are_told) {
  Interleaving interleaving;
  interleaving.threads = {1, 2};
  interleaving.rows = {row(1, 1, "read x -> 0"), row(2, 1, "write x <- 1")};
  interleaving.rows[1].decides = true;
  interleaving.rows[1].preempted = {1, 2};
  const auto lines = lines_of(interleaving, 80);
  ASSERT_GE(lines.size(), 3U);
  EXPECT_TRUE(lines[1].starts_with("  1 ")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("> 2 ")) << lines[2];
  EXPECT_TRUE(lines[2].ends_with("(T1 preempted) (T2 preempted)")) << lines[2];
}

}  // namespace
}  // namespace heddle
