// Small searches as values, with made-up addresses: what reports are tested with.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/report/report_case.h"
#include "harness/search/grounds.h"
#include "harness/search/result.h"
#include "tests/golden/fake_symbols.h"

namespace heddle::scenario {

// A trace, event by event; counts each thread's steps.
class TraceBuilder {
 public:
  TraceBuilder& add(ThreadId thread, Op op, std::optional<std::uint64_t> value = std::nullopt) {
    Event event;
    event.thread = thread;
    event.step = ++steps_[thread];
    event.op = op;
    event.value = value;
    event.why = std::exchange(why_, SwitchReason::none);
    trace_.events.push_back(std::move(event));
    return *this;
  }
  // Of the event added last.
  TraceBuilder& racy() {
    trace_.events.back().racy = true;
    return *this;
  }
  TraceBuilder& old_value(std::uint64_t value) {
    trace_.events.back().old_value = value;
    return *this;
  }
  TraceBuilder& called_from(std::vector<Address> stack) {
    trace_.events.back().stack = std::move(stack);
    return *this;
  }
  // Of the event added next.
  TraceBuilder& because(SwitchReason why) {
    why_ = why;
    return *this;
  }
  Trace take() { return std::move(trace_); }

 private:
  Trace trace_;
  std::map<ThreadId, std::uint64_t> steps_;
  SwitchReason why_ = SwitchReason::none;
};

inline Op access(OpKind kind, Address address, Address pc, MemoryOrder order = MemoryOrder::seq_cst,
                 std::uint8_t size = 4) {
  return {.kind = kind, .size = size, .order = order, .address = address, .pc = pc};
}
inline Op on(OpKind kind, Address object, Address pc) {
  return {.kind = kind, .address = object, .pc = pc};
}
inline Op wait_on(Address cond, Address mutex, Address pc) {
  return {.kind = OpKind::cond_wait, .address = cond, .address2 = mutex, .pc = pc};
}
inline Op with(OpKind kind, ThreadId other, Address pc) {
  return {.kind = kind, .other = other, .pc = pc};
}
inline Place place(ThreadId thread, Op op, std::vector<Address> stack = {}, std::string note = "") {
  return {.thread = thread, .op = op, .stack = std::move(stack), .note = std::move(note)};
}
inline std::vector<Frame> line(std::string function, std::string file, unsigned number) {
  return {Frame{std::move(function), std::move(file), number}};
}

// Of a search through all schedules with fewer preemptions.
inline MinimalityProof proof_below(unsigned preemptions, std::uint64_t schedules,
                                   std::uint64_t failed) {
  MinimalityProof proof{.complete = true, .schedules = schedules, .failed = failed};
  proof.grounds.ended = true;
  proof.grounds.exploration = {.complete = true, .executions = schedules, .bound = preemptions - 1};
  return proof;
}

// A case with the symbols that its addresses need.
struct Scenario {
  CaseResult result;
  FakeSymbols symbols;

  ReportCase report_case() const { return {&result, &symbols, result.name}; }
};

// ---- unlocked_counter
// -----------------------------------------------------------------------------

inline constexpr Address kCounter = 0x4040;
inline constexpr Address kThreadState = 0x7f10;  // what std::thread hands to a new thread

inline Trace unlocked_counter_trace() {
  TraceBuilder trace;
  trace.add(0, access(OpKind::write, kThreadState, 0x20))
      .add(0, with(OpKind::thread_create, 1, 0x21))
      .add(0, access(OpKind::write, kThreadState + 16, 0x22))
      .add(0, with(OpKind::thread_create, 2, 0x23))
      .add(0, with(OpKind::thread_join, 1, 0x24))
      .because(SwitchReason::blocked)
      .add(1, {.kind = OpKind::thread_start})
      .add(1, access(OpKind::read, kThreadState, 0x30))
      .add(1, access(OpKind::read, kCounter, 0x10), 0)
      .racy()
      .because(SwitchReason::preempted)
      .add(2, {.kind = OpKind::thread_start})
      .add(2, access(OpKind::read, kThreadState + 16, 0x30))
      .add(2, access(OpKind::read, kCounter, 0x10), 0)
      .add(2, access(OpKind::write, kCounter, 0x11), 1)
      .racy()
      .add(2, {.kind = OpKind::thread_exit})
      .because(SwitchReason::ended)
      .add(1, access(OpKind::write, kCounter, 0x11), 1)
      .racy()
      .add(1, {.kind = OpKind::thread_exit})
      .because(SwitchReason::ended)
      .add(0, with(OpKind::thread_join, 2, 0x25))
      .add(0, access(OpKind::read, kCounter, 0x12), 1)
      .add(0, {.kind = OpKind::failure, .pc = 0x13});
  return trace.take();
}

inline Failed unlocked_counter_assertion() {
  return {
      FailureKind::assertion, "counter == 2", {place(0, {.kind = OpKind::failure, .pc = 0x13})}};
}

inline Failed unlocked_counter_race() {
  return {FailureKind::data_race,
          "",
          {place(2, access(OpKind::write, kCounter, 0x11), {0x31}),
           place(1, access(OpKind::read, kCounter, 0x10), {0x31})}};
}

inline std::map<Address, std::vector<Frame>> unlocked_counter_code() {
  const std::string file = "/src/cases/unlocked_counter.cpp";
  const std::string library = "/usr/include/c++/12/bits/std_thread.h";
  return {{0x10, line("increment()", file, 11)},
          {0x11, line("increment()", file, 11)},
          {0x12, line("main", file, 18)},
          {0x13, line("main", file, 18)},
          {0x20, line("main", file, 14)},
          {0x22, line("main", file, 15)},
          {0x30, line("std::thread::_State_impl<void (*)()>::_M_run()", library, 210)},
          {0x31, line("std::thread::_State_impl<void (*)()>::_M_run()", library, 210)}};
}

inline Scenario unlocked_counter() {
  const Token token{EngineKind::fuzz, {{{1, 3, 2}}}, ""};
  Finding fuzz_assertion;
  fuzz_assertion.failure = unlocked_counter_assertion();
  fuzz_assertion.count = 2487;
  fuzz_assertion.token = token;
  fuzz_assertion.minimal = MinimalInterleaving{.token = token,
                                               .trace = unlocked_counter_trace(),
                                               .preemptions = 1,
                                               .one_minimal = true,
                                               .deviations_before = 7,
                                               .shrink_runs = 46};
  fuzz_assertion.minimal->proof = proof_below(1, 3, 3);
  fuzz_assertion.minimal->canonical = true;
  const auto& steps = fuzz_assertion.minimal->trace.events;
  fuzz_assertion.minimal->cause = Cause{.pattern = CausePattern::lost_update,
                                        .steps = {steps[7], steps[11], steps[13]},
                                        .first = steps[7],
                                        .second = steps[11],
                                        .checked = 2,
                                        .passed = 2};
  Finding fuzz_race;
  fuzz_race.failure = unlocked_counter_race();
  fuzz_race.count = 10'000;
  fuzz_race.token = Token{};

  Finding tsan_race;
  tsan_race.failure = unlocked_counter_race();
  tsan_race.count = 998;
  Finding stress_assertion;
  stress_assertion.failure = unlocked_counter_assertion();
  stress_assertion.count = 312;

  EngineResult stress{.engine = EngineKind::stress,
                      .method = "exponential:p=0.02,mean=2us",
                      .runs = 10'000,
                      .failed = 312,
                      .first_failure = 17,
                      .seconds = 0.2443,
                      .error = std::nullopt,
                      .findings = {stress_assertion}};
  EngineResult tsan{.engine = EngineKind::tsan,
                    .method = "exponential:p=0.02,mean=2us",
                    .runs = 1'000,
                    .failed = 998,
                    .first_failure = 1,
                    .seconds = 0.71,
                    .error = std::nullopt,
                    .findings = {tsan_race}};
  EngineResult fuzz{.engine = EngineKind::fuzz,
                    .method = "random:stay=0.9",
                    .runs = 10'000,
                    .failed = 10'000,
                    .first_failure = 1,
                    .seconds = 0.0123,
                    .error = std::nullopt,
                    .findings = {fuzz_assertion, fuzz_race}};
  CaseResult result;
  result.name = "unlocked_counter";
  result.program = "/build/bin/cases/unlocked_counter";
  result.engines = {stress, tsan, fuzz};
  settle_claims(result.engines, {});
  return {result, FakeSymbols{unlocked_counter_code(), {{kCounter, "counter"}}}};
}

// ---- mutex_counter: nothing fails
// -------------------------------------------------------------------

inline Scenario mutex_counter() {
  Place waits_in_a_loop;
  waits_in_a_loop.thread = 1;
  waits_in_a_loop.op.pc = 0x60;
  EngineResult stress{.engine = EngineKind::stress,
                      .method = "none",
                      .runs = 10'000,
                      .first_failure = std::nullopt,
                      .seconds = 0.25,
                      .error = std::nullopt,
                      .findings = {}};
  EngineResult fuzz{.engine = EngineKind::fuzz,
                    .method = "random",
                    .runs = 10'000,
                    .gave_up = 3,
                    .first_failure = std::nullopt,
                    .seconds = 0.02,
                    .error = std::nullopt,
                    .limit = GaveUp{"the step limit was reached", {waits_in_a_loop}},
                    .findings = {}};
  EngineResult relacy{.engine = EngineKind::relacy,
                      .method = "full",
                      .runs = 20,
                      .first_failure = std::nullopt,
                      .seconds = 0.01,
                      .exhausted = true,
                      .error = std::nullopt,
                      .findings = {}};
  CaseResult result;
  result.name = "mutex_counter";
  result.program = "/build/bin/cases/mutex_counter";
  result.engines = {stress, fuzz, relacy};
  settle_claims(result.engines, {});
  return {result,
          FakeSymbols{{{0x60, {{"wait_for_start()", "/src/cases/mutex_counter.cpp", 9}}}}, {}}};
}

// ---- queue_handoff: a lost wake-up
// --------------------------------------------------------------------

inline constexpr Address kQueueMutex = 0x5000;
inline constexpr Address kReady = 0x5040;
inline constexpr Address kItems = 0x5080;

// The consumer looks, the producer adds and signals, and only then the consumer waits.
inline Trace lost_wakeup_trace() {
  TraceBuilder trace;
  trace.add(0, with(OpKind::thread_create, 1, 0x50))
      .add(0, with(OpKind::thread_create, 2, 0x51))
      .add(0, with(OpKind::thread_join, 1, 0x52))
      .because(SwitchReason::blocked)
      .add(1, on(OpKind::mutex_lock, kQueueMutex, 0x60))
      .add(1, access(OpKind::read, kItems, 0x61, MemoryOrder::relaxed, 8), 0x7f20)
      .called_from({0x62})
      .add(1, access(OpKind::read, kItems + 8, 0x63, MemoryOrder::relaxed, 8), 0x7f20)
      .called_from({0x62})
      .add(1, on(OpKind::mutex_unlock, kQueueMutex, 0x64))
      .because(SwitchReason::preempted)
      .add(2, on(OpKind::mutex_lock, kQueueMutex, 0x70))
      .add(2, access(OpKind::read, kItems + 8, 0x71, MemoryOrder::relaxed, 8), 0x7f20)
      .called_from({0x72})
      .add(2, access(OpKind::write, 0x7f20, 0x73), 42)
      .called_from({0x72})
      .add(2, access(OpKind::write, kItems + 8, 0x74, MemoryOrder::relaxed, 8), 0x7f24)
      .called_from({0x72})
      .add(2, on(OpKind::mutex_unlock, kQueueMutex, 0x75))
      .add(2, on(OpKind::cond_signal, kReady, 0x76))
      .add(2, {.kind = OpKind::thread_exit})
      .because(SwitchReason::ended)
      .add(1, on(OpKind::mutex_lock, kQueueMutex, 0x65))
      .add(1, wait_on(kReady, kQueueMutex, 0x66));
  return trace.take();
}

inline Failed lost_wakeup_failure() {
  return {FailureKind::lost_wakeup,
          "",
          {place(1, wait_on(kReady, kQueueMutex, 0x66), {}, "signalled once before it waited"),
           place(0, with(OpKind::thread_join, 1, 0x52))}};
}

inline FakeSymbols queue_symbols() {
  const std::string file = "/src/cases/queue_handoff.cpp";
  const std::string queue = "/usr/include/c++/12/bits/stl_queue.h";
  const std::string deque = "/usr/include/c++/12/bits/stl_deque.h";
  const auto empty = line("std::deque<int>::empty() const", deque, 1300);
  const auto push = line("std::deque<int>::push_back(int const&)", deque, 1500);
  return {
      {{0x52, line("main", file, 41)},
       {0x60, line("consume()", file, 16)},
       {0x61, empty},
       {0x62,
        {{"std::queue<int, std::deque<int, std::allocator<int> > >::empty() const", queue, 222},
         {"consume()", file, 17}}},
       {0x63, empty},
       {0x64, line("consume()", file, 18)},
       {0x65, line("consume()", file, 20)},
       {0x66, line("consume()", file, 21)},
       {0x70, line("produce()", file, 31)},
       {0x71, push},
       {0x72,
        {{"std::queue<int, std::deque<int, std::allocator<int> > >::push(int const&)", queue, 265},
         {"produce()", file, 32}}},
       {0x73, push},
       {0x74, push},
       {0x75, line("produce()", file, 33)},
       {0x76, line("produce()", file, 34)}},
      {{kQueueMutex, "mutex"}, {kReady, "ready"}, {kItems, "items"}, {kItems + 8, "items"}}};
}

// Fails on real threads alone; fuzz tells what it has been through.
inline Scenario covered() {
  CaseResult result = mutex_counter().result;
  result.name = "real_time";
  EngineResult& stress = result.engines[0];
  Finding late{.failure = {.kind = FailureKind::assertion,
                           .message = "real_time.cpp:11: int main(): Assertion `early' failed.",
                           .places = {}},
               .count = 12,
               .first_run = 3,
               .token = std::nullopt,
               .minimal = std::nullopt};
  late.hunt = Hunt{.runs = 100'000, .strategy = "random, pos, pct:depth=2, pct:depth=3"};
  stress.failed = 12;
  stress.first_failure = 4;
  stress.findings.push_back(std::move(late));
  EngineResult& fuzz = result.engines[1];
  fuzz.method = "pct:depth=2";
  fuzz.limit_token = Token{EngineKind::fuzz, {{{1, 3, 2}}}, ""};
  fuzz.limit_step_limit = 200'000;
  fuzz.coverage =
      Coverage{.from_run = 4,
               .distinct = 23'456,
               .exact = false,
               .late = 1'234,
               .fewest_decisions = 7,
               .most_decisions = 20,
               .mean_decisions = 11.25,
               .bound = DepthBound{.depth = 2, .threads = 3, .decisions = 20, .per_run = 1e-4}};
  settle_claims(result.engines, {});
  return {result, FakeSymbols{{}, {}}};
}

// Searches that came to their end: of everything, of what a bound allows, and with loops left out.
inline Scenario explored() {
  CaseResult result = mutex_counter().result;
  EngineResult fuzz = result.engines[1];
  fuzz.gave_up = 0;
  fuzz.limit.reset();
  fuzz.exhausted = true;
  fuzz.coverage =
      Coverage{.distinct = 38, .fewest_decisions = 4, .most_decisions = 9, .mean_decisions = 6.5};
  fuzz.exploration = Exploration{.complete = true, .executions = 1'200, .distinct = 40};
  result.engines.clear();
  for (const char* method : {"dpor", "dfs:bound=1", "dpor"}) {
    fuzz.method = method;
    result.engines.push_back(fuzz);
  }
  result.engines[0].exploration->bound = Exploration::kNoBound;
  result.engines[1].exploration->bound = 1;
  result.engines[2].exploration->bound = Exploration::kNoBound;
  result.engines[2].exploration->limited = true;
  settle_claims(result.engines, {});
  return {result, FakeSymbols{{}, {}}};
}

// Everything that may be claimed, and what may not.
inline Scenario claims() {
  CaseResult result = mutex_counter().result;
  EngineResult ended = explored().result.engines[0];
  ended.coverage.reset();
  ended.exploration->distinct = 7;
  ended.runs = 7;
  ended.method = "dpor";
  EngineResult full = result.engines[2];
  result.engines.clear();
  const auto add = [&](EngineResult engine, auto change) {
    ClaimGrounds grounds = grounds_of(engine);
    change(grounds);
    engine.claim = claim_of(grounds);
    result.engines.push_back(std::move(engine));
  };
  add(ended, [](ClaimGrounds&) {});
  add(ended, [](ClaimGrounds& grounds) { grounds.exploration.distinct = 1; });
  add(ended, [](ClaimGrounds& grounds) { grounds.features.weaker_atomics = true; });
  add(ended, [](ClaimGrounds& grounds) {
    grounds.features.weaker_atomics = true;
    grounds.exploration.distinct = 1;
    grounds.exploration.bound = 2;
  });
  add(ended, [](ClaimGrounds& grounds) { grounds.exploration.reached = {.spurious_wakes = true}; });
  add(ended, [](ClaimGrounds& grounds) {
    grounds.exploration.bound = 2;
    grounds.exploration.reached = {
        .spurious_wakes = true, .weak_failures = true, .early_timeouts = true};
  });
  add(ended, [](ClaimGrounds& grounds) {
    grounds.unseen.assumed = {"gtest shares nothing between threads"};
  });
  add(ended, [](ClaimGrounds& grounds) {
    grounds.exploration.reduced = true;
    grounds.features.compare_exchange = true;
  });
  add(ended, [](ClaimGrounds& grounds) {
    grounds.unseen.names = {"mylib.cpp"};
    grounds.failed_elsewhere = {EngineKind::stress, EngineKind::relacy};
  });
  add(ended, [](ClaimGrounds& grounds) {
    grounds.unseen.names = {"a.cpp", "b.cpp", "c.cpp", "libd.so", "libe.so"};
  });
  add(ended, [](ClaimGrounds& grounds) { grounds.unseen.unmodelled = {"mprotect()"}; });
  add(ended, [](ClaimGrounds& grounds) {
    grounds.unseen.names = {"mylib.cpp"};
    grounds.unseen.unmodelled = {"mprotect()", "prctl()", "std::filesystem::status()", "swab()"};
  });
  add(ended, [](ClaimGrounds& grounds) {
    grounds.unseen.everything = true;
    grounds.repeatable = false;
    grounds.exploration.limited = true;
  });
  add(ended, [](ClaimGrounds& grounds) { grounds.gave_up = 1; });
  // auto, whose sampling went on where its search had come to an end.
  EngineResult sampled = ended;
  sampled.method = "auto";
  sampled.runs = 10'000;
  sampled.explored = 7;
  sampled.exhausted = false;
  add(sampled, [](ClaimGrounds& grounds) {
    grounds.exploration.reduced = true;
    grounds.features.compare_exchange = true;
  });
  add(full, [](ClaimGrounds&) {});
  add(full, [](ClaimGrounds& grounds) { grounds.preemption_bound = 2; });
  add(full, [](ClaimGrounds& grounds) { grounds.failed_elsewhere = {EngineKind::fuzz}; });
  return {result, FakeSymbols{{}, {}}};
}

inline Scenario queue_handoff() {
  const Token token{EngineKind::fuzz, {{{1, 5, 2}}}, ""};
  Finding lost;
  lost.failure = lost_wakeup_failure();
  lost.count = 731;
  lost.token = token;
  lost.minimal = MinimalInterleaving{.token = token,
                                     .trace = lost_wakeup_trace(),
                                     .preemptions = 1,
                                     .one_minimal = true,
                                     .deviations_before = 12,
                                     .shrink_runs = 130};
  lost.minimal->proof = proof_below(1, 8, 0);
  const auto& steps = lost.minimal->trace.events;
  const Event& signal = *std::find_if(steps.begin(), steps.end(), [](const Event& event) {
    return event.op.kind == OpKind::cond_signal;
  });
  lost.minimal->cause = Cause{.pattern = CausePattern::lost_wakeup,
                              .steps = {signal, steps.back()},
                              .first = signal,
                              .second = steps.back(),
                              .checked = 3,
                              .passed = 3,
                              .more_checked = 7,
                              .more_passed = 7,
                              .clean = true};
  EngineResult fuzz{.engine = EngineKind::fuzz,
                    .method = "pct:depth=3",
                    .runs = 10'000,
                    .failed = 731,
                    .first_failure = 9,
                    .seconds = 0.05,
                    .error = std::nullopt,
                    .findings = {lost}};
  EngineResult relacy{.engine = EngineKind::relacy,
                      .method = "random",
                      .first_failure = std::nullopt,
                      .error =
                          "Relacy cannot execute pthread_barrier_wait, which this program "
                          "calls at queue_handoff.cpp:12: use another engine",
                      .findings = {}};
  CaseResult result;
  result.name = "queue_handoff";
  result.program = "/build/bin/cases/queue_handoff";
  result.args = {"--items", "one item"};
  result.engines = {fuzz, relacy};
  settle_claims(result.engines, {});
  return {result, queue_symbols()};
}

// ---- abba: a deadlock
// ------------------------------------------------------------------------------

inline constexpr Address kLockA = 0x6000;
inline constexpr Address kLockB = 0x6040;

inline Trace deadlock_trace() {
  TraceBuilder trace;
  trace.add(0, with(OpKind::thread_create, 1, 0x80))
      .add(0, with(OpKind::thread_create, 2, 0x81))
      .add(0, with(OpKind::thread_join, 1, 0x82))
      .because(SwitchReason::blocked)
      .add(1, on(OpKind::mutex_lock, kLockA, 0x83))
      .because(SwitchReason::preempted)
      .add(2, on(OpKind::mutex_lock, kLockB, 0x85));
  return trace.take();
}

inline Failed deadlock_failure() {
  return {FailureKind::deadlock,
          "",
          {place(1, on(OpKind::mutex_lock, kLockB, 0x84)),
           place(2, on(OpKind::mutex_lock, kLockA, 0x86)),
           place(0, with(OpKind::thread_join, 1, 0x82))}};
}

inline Scenario abba() {
  const Token token{EngineKind::fuzz, {{{1, 2, 2}}}, ""};
  Finding stuck;
  stuck.failure = deadlock_failure();
  stuck.count = 3333;
  stuck.token = token;
  stuck.minimal = MinimalInterleaving{.token = token,
                                      .trace = deadlock_trace(),
                                      .preemptions = 1,
                                      .one_minimal = true,
                                      .deviations_before = 3,
                                      .shrink_runs = 9};
  const auto& steps = stuck.minimal->trace.events;
  std::vector<Event> waits;
  for (const Place& place : stuck.failure.places) {
    waits.push_back({.thread = place.thread, .op = place.op});
  }
  stuck.minimal->cause = Cause{.pattern = CausePattern::lock_order_cycle,
                               .steps = {steps[3], waits[0], steps[4], waits[1]},
                               .first = steps[4],
                               .second = waits[0],
                               .checked = 1,
                               .passed = 1,
                               .more_checked = 9,
                               .more_passed = 6,
                               .clean = true};
  EngineResult fuzz{.engine = EngineKind::fuzz,
                    .method = "random",
                    .runs = 10'000,
                    .failed = 3333,
                    .first_failure = 2,
                    .seconds = 0.01,
                    .error = std::nullopt,
                    .findings = {stuck}};
  CaseResult result;
  result.name = "abba";
  result.program = "./abba";
  result.engines = {fuzz};
  const std::string first = "/src/transfer.cpp";
  const std::string second = "/src/audit.cpp";
  settle_claims(result.engines, {});
  return {result, FakeSymbols{{{0x82, line("main", first, 40)},
                               {0x83, line("transfer(Account&)", first, 12)},
                               {0x84, line("transfer(Account&)", first, 13)},
                               {0x85, line("audit()", second, 7)},
                               {0x86, line("audit()", second, 8)}},
                              {{kLockA, "from.mutex"}, {kLockB, "to.mutex"}}}};
}

// ---- loop: two threads, many rounds
// ------------------------------------------------------------------

inline constexpr Address kAtomic = 0x7000;

// Two threads that add to an atomic by load and store, `rounds` times each; T1 is preempted between
// the load and the store of its last round but one.
inline Trace loop_trace(std::uint64_t rounds) {
  TraceBuilder trace;
  const auto load = access(OpKind::atomic_load, kAtomic, 0x90, MemoryOrder::relaxed);
  const auto store = access(OpKind::atomic_store, kAtomic, 0x91, MemoryOrder::relaxed);
  trace.add(0, with(OpKind::thread_create, 1, 0x92))
      .add(0, with(OpKind::thread_create, 2, 0x92))
      .add(0, with(OpKind::thread_join, 1, 0x93))
      .because(SwitchReason::blocked);
  std::uint64_t value = 0;
  for (std::uint64_t i = 0; i + 2 < rounds; ++i) {
    trace.add(1, load, value).add(1, store, value + 1);
    ++value;
  }
  const std::uint64_t lost = value;
  trace.add(1, load, lost).because(SwitchReason::preempted);
  for (std::uint64_t i = 0; i < rounds; ++i) {
    trace.add(2, load, value).add(2, store, value + 1);
    ++value;
  }
  trace.because(SwitchReason::ended).add(1, store, lost + 1);
  trace.add(1, load, lost + 1).add(1, store, lost + 2);
  trace.because(SwitchReason::ended)
      .add(0, with(OpKind::thread_join, 2, 0x93))
      .add(0, access(OpKind::atomic_load, kAtomic, 0x94), lost + 2)
      .add(0, {.kind = OpKind::failure, .pc = 0x95});
  return trace.take();
}

inline Failed loop_failure() {
  return {FailureKind::assertion,
          "total == 2 * kRounds",
          {place(0, {.kind = OpKind::failure, .pc = 0x95})}};
}

inline FakeSymbols loop_symbols() {
  const std::string file = "/src/cases/atomic_counter.cpp";
  const auto inlined = [&](const char* function, unsigned number) {
    return std::vector<Frame>{{function, "/usr/include/c++/12/bits/atomic_base.h", 500},
                              {"add()", file, number}};
  };
  return {{{0x90, inlined("std::__atomic_base<int>::load(std::memory_order) const", 9)},
           {0x91, inlined("std::__atomic_base<int>::store(int, std::memory_order)", 10)},
           {0x94, line("main", file, 20)},
           {0x95, line("main", file, 20)}},
          {{kAtomic, "total"}}};
}

inline Scenario atomic_counter() {
  const Token token{EngineKind::fuzz, {{{1, 22, 2}}}, ""};
  Finding finding;
  finding.failure = loop_failure();
  finding.count = 10;
  finding.token = token;
  finding.minimal = MinimalInterleaving{.token = token,
                                        .trace = loop_trace(12),
                                        .preemptions = 1,
                                        .one_minimal = true,
                                        .deviations_before = 1,
                                        .shrink_runs = 1};
  EngineResult fuzz{.engine = EngineKind::fuzz,
                    .method = "random",
                    .runs = 1'000'000,
                    .failed = 10,
                    .first_failure = 70'123,
                    .seconds = 4,
                    .error = std::nullopt,
                    .findings = {finding}};
  CaseResult result;
  result.name = "atomic_counter";
  result.program = "./atomic_counter";
  result.engines = {fuzz};
  settle_claims(result.engines, {});
  return {result, loop_symbols()};
}

// ---- crowd: more threads than columns
// ------------------------------------------------------------------

inline Scenario crowd() {
  constexpr ThreadId kThreads = 9;
  TraceBuilder trace;
  for (ThreadId thread = 1; thread <= kThreads; ++thread) {
    trace.add(0, with(OpKind::thread_create, thread, 0x92));
  }
  trace.add(0, with(OpKind::thread_join, 1, 0x93));
  for (ThreadId thread = 1; thread <= kThreads; ++thread) {
    trace.because(thread == 1 ? SwitchReason::blocked : SwitchReason::ended)
        .add(thread, access(OpKind::atomic_rmw, kAtomic, 0x91), thread)
        .old_value(thread - 1);
  }
  const Token token{EngineKind::fuzz, {}, ""};
  Finding finding;
  finding.failure = {FailureKind::signal,
                     "SIGSEGV (address 0x0)",
                     {place(9, {.kind = OpKind::failure, .pc = 0x95})}};
  finding.count = 5;
  finding.token = token;
  finding.minimal = MinimalInterleaving{.token = token,
                                        .trace = trace.take(),
                                        .preemptions = 0,
                                        .one_minimal = true,
                                        .deviations_before = 0,
                                        .shrink_runs = 0};
  EngineResult fuzz{.engine = EngineKind::fuzz,
                    .method = "",
                    .runs = 5,
                    .failed = 5,
                    .first_failure = 1,
                    .seconds = 1,
                    .error = std::nullopt,
                    .findings = {finding}};
  CaseResult result;
  result.name = "crowd";
  result.program = "./crowd";
  result.engines = {fuzz};
  result.interrupted = true;
  settle_claims(result.engines, {});
  return {result, loop_symbols()};
}

}  // namespace heddle::scenario
