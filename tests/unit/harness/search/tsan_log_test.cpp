#include "harness/search/tsan_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace heddle {
namespace {

std::string file(const std::string& name) {
  std::ifstream in(HEDDLE_TEST_SOURCE_DIR "/tests/verdicts/tsan_logs/" + name);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const LoggedFrame* frame_in(const LoggedAccess& access, const std::string& source) {
  const auto at = std::find_if(access.frames.begin(), access.frames.end(),
                               [&](const LoggedFrame& frame) { return frame.file == source; });
  return at == access.frames.end() ? nullptr : &*at;
}

TEST(TsanLog, of_both_compilers) {
  for (const char* compiler : {"gcc_12_", "clang_19_"}) {
    SCOPED_TRACE(compiler);
    const TsanLog log = parse_tsan_log(file(std::string(compiler) + "unlocked_queue.log"));
    ASSERT_EQ(log.races.size(), 1U);
    EXPECT_EQ(log.others, 0U);
    const LoggedRace& race = log.races[0];
    EXPECT_EQ(race.later.what, "Read of size 8");
    EXPECT_EQ(race.earlier.what, "Previous write of size 8");
    EXPECT_FALSE(race.later.writes);
    EXPECT_TRUE(race.earlier.writes);
    const LoggedFrame* const later = frame_in(race.later, "/src/cases/queues/unlocked_queue.cpp");
    ASSERT_NE(later, nullptr);
    EXPECT_EQ(*later, (LoggedFrame{"nothing_there()", later->file, 28}));
    const LoggedFrame* const earlier =
        frame_in(race.earlier, "/src/cases/queues/unlocked_queue.cpp");
    ASSERT_NE(earlier, nullptr);
    EXPECT_EQ(*earlier, (LoggedFrame{"produce()", earlier->file, 23}));
    // Where the memory, the mutex and the threads come from is no part of the accesses.
    EXPECT_EQ(race.later.frames.back().file, "");
    EXPECT_EQ(race.later.frames.back().function, "<null>");
  }
}

TEST(TsanLog, several_warnings_each_once) {
  const std::string one = file("gcc_12_read_without_lock.log");
  const TsanLog log = parse_tsan_log(one);
  EXPECT_EQ(log.races.size(), 2U);
  const TsanLog twice = parse_tsan_log(one + file("clang_19_unlocked_counter.log") + one);
  EXPECT_EQ(twice.races.size(), 3U);
}

TEST(TsanLog, junk_stands_before_between_and_within) {
  const std::string whole = file("clang_19_unlocked_queue.log");
  std::string torn = "first words\n#0 not of a warning /a.cpp:1 (a+0x1)\n";
  for (const char c : whole) {
    torn += c;
    if (c == '\n') torn += "[12:00:01] the program says: at 7 of 9, by the way:\n";
  }
  const TsanLog log = parse_tsan_log(torn);
  ASSERT_EQ(log.races.size(), 1U);
  const TsanLog plain = parse_tsan_log(whole);
  EXPECT_EQ(log.races[0].later.frames, plain.races[0].later.frames);
  EXPECT_EQ(log.races[0].earlier.frames, plain.races[0].earlier.frames);
}

TEST(TsanLog, a_logger_has_put_its_own_before_each_line_and_a_return_behind) {
  const std::string whole = file("gcc_12_unlocked_counter.log");
  std::string marked = "2026-01-01 test_3 | ";
  for (const char c : whole) {
    if (c == '\n') marked += '\r';
    marked += c;
    if (c == '\n') marked += "2026-01-01 test_3 | ";
  }
  const TsanLog log = parse_tsan_log(marked);
  ASSERT_EQ(log.races.size(), 1U);
  EXPECT_EQ(log.races[0].later.frames, parse_tsan_log(whole).races[0].later.frames);
  EXPECT_EQ(log.races[0].later.what, parse_tsan_log(whole).races[0].later.what);
}

TEST(TsanLog, what_are_no_two_accesses_is_counted) {
  EXPECT_EQ(parse_tsan_log("").others, 0U);
  const TsanLog inversion = parse_tsan_log(file("gcc_12_lock_order.log"));
  EXPECT_EQ(inversion.races.size(), 0U);
  EXPECT_EQ(inversion.others, 1U);
  // Cut off in the middle of the first access.
  const std::string whole = file("gcc_12_unlocked_counter.log");
  const TsanLog cut = parse_tsan_log(whole.substr(0, whole.find("Previous")));
  EXPECT_EQ(cut.races.size(), 0U);
  EXPECT_EQ(cut.others, 1U);
}

TEST(TsanLog, without_symbols_there_are_frames_and_no_lines) {
  const TsanLog log = parse_tsan_log(file("clang_19_without_symbols.log"));
  ASSERT_EQ(log.races.size(), 1U);
  for (const LoggedFrame& frame : log.races[0].later.frames) EXPECT_EQ(frame.line, 0U);
}

TEST(TsanLog, functions_and_folders_with_spaces_columns_and_atomics) {
  const TsanLog log = parse_tsan_log(
      "WARNING: ThreadSanitizer: data race (pid=1)\n"
      "  Atomic write of size 4 at 0x1 by thread T1 (mutexes: write M0):\n"
      "    #0 void f<unsigned long>(A const&) /my folder/a b.cpp:12:34 (p+0x1) (BuildId: ab)\n"
      "  Previous read of size 4 at 0x1 by main thread:\n"
      "    #0 Pool::run(int) src/pool.cpp:7 (p+0x2)\n"
      "    #1 main <null> (p+0x3)\n");
  ASSERT_EQ(log.races.size(), 1U);
  EXPECT_EQ(log.races[0].later.what, "Atomic write of size 4");
  EXPECT_EQ(log.races[0].later.frames[0],
            (LoggedFrame{"void f<unsigned long>(A const&)", "/my folder/a b.cpp", 12}));
  EXPECT_EQ(log.races[0].earlier.frames[0], (LoggedFrame{"Pool::run(int)", "src/pool.cpp", 7}));
  EXPECT_EQ(log.races[0].earlier.frames[1], (LoggedFrame{"main", "", 0}));
}

}  // namespace
}  // namespace heddle
