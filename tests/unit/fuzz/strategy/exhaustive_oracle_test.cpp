// dpor against an enumeration of all schedules that shares nothing with it: each class of schedules
// that differ only in the order of operations which commute must be executed, and once.
//
//   HEDDLE_GENERATED=100000 ctest --preset default -R EveryOrder     so many programs, not 10 000
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "fuzz/strategy/dpor.h"
#include "fuzz/strategy/strategy.h"
#include "tests/unit/fuzz/strategy/small_program.h"

namespace heddle::oracle {
namespace {

// ---- the oracle
// ------------------------------------------------------------------------------------

struct Event {
  std::size_t thread = 0;
  int number = 0;
  Did did = Did::nothing;
  int place = 0;
};

// Whether two neighbours may be swapped without anybody seeing a difference.
bool commute(const Event& a, const Event& b) {
  if (a.place != b.place || a.did == Did::nothing || b.did == Did::nothing) return true;
  if (a.did == Did::read && b.did == Did::read) return true;
  return a.did == Did::try_failed && b.did == Did::try_failed;
}

// Of a schedule: each ordered pair of operations of two threads that do not commute, and what each
// thread did. The same for all schedules that differ in the order of operations that commute.
using Class = std::vector<std::tuple<std::size_t, int, std::size_t, int>>;

Class class_of(const std::vector<Event>& events) {
  Class result;
  for (std::size_t j = 0; j < events.size(); ++j) {
    result.emplace_back(events[j].thread, events[j].number, ~std::size_t{0},
                        static_cast<int>(events[j].did));
    for (std::size_t i = 0; i < j; ++i) {
      if (events[i].thread == events[j].thread || commute(events[i], events[j])) continue;
      result.emplace_back(events[i].thread, events[i].number, events[j].thread, events[j].number);
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

// Rounds of loops that change nothing are no part of a schedule. A thread that is left amid one has
// not begun it, or, if what it has looked at was changed since, would look again: then there is no
// such schedule.
bool leave_out_rounds(const Machine& machine, std::vector<Event>& events) {
  for (std::size_t thread = 0; thread < machine.size(); ++thread) {
    if (machine.ended(thread)) continue;
    for (int left = machine.amid_round(thread); left > 0; --left) {
      auto last = events.end();
      while ((--last)->thread != thread) {
      }
      if (std::any_of(last, events.end(),
                      [&](const Event& later) { return !commute(*last, later); })) {
        return false;
      }
      events.erase(last);
    }
  }
  return true;
}

// All schedules without rounds that change nothing.
class Enumeration {
 public:
  // False if there are more schedules than `most`, or one that may go on for ever: two loops that
  // change the same to and fro.
  bool run(const Machine& machine, std::size_t most) {
    most_ = most;
    go_on(machine, std::vector<int>(machine.size()));
    return schedules_ <= most_;
  }
  const std::map<Class, int>& classes() const { return classes_; }

 private:
  void go_on(const Machine& machine, const std::vector<int>& numbers) {
    bool any = false;
    if (events_.size() == kLongest) schedules_ = most_ + 1;
    for (std::size_t thread = 0; thread < machine.size() && schedules_ <= most_; ++thread) {
      if (!machine.ready(thread) || machine.only_comes_round(thread)) continue;
      any = true;
      Machine after = machine;
      std::vector<int> counted = numbers;
      const Machine::Done done = after.take(thread);
      events_.push_back({thread, ++counted[thread], done.did, done.place});
      go_on(after, counted);
      events_.pop_back();
    }
    if (any) return;
    ++schedules_;
    std::vector<Event> events = events_;
    if (leave_out_rounds(machine, events)) ++classes_[class_of(events)];
  }

  static constexpr std::size_t kLongest = 40;

  std::size_t most_ = 0;
  std::size_t schedules_ = 0;
  std::vector<Event> events_;
  std::map<Class, int> classes_;
};

// ---- dpor
// ------------------------------------------------------------------------------------------

struct Walked {
  std::map<Class, int> classes;  // how often each was executed
  std::uint64_t redundant = 0;
};

// A thread that has come round so often, while nobody changed anything, always will.
constexpr int kForEver = 3;

// One run; its class, or nothing if the strategy gave it up.
bool execute(Machine machine, Strategy& strategy, std::uint64_t run, Class& result) {
  std::vector<Event> events;
  std::vector<int> numbers(machine.size());
  std::vector<int> idle(machine.size());
  std::vector<ReadyThread> ready;
  std::vector<Op> pending(machine.size());
  ThreadId current = 0;
  std::uint64_t step = 0;
  bool gives_way = false;
  strategy.begin_run(run);
  // Main's first step is not asked for.
  strategy.executed({}, false);
  while (true) {
    ready.clear();
    for (std::size_t thread = 0; thread < machine.size(); ++thread) {
      if (!machine.ready(thread)) continue;
      pending[thread] = machine.pending(thread);
      ready.push_back({static_cast<ThreadId>(thread), &pending[thread]});
    }
    if (std::all_of(ready.begin(), ready.end(),
                    [&](const ReadyThread& thread) { return idle[thread.id] >= kForEver; })) {
      break;
    }
    const auto self = std::find_if(ready.begin(), ready.end(),
                                   [&](const ReadyThread& thread) { return thread.id == current; });
    SchedulingPoint point;
    point.ready = ready;
    point.thread = current;
    point.step = ++step;
    point.running = self != ready.end() && !gives_way;
    point.fallback = self == ready.end() ? 0 : static_cast<std::size_t>(self - ready.begin());
    if (gives_way) point.fallback = (point.fallback + 1) % ready.size();
    const std::size_t picked = strategy.pick(point);
    if (picked == Strategy::kEndRun) {
      strategy.end_run({.decisions = step, .given_up = true});
      return false;
    }
    current = ready[picked].id;
    const Machine::Done done = machine.take(current);
    if (done.atomic.has_value()) strategy.found(done.found, *done.atomic);
    strategy.executed(done.op, changes(done.did));
    events.push_back({current, ++numbers[current], done.did, done.place});
    gives_way = done.came_round != 0;
    if (gives_way) {
      strategy.came_round(current, static_cast<std::uint32_t>(done.came_round), done.op.pc);
      ++idle[current];
      for (int left = done.came_round; left > 0; --left, --numbers[current]) {
        auto last = events.end();
        while ((--last)->thread != current) {
        }
        events.erase(last);
      }
    } else if (changes(done.did)) {
      idle.assign(idle.size(), 0);
    }
  }
  strategy.end_run({.decisions = step});
  leave_out_rounds(machine, events);
  result = class_of(events);
  return true;
}

Walked walk(const Machine& machine, Strategy& strategy) {
  Walked walked;
  for (std::uint64_t run = 0; !strategy.exploration()->complete; ++run) {
    Class executed;
    if (execute(machine, strategy, run, executed)) {
      ++walked.classes[executed];
    } else {
      ++walked.redundant;
      // It begins anew when it has learned of a loop.
      if (strategy.exploration()->redundant == 0) walked = {};
    }
  }
  return walked;
}

// ---- the comparison
// --------------------------------------------------------------------------------

rc::Gen<Step> step_of(std::initializer_list<std::pair<std::size_t, Act>> acts) {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::weightedElement<Act>(acts),
                     rc::gen::weightedElement<int>({{4, 0}, {1, 1}}),
                     rc::gen::weightedElement<int>({{3, 0}, {3, 1}, {1, 2}}),
                     rc::gen::weightedElement<int>({{1, 0}, {3, 1}, {3, 2}})),
      [](const std::tuple<Act, int, int, int>& made) {
        return Step{std::get<0>(made), std::get<1>(made), std::get<2>(made), std::get<3>(made)};
      });
}

rc::Gen<Step> any_step() {
  return step_of({{4, Act::load},
                  {3, Act::store},
                  {2, Act::add},
                  {3, Act::exchange},
                  {2, Act::fetch_or},
                  {2, Act::fetch_and},
                  {6, Act::cas},
                  {1, Act::lock_add_unlock},
                  {1, Act::try_add_unlock}});
}

rc::Gen<Step> step_or_loop() {
  return rc::gen::weightedOneOf<Step>({{2, any_step()},
                                       {1, step_of({{3, Act::await_load},
                                                    {3, Act::await_exchange},
                                                    {1, Act::await_or},
                                                    {2, Act::await_cas},
                                                    {2, Act::await_two},
                                                    {1, Act::await_try}})}});
}

// Of 2 to 5 threads of 1 to 4 steps, small enough for the enumeration.
rc::Gen<Threads> program_of(const rc::Gen<Step>& step) {
  const auto threads = [step](const std::vector<std::size_t>& most) {
    return rc::gen::exec([step, most] {
      Threads program;
      for (const std::size_t steps : most) {
        program.push_back(*rc::gen::container<std::vector<Step>>(
            *rc::gen::inRange<std::size_t>(1, steps + 1), step));
      }
      return program;
    });
  };
  return rc::gen::oneOf(threads({4, 4}), threads({2, 2, 2}), threads({3, 2, 1}),
                        threads({2, 1, 1, 1}), threads({1, 1, 1, 1}), threads({1, 1, 1, 1, 1}));
}

int programs() {
  const char* wanted = std::getenv("HEDDLE_GENERATED");
  return wanted == nullptr ? 2'000 : std::atoi(wanted);
}

class EveryOrder : public testing::TestWithParam<bool> {
 protected:
  static void check(const rc::Gen<Threads>& any_program) {
    const DporOptions options{.random_order = GetParam()};
    const auto property = [&] {
      const Machine machine(*any_program);
      Enumeration all;
      RC_PRE(all.run(machine, 5'000));
      Dpor dpor(options, 7);
      const Walked walked = walk(machine, dpor);
      for (const auto& [missing, count] : all.classes()) {
        RC_ASSERT(walked.classes.contains(missing));
      }
      for (const auto& [executed, count] : walked.classes) {
        RC_ASSERT(all.classes().contains(executed));
        RC_ASSERT(count == 1);
      }
    };
    rc::detail::TestParams params;
    params.seed = 1;
    params.maxSuccess = programs();
    params.maxDiscardRatio = 10;
    const auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
    std::ostringstream said;
    rc::detail::printResultMessage(result, said);
    EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << said.str();
  }
};

TEST_P(EveryOrder, is_executed_and_once) {
  check(program_of(any_step()));
}

TEST_P(EveryOrder, of_programs_with_loops_that_wait_is_executed_and_once) {
  check(program_of(step_or_loop()));
}

INSTANTIATE_TEST_SUITE_P(orders, EveryOrder, testing::Bool());

// What only a look at the end of a round kept from being planned is planned when that look is left
// out. One program in ten thousand needs it.
TEST(EveryOrderOf, two_readers_under_a_lock_beside_a_loop_that_waits) {
  const Threads program = {{{Act::lock_add_unlock, 0, 0, 0}},
                           {{Act::store, 0, 1, 0}},
                           {{Act::lock_add_unlock, 0, 0, 0}},
                           {{Act::store, 0, 1, 0}},
                           {{Act::await_cas, 0, 0, 1}}};
  const Machine machine(program);
  Enumeration all;
  ASSERT_TRUE(all.run(machine, 100'000));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Dpor dpor({.random_order = true}, seed);
    EXPECT_EQ(walk(machine, dpor).classes.size(), all.classes().size()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace heddle::oracle
