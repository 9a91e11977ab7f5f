#include "harness/report/describe.h"

#include <gtest/gtest.h>

#include "harness/hooks/hidden_memory.h"
#include "harness/report/cause_words.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

TEST(DescribeTest, values_read_as_a_person_would_write_them) {
  EXPECT_EQ(value_text(0, 4), "0");
  EXPECT_EQ(value_text(0xffffffffU, 4), "-1");
  EXPECT_EQ(value_text(0xff, 1), "255");
  EXPECT_EQ(value_text(0xdeadbeefU, 4), "3735928559");
  EXPECT_EQ(value_text(~std::uint64_t{0}, 8), "-1");
  EXPECT_EQ(value_text(0x7f0012345678U, 8), "0x7f0012345678");
  // Bytes beyond the access are not part of the value.
  EXPECT_EQ(value_text(0x100000001U, 4), "1");
}

TEST(DescribeTest, a_bad_unlock_says_of_which_mutex_and_who_holds_it) {
  const FakeSymbols symbols = scenario::queue_symbols();
  Names names{symbols};
  Failed failure{.kind = FailureKind::bad_unlock, .message = {}, .places = {}};
  failure.places.push_back({.thread = 1,
                            .op = {.kind = OpKind::mutex_unlock, .address = 0x7000},
                            .stack = {},
                            .note = {}});
  const std::string unheld = headline(failure, names);
  EXPECT_TRUE(unheld.starts_with("bad unlock: T1 unlocks mutex ")) << unheld;
  EXPECT_NE(unheld.find(", which nobody holds ("), std::string::npos) << unheld;
  EXPECT_TRUE(failure_text(failure, names).ends_with(", which nobody holds"));
  failure.places.push_back({.thread = 2,
                            .op = {.kind = OpKind::mutex_lock, .address = 0x7000},
                            .stack = {},
                            .note = {}});
  EXPECT_NE(headline(failure, names).find(", which T2 holds ("), std::string::npos);
  failure.places.resize(1);
  failure.places[0].op = {.kind = OpKind::cond_wait, .address = 0x7100, .address2 = 0x7000};
  EXPECT_NE(headline(failure, names)
                .find("waits on condition variable 1 with mutex 1, which nobody holds"),
            std::string::npos)
      << headline(failure, names);
  // Of engines that do not know who holds it.
  failure.message = "a thread unlocks a mutex that it does not hold";
  EXPECT_EQ(failure_text(failure, names), "bad unlock: " + failure.message);
}

TEST(DescribeTest, function_names_lose_what_only_a_compiler_needs) {
  EXPECT_EQ(short_function("main"), "main");
  EXPECT_EQ(short_function("std::queue<int, std::deque<int> >::push(int const&)"),
            "std::queue::push");
  EXPECT_EQ(short_function("Queue::size() const"), "Queue::size");
  EXPECT_EQ(short_function("void run<int>(int, std::vector<int>)"), "run");
  EXPECT_EQ(short_function("(anonymous namespace)::worker(int)"), "worker");
  EXPECT_EQ(short_function("main::{lambda()#1}::operator()() const"), "main::{lambda}");
  EXPECT_EQ(short_function("main::$_0::operator()() const"), "main::{lambda}");
  EXPECT_EQ(short_function("Queue::operator()(int)"), "Queue::operator()");
  EXPECT_EQ(short_function("bool operator< <int>(Box<int>, Box<int>)"), "operator<");
  EXPECT_EQ(short_function("std::unique_ptr<Box, std::default_delete<Box> >::operator->() const"),
            "std::unique_ptr::operator->");
  EXPECT_EQ(short_function("bool std::operator!=<Box, std::default_delete<Box> >(Box const&)"),
            "std::operator!=");
  EXPECT_EQ(short_function("std::operator<< <char>(int)"), "std::operator<<");
  EXPECT_EQ(short_function("operator<=><int>(Box<int>, Box<int>)"), "operator<=>");
  EXPECT_EQ(short_function("Box::operator bool() const"), "Box::operator_bool");
  EXPECT_EQ(short_function("Box::operator new[](unsigned long)"), "Box::operator_new[]");
  EXPECT_EQ(short_function("operators::run<int>(int)"), "operators::run");
  EXPECT_EQ(short_function(""), "");
}

TEST(DescribeTest, nobody_reads_megabytes_of_a_message) {
  const std::string text =
      kind_and_message({FailureKind::uncaught_exception, std::string(3'000'000, 'x'), {}});
  EXPECT_LT(text.size(), 2'100U);
  EXPECT_NE(text.find("xxx... (3 000 000 bytes)"), std::string::npos) << text.substr(1'990);
}

TEST(DescribeTest, the_source_is_the_innermost_line_of_the_persons_own_code) {
  const FakeSymbols symbols = scenario::queue_symbols();
  const Address stack[] = {0x72};
  const SourceLine source = source_of(symbols, 0x71, stack);
  EXPECT_EQ(source.line, 32U);
  EXPECT_EQ(source.function, "produce()");
  EXPECT_EQ(source.library_call, "std::queue::push");
  EXPECT_FALSE(source.in_library);
}

TEST(DescribeTest, code_of_the_library_alone_is_marked_as_such) {
  const FakeSymbols symbols{scenario::unlocked_counter_code(), {}};
  EXPECT_TRUE(source_of(symbols, 0x30, {}).in_library);
  EXPECT_TRUE(source_of(symbols, 0x999, {}).in_library);
  EXPECT_EQ(short_place(source_of(symbols, 0x999, {})), "?");
}

TEST(DescribeTest, a_limit_of_threads_that_wait_names_no_loop) {
  const FakeSymbols symbols{scenario::unlocked_counter_code(), {}};
  Names names{symbols};
  GaveUp limit{.reason = "all threads have waited for 10 s", .places = {}};
  EXPECT_EQ(limit_text(limit, names), "all threads have waited for 10 s");
  limit.places.push_back(
      {.thread = 0, .op = {.pc = 0x999}, .stack = {}, .note = "waits, after this call"});
  EXPECT_EQ(limit_text(limit, names), "all threads have waited for 10 s: at ?");
  limit.places.push_back(
      {.thread = 1, .op = {.pc = 0x999}, .stack = {}, .note = "runs in circles"});
  EXPECT_EQ(limit_text(limit, names), "livelock or limit, in the loop at ?");
}

TEST(DescribeTest, objects_without_a_name_are_numbered_in_order_of_appearance) {
  const FakeSymbols symbols{{}, {{0x10, "known"}}};
  Names names{symbols};
  EXPECT_EQ(names.of(0x20, OpKind::read), "object 1");
  EXPECT_EQ(names.of(0x30, OpKind::mutex_lock), "mutex 1");
  EXPECT_EQ(names.of(0x40, OpKind::write), "object 2");
  EXPECT_EQ(names.of(0x20, OpKind::write), "object 1");
  EXPECT_EQ(names.of(0x10, OpKind::read), "known");
}

Op hidden_op(OpKind kind, std::size_t offset, std::uint8_t size) {
  return {.kind = kind, .size = size, .address = hidden_state::kBegin + offset};
}

TEST(DescribeTest, what_the_c_library_keeps_of_its_own_has_words_and_no_values_of_heddles) {
  const FakeSymbols symbols{{}, {}};
  Names names{symbols};
  const auto position = hidden_op(
      OpKind::atomic_rmw,
      offsetof(hidden_state::Memory, file_positions) + 3 * sizeof(hidden_state::Untold), 8);
  EXPECT_EQ(operation_text({.op = position, .value = 2, .old_value = 1}, 2, names),
            "use the position in file 3");
  EXPECT_EQ(place_text({.thread = 1, .op = position, .stack = {}, .note = {}}, names),
            "uses the position in file 3");
  const auto place = hidden_op(OpKind::write, offsetof(hidden_state::Memory, strtok_place), 8);
  EXPECT_EQ(operation_text({.op = place, .value = 0x555555558065}, {}, names),
            "write strtok()'s place");
  EXPECT_EQ(place_text({.thread = 1, .op = place, .stack = {}, .note = {}}, names),
            "writes strtok()'s place");
  const auto lock =
      hidden_op(OpKind::mutex_lock,
                offsetof(hidden_state::Memory, stream_locks) + sizeof(hidden_state::StreamLock), 0);
  EXPECT_EQ(operation_text({.op = lock}, {}, names), "lock the lock of standard output");
}

TEST(DescribeTest, a_result_of_the_c_library_has_the_value_that_the_program_reads) {
  const FakeSymbols symbols{{}, {}};
  Names names{symbols};
  const std::size_t date = offsetof(hidden_state::Memory, broken_down_time);
  const auto whole = hidden_op(OpKind::write, date, sizeof(tm));
  EXPECT_EQ(operation_text({.op = whole}, {}, names), "write the C library's struct tm");
  const auto year = hidden_op(OpKind::read, date + offsetof(tm, tm_year), 4);
  EXPECT_EQ(operation_text({.op = year, .value = 101}, 101, names),
            "read the C library's struct tm -> 101");
}

TEST(DescribeTest, sequential_consistency_is_the_order_that_goes_without_saying) {
  const FakeSymbols symbols{{}, {{0x10, "flag"}}};
  Names names{symbols};
  Event event;
  event.op = scenario::access(OpKind::atomic_store, 0x10, 1, MemoryOrder::release);
  event.value = 1;
  EXPECT_EQ(operation_text(event, event.value, names), "store flag <- 1 (release)");
  event.op.order = MemoryOrder::seq_cst;
  EXPECT_EQ(operation_text(event, event.value, names), "store flag <- 1");
  event.value.reset();
  EXPECT_EQ(operation_text(event, event.value, names), "store flag <- ?");
}

TEST(DescribeTest, a_race_names_the_object_and_both_places) {
  const auto scenario = scenario::unlocked_counter();
  Names names{scenario.symbols};
  EXPECT_EQ(headline(scenario::unlocked_counter_race(), names),
            "data race on counter: T2 writes it at unlocked_counter.cpp:11, T1 reads it at :11");
}

TEST(DescribeTest, an_assertion_that_says_its_place_is_not_told_it_again) {
  const auto scenario = scenario::unlocked_counter();
  Names names{scenario.symbols};
  Failed failure = scenario::unlocked_counter_assertion();
  EXPECT_EQ(headline(failure, names), "assertion failed: counter == 2 (unlocked_counter.cpp:18)");
  failure.message = "unlocked_counter.cpp:18: counter == 2";
  EXPECT_EQ(headline(failure, names), "assertion failed: unlocked_counter.cpp:18: counter == 2");
}

TEST(DescribeTest, a_run_that_gave_up_names_each_loop_once) {
  const FakeSymbols symbols{
      {{0x10, {{"wait()", "spin.cpp", 9}}}, {0x20, {{"ask()", "ask.cpp", 4}}}}, {}};
  Names names{symbols};
  const auto at = [](ThreadId thread, Address pc) {
    Place place;
    place.thread = thread;
    place.op.pc = pc;
    return place;
  };
  EXPECT_EQ(limit_text({"1 000 steps", {at(1, 0x10), at(2, 0x10), at(3, 0x20)}}, names),
            "livelock or limit, in the loop at spin.cpp:9, ask.cpp:4");
  EXPECT_EQ(limit_text({"too many threads", {}}, names), "too many threads");
}

TEST(DescribeTest, every_kind_of_operation_has_words) {
  const FakeSymbols symbols{{}, {}};
  for (int kind = 0; kind <= static_cast<int>(OpKind::failure); ++kind) {
    Names names{symbols};
    Event event;
    event.op.kind = static_cast<OpKind>(kind);
    event.op.address = 0x10;
    EXPECT_NE(operation_text(event, {}, names), "") << kind;
  }
}

Event event(ThreadId thread, std::uint64_t step, const Op& op) {
  Event result;
  result.thread = thread;
  result.step = step;
  result.op = op;
  return result;
}

// T1 reads in line 4 and writes in line 5, and T2 in line 9 of another file.
Cause lost_update() {
  using scenario::access;
  const Event read = event(1, 1, access(OpKind::read, 0x100, 0x10));
  const Event other = event(2, 1, access(OpKind::atomic_rmw, 0x100, 0x20));
  const Event write = event(1, 2, access(OpKind::write, 0x100, 0x11));
  return {.pattern = CausePattern::lost_update,
          .steps = {read, other, write},
          .first = read,
          .second = other,
          .checked = 2,
          .passed = 2};
}

FakeSymbols lost_update_symbols(std::string object) {
  return {{{0x10, scenario::line("add()", "/src/a.cpp", 4)},
           {0x11, scenario::line("add()", "/src/a.cpp", 5)},
           {0x20, scenario::line("set()", "/src/b.cpp", 9)}},
          {{0x100, std::move(object)}}};
}

TEST(DescribeTest, a_cause_names_every_place_once) {
  const FakeSymbols symbols = lost_update_symbols("total");
  Names names{symbols};
  EXPECT_EQ(cause_text(lost_update(), names),
            "Lost update: T2 updated total (b.cpp:9) between T1's read (a.cpp:4) and write of it "
            "(:5).");
}

TEST(DescribeTest, a_cause_without_a_pattern_is_no_sentence) {
  const FakeSymbols symbols = lost_update_symbols("total");
  Names names{symbols};
  Cause cause = lost_update();
  cause.pattern = CausePattern::none;
  EXPECT_EQ(cause_text(cause, names), "");
  EXPECT_NE(swap_text(cause, 1, 2, names), "");
}

TEST(DescribeTest, what_a_library_does_inside_is_no_cause_for_a_person) {
  const FakeSymbols symbols = lost_update_symbols("std::__detail::pool[3]");
  Names names{symbols};
  EXPECT_EQ(cause_text(lost_update(), names), "");
}

TEST(DescribeTest, a_swap_says_what_was_run_and_no_more) {
  const FakeSymbols symbols = lost_update_symbols("total");
  Names names{symbols};
  Cause cause = lost_update();
  EXPECT_EQ(swap_text(cause, 1, 3, names),
            "Swap steps 1 and 3 and this failure is gone (checked, 2/2).");
  cause.clean = true;
  cause.more_checked = cause.more_passed = 8;
  EXPECT_EQ(swap_text(cause, 1, 3, names),
            "Swap steps 1 and 3 and the program passes (checked, 10/10).");
  cause.more_passed = 5;
  EXPECT_EQ(
      swap_text(cause, 1, 3, names),
      "Swap steps 1 and 3 and the program passes in 2 of 2 tries, with one more preemption in "
      "5 of 8 tries.");
  EXPECT_FALSE(swap_proves(cause));
  // The interleaving does not show one of them.
  EXPECT_EQ(swap_text(cause, 1, 0, names),
            "If T2 updates total (b.cpp:9) before T1 reads total (a.cpp:4), the program passes "
            "in 2 of 2 tries, with one more preemption in 5 of 8 tries.");
  cause.more_checked = 0;
  cause.more_passed = 0;
  EXPECT_TRUE(swap_proves(cause));
  cause.passed = 1;
  EXPECT_FALSE(swap_proves(cause));
  EXPECT_EQ(swap_text(cause, 1, 3, names),
            "Swap steps 1 and 3 and the program passes in 1 of 2 tries.");
  cause.checked = 0;
  EXPECT_EQ(swap_text(cause, 1, 3, names), "");
}

}  // namespace
}  // namespace heddle
