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
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "fuzz/strategy/dpor.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {
namespace {

// ---- programs
// ------------------------------------------------------------------------------------

enum class Act : std::uint8_t { load, store, add, cas, lock_add_unlock, try_add_unlock };

struct Step {
  Act act = Act::load;
  int place = 0;    // variable or mutex
  int value = 0;    // stored, added or expected
  int desired = 0;  // of a compare-exchange
};

using Threads = std::vector<std::vector<Step>>;

std::ostream& operator<<(std::ostream& out, const Step& step) {
  static constexpr const char* kNames[] = {"load", "store", "add", "cas", "lock", "try"};
  return out << kNames[static_cast<int>(step.act)] << step.place << '(' << step.value << ','
             << step.desired << ')';
}

// What an operation turned out to be.
enum class Did : std::uint8_t { read, write, lock, unlock, try_failed, nothing };

// One scheduling point's worth: what a step of a program becomes.
struct Operation {
  Act act = Act::load;
  int part = 0;  // of those that take several
  Step step;
};

constexpr int kPlaces = 2;

// The state of a program between two operations. Copies are cheap: the enumeration makes many.
class Machine {
 public:
  explicit Machine(const Threads& program) {
    threads_.resize(program.size() + 1);
    for (std::size_t i = 0; i < program.size(); ++i) {
      for (const Step& step : program[i]) {
        const int parts =
            step.act == Act::lock_add_unlock || step.act == Act::try_add_unlock ? 3 : 1;
        for (int part = 0; part < parts; ++part) {
          threads_[i + 1].todo.push_back({step.act, part, step});
        }
      }
    }
  }

  std::size_t size() const { return threads_.size(); }
  bool ended(std::size_t thread) const {
    return threads_[thread].next == threads_[thread].todo.size();
  }
  bool ready(std::size_t thread) const {
    if (ended(thread)) return false;
    const Operation& operation = next(thread);
    return operation.act != Act::lock_add_unlock || operation.part != 0 ||
           owners_[operation.step.place] == 0;
  }

  // As a scheduler shows it to a strategy.
  Op pending(std::size_t thread) const {
    const Operation& operation = next(thread);
    Op op = op_of(operation, OpKind::atomic_load);
    switch (operation.act) {
      case Act::load:
        break;
      case Act::store:
        op.kind = OpKind::atomic_store;
        break;
      case Act::add:
      case Act::cas:
        op.kind = OpKind::atomic_rmw;
        break;
      case Act::lock_add_unlock:
      case Act::try_add_unlock:
        if (operation.part == 0) {
          op.kind = operation.act == Act::try_add_unlock ? OpKind::mutex_trylock_fail
                                                         : OpKind::mutex_lock;
        } else {
          op.kind = operation.part == 1 ? OpKind::atomic_rmw : OpKind::mutex_unlock;
        }
        break;
    }
    return op;
  }

  struct Done {
    Did did = Did::nothing;
    int place = 0;  // mutexes after variables
    Op op;
    bool atomic = false;
    std::uint64_t found = 0;
    std::optional<std::uint64_t> expected{};
  };
  Done take(std::size_t thread) {
    Thread& self = threads_[thread];
    const Operation operation = self.todo[self.next++];
    const Step& step = operation.step;
    int& variable = values_[step.place];
    Done done{.did = Did::write, .place = step.place, .op = op_of(operation, OpKind::atomic_store)};
    done.atomic = operation.part == 1 ||
                  (operation.act != Act::lock_add_unlock && operation.act != Act::try_add_unlock);
    done.found = static_cast<std::uint64_t>(variable);
    switch (operation.act) {
      case Act::load:
        done.did = Did::read;
        done.op.kind = OpKind::atomic_load;
        break;
      case Act::store:
        variable = step.value;
        break;
      case Act::add:
        variable += step.value;
        done.op.kind = OpKind::atomic_rmw;
        break;
      case Act::cas:
        done.expected = static_cast<std::uint64_t>(step.value);
        done.op.kind = variable == step.value ? OpKind::atomic_rmw : OpKind::atomic_cas_fail;
        if (variable == step.value) {
          variable = step.desired;
        } else {
          done.did = Did::read;
        }
        break;
      case Act::lock_add_unlock:
      case Act::try_add_unlock:
        take_locked(self, thread, operation, done);
        break;
    }
    return done;
  }

 private:
  struct Thread {
    std::vector<Operation> todo;
    std::size_t next = 0;
  };

  const Operation& next(std::size_t thread) const {
    return threads_[thread].todo[threads_[thread].next];
  }

  static Op op_of(const Operation& operation, OpKind kind) {
    const bool mutex =
        (operation.act == Act::lock_add_unlock || operation.act == Act::try_add_unlock) &&
        operation.part != 1;
    const Address address =
        (mutex ? 4096U : 64U) + 64U * static_cast<unsigned>(operation.step.place);
    return {
        .kind = kind, .size = 4, .address = address, .pc = static_cast<Address>(operation.act) + 1};
  }

  void take_locked(Thread& self, std::size_t thread, const Operation& operation, Done& done) {
    const Step& step = operation.step;
    std::size_t& owner = owners_[step.place];
    if (operation.part == 1) {
      values_[step.place] += step.value;
      done.op.kind = OpKind::atomic_rmw;
      return;
    }
    done.place = kPlaces + step.place;
    if (operation.part == 2) {
      owner = 0;
      done.did = Did::unlock;
      done.op.kind = OpKind::mutex_unlock;
    } else if (owner == 0) {
      owner = thread;
      done.did = Did::lock;
      done.op.kind = OpKind::mutex_lock;
    } else {
      self.next += 2;
      done.did = Did::try_failed;
      done.op.kind = OpKind::mutex_trylock_fail;
    }
  }

  std::vector<Thread> threads_;  // 0: main's, which does nothing
  int values_[kPlaces] = {};
  std::size_t owners_[kPlaces] = {};
};

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

class Enumeration {
 public:
  // False if there are more schedules than `most`.
  bool run(const Machine& machine, std::size_t most) {
    most_ = most;
    go_on(machine, std::vector<int>(machine.size()));
    return schedules_ <= most_;
  }
  const std::map<Class, int>& classes() const { return classes_; }

 private:
  void go_on(const Machine& machine, const std::vector<int>& numbers) {
    bool any = false;
    for (std::size_t thread = 0; thread < machine.size() && schedules_ <= most_; ++thread) {
      if (!machine.ready(thread)) continue;
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
    ++classes_[class_of(events_)];
  }

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

// One run; its class, or nothing if the strategy gave it up.
bool execute(Machine machine, Strategy& strategy, std::uint64_t run, Class& result) {
  std::vector<Event> events;
  std::vector<int> numbers(machine.size());
  std::vector<ReadyThread> ready;
  std::vector<Op> pending(machine.size());
  ThreadId current = 0;
  std::uint64_t step = 0;
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
    if (ready.empty()) break;
    const auto self = std::find_if(ready.begin(), ready.end(),
                                   [&](const ReadyThread& thread) { return thread.id == current; });
    SchedulingPoint point;
    point.ready = ready;
    point.thread = current;
    point.step = ++step;
    point.running = self != ready.end();
    point.fallback = point.running ? static_cast<std::size_t>(self - ready.begin()) : 0;
    const std::size_t picked = strategy.pick(point);
    if (picked == Strategy::kEndRun) {
      strategy.end_run({.decisions = step, .given_up = true});
      return false;
    }
    current = ready[picked].id;
    const Machine::Done done = machine.take(current);
    if (done.atomic) strategy.found(done.found, done.expected);
    strategy.executed(done.op, done.did != Did::read && done.did != Did::try_failed);
    events.push_back({current, ++numbers[current], done.did, done.place});
  }
  strategy.end_run({.decisions = step});
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
    }
  }
  return walked;
}

// ---- the comparison
// --------------------------------------------------------------------------------

rc::Gen<Step> any_step() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::weightedElement<Act>({{4, Act::load},
                                                    {3, Act::store},
                                                    {2, Act::add},
                                                    {6, Act::cas},
                                                    {1, Act::lock_add_unlock},
                                                    {1, Act::try_add_unlock}}),
                     rc::gen::weightedElement<int>({{4, 0}, {1, 1}}),
                     rc::gen::weightedElement<int>({{3, 0}, {3, 1}, {1, 2}}),
                     rc::gen::weightedElement<int>({{1, 0}, {3, 1}, {3, 2}})),
      [](const std::tuple<Act, int, int, int>& made) {
        return Step{std::get<0>(made), std::get<1>(made), std::get<2>(made), std::get<3>(made)};
      });
}

// Of 2 to 5 threads of 1 to 4 steps, small enough for the enumeration.
rc::Gen<Threads> any_program() {
  const auto threads = [](const std::vector<std::size_t>& most) {
    return rc::gen::exec([most] {
      Threads program;
      for (const std::size_t steps : most) {
        program.push_back(*rc::gen::container<std::vector<Step>>(
            *rc::gen::inRange<std::size_t>(1, steps + 1), any_step()));
      }
      return program;
    });
  };
  return rc::gen::oneOf(threads({4, 4}), threads({2, 2, 2}), threads({3, 2, 1}),
                        threads({2, 1, 1, 1}), threads({1, 1, 1, 1}), threads({1, 1, 1, 1, 1}));
}

int programs() {
  const char* wanted = std::getenv("HEDDLE_GENERATED");
  return wanted == nullptr ? 10'000 : std::atoi(wanted);
}

class EveryOrder : public testing::TestWithParam<bool> {};

TEST_P(EveryOrder, is_executed_and_once) {
  const DporOptions options{.random_order = GetParam()};
  const auto property = [&] {
    const Machine machine(*any_program());
    Enumeration all;
    RC_PRE(all.run(machine, 5'000));
    Dpor dpor(options, 7);
    const Walked walked = walk(machine, dpor);
    for (const auto& [missing, count] : all.classes()) RC_ASSERT(walked.classes.contains(missing));
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

INSTANTIATE_TEST_SUITE_P(orders, EveryOrder, testing::Bool());

}  // namespace
}  // namespace heddle
