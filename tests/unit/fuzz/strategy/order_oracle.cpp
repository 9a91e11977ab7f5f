#include "tests/unit/fuzz/strategy/order_oracle.h"

#include <algorithm>

namespace heddle::oracle {
namespace {

// Within a group operations commute with each other, whatever the state.
enum class Group : std::uint8_t {
  none,
  reads,
  failed_tries,
  sharing,
  unheard,
  posts,
  looks,
  arrivals
};

Group group_of(Did did) {
  switch (did) {
    case Did::read:
    case Did::plain_read:
      return Group::reads;
    case Did::try_failed:
      return Group::failed_tries;
    case Did::shared_lock:
    case Did::shared_unlock:
    case Did::found_done:
      return Group::sharing;
    case Did::unheard:
      return Group::unheard;
    case Did::post:
      return Group::posts;
    case Did::looked:
      return Group::looks;
    case Did::arrive:
      return Group::arrivals;
    default:
      return Group::none;
  }
}

// A thread that has come round so often, while nobody changed anything, always will.
constexpr int kForEver = 3;

}  // namespace

bool commute(const Machine::Effect& a, const Machine::Effect& b) {
  if (a.did == Did::nothing || b.did == Did::nothing) return true;
  if (a.place + a.places <= b.place || b.place + b.places <= a.place) return true;
  // What an atomic passes on, no plain access takes over.
  if ((a.did == Did::keep && b.did == Did::plain_read) ||
      (a.did == Did::plain_read && b.did == Did::keep)) {
    return true;
  }
  return group_of(a.did) != Group::none && group_of(a.did) == group_of(b.did);
}

Class class_of(const std::vector<Event>& events, bool failed) {
  // Whether it comes before the last in every order of the class; by going back from there.
  std::vector<bool> before(events.size(), !failed);
  if (failed) {
    before.back() = true;
    for (std::size_t i = events.size() - 1; i-- > 0;) {
      for (std::size_t j = i + 1; j < events.size() && !before[i]; ++j) {
        before[i] = before[j] && (events[i].thread == events[j].thread ||
                                  !commute(events[i].effect, events[j].effect));
      }
    }
  }
  Class result;
  for (std::size_t j = 0; j < events.size(); ++j) {
    if (!before[j]) continue;
    result.emplace_back(events[j].thread, events[j].number, ~std::size_t{0},
                        static_cast<int>(events[j].effect.did) + 64 * events[j].effect.detail);
    for (std::size_t i = 0; i < j; ++i) {
      if (!before[i] || events[i].thread == events[j].thread ||
          commute(events[i].effect, events[j].effect)) {
        continue;
      }
      result.emplace_back(events[i].thread, events[i].number, events[j].thread, events[j].number);
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

bool leave_out_rounds(const Machine& machine, std::vector<Event>& events) {
  for (std::size_t thread = 0; thread < machine.size(); ++thread) {
    if (machine.ended(thread)) continue;
    for (int left = machine.amid_round(thread); left > 0; --left) {
      auto last = events.end();
      while ((--last)->thread != thread) {
      }
      // What it passes on is no reason to look again.
      Machine::Effect look = last->effect;
      if (look.did == Did::keep) look.did = Did::read;
      if (std::any_of(last, events.end(),
                      [&](const Event& later) { return !commute(look, later.effect); })) {
        return false;
      }
      events.erase(last);
    }
  }
  return true;
}

bool Enumeration::run(const Machine& machine, std::size_t most) {
  most_ = most;
  go_on(machine, std::vector<int>(machine.size()));
  return schedules_ <= most_;
}

void Enumeration::end(const Machine& machine) {
  ++schedules_;
  if (machine.failed()) {
    ++classes_.failed[class_of(events_, true)];
    return;
  }
  std::vector<Event> events = events_;
  if (leave_out_rounds(machine, events)) ++classes_.ended[class_of(events, false)];
}

void Enumeration::go_on(const Machine& machine, const std::vector<int>& numbers) {
  bool any = false;
  if (events_.size() >= kLongest) schedules_ = most_ + 1;
  struct Taken {
    std::uint32_t value = 0;
    std::uint32_t n = 1;
  };
  for (std::size_t thread = 0; thread < machine.size() && schedules_ <= most_; ++thread) {
    if (!machine.ready(thread) || machine.only_comes_round(thread)) continue;
    any = true;
    std::vector<Taken> choices;
    do {
      Machine after = machine;
      std::vector<int> counted = numbers;
      const std::size_t size = events_.size();
      std::size_t choice = 0;
      after.take(thread, {.choose =
                              [&](Choice, std::uint32_t n) {
                                if (choice == choices.size()) choices.push_back({0, n});
                                return choices[choice++].value;
                              },
                          .executed =
                              [&](const Machine::Effect& effect) {
                                events_.push_back({thread, ++counted[thread], effect});
                              }});
      go_on(after, counted);
      events_.resize(size);
      while (!choices.empty() && choices.back().value + 1 == choices.back().n) choices.pop_back();
      if (!choices.empty()) ++choices.back().value;
    } while (!choices.empty() && schedules_ <= most_);
  }
  if (!any) end(machine);
}

namespace {

// One run, and its class. False if the strategy gave it up.
bool execute(Machine machine, Strategy& strategy, std::uint64_t run, Class& result, bool& failed) {
  std::vector<Event> events;
  std::vector<int> numbers(machine.size());
  std::vector<int> idle(machine.size());
  std::vector<ReadyThread> ready;
  std::vector<Op> pending(machine.size());
  ThreadId current = 0;
  std::uint64_t step = 0;
  bool gives_way = false;
  const auto look = [&] {
    ready.clear();
    for (std::size_t thread = 0; thread < machine.size(); ++thread) {
      if (!machine.ready(thread)) continue;
      pending[thread] = machine.pending(thread);
      ready.push_back({static_cast<ThreadId>(thread), &pending[thread]});
    }
  };
  strategy.begin_run(run);
  // Main's first step is not asked for.
  strategy.executed({}, false);
  bool cut = false;
  while (true) {
    look();
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
    const std::size_t others = ready.size() - 1;
    bool changed = false;
    const bool looks = machine.looks_under_mutex(current);
    const int came_round = machine.take(
        current,
        {.choose = [&](Choice what,
                       std::uint32_t n) { return strategy.choose(what, n, current, ++step); },
         .found = [&](std::uint64_t found,
                      const LeavesAlone& alone) { strategy.found(found, alone); },
         .executed =
             [&](const Machine::Effect& effect) {
               changed |= changes(effect.did) && !looks;
               if (effect.op.kind != OpKind::none) {
                 strategy.executed(effect.op, changes(effect.did));
               }
               events.push_back({current, ++numbers[current], effect});
             },
         .woke = [&](std::size_t thread) { strategy.woke(static_cast<ThreadId>(thread)); },
         .passed_on =
             [&](Address address, bool passes) {
               strategy.executed({.kind = OpKind::fence, .address = address}, passes);
             }});
    if (machine.failed()) {
      cut = others > 0;
      break;
    }
    gives_way = came_round != 0;
    if (gives_way) {
      strategy.came_round(current, {.steps = static_cast<std::uint32_t>(came_round),
                                    .pc = machine.pending(current).pc,
                                    .unlocks = looks});
      ++idle[current];
      for (int left = came_round; left > 0; --left, --numbers[current]) {
        auto last = events.end();
        while ((--last)->thread != current) {
        }
        events.erase(last);
      }
    } else if (changed) {
      idle.assign(idle.size(), 0);
    }
  }
  failed = machine.failed();
  for (std::size_t thread = 0; thread < machine.size(); ++thread) {
    if (const auto op = machine.left_waiting(thread)) {
      strategy.left_waiting(static_cast<ThreadId>(thread), *op);
    }
  }
  strategy.end_run({.decisions = step, .cut = cut, .stopped = failed});
  if (!failed) leave_out_rounds(machine, events);
  result = class_of(events, failed);
  return true;
}

}  // namespace

Walked walk(const Machine& machine, Strategy& strategy) {
  Walked walked;
  for (std::uint64_t run = 0; !strategy.exploration()->complete; ++run) {
    Class executed;
    bool failed = false;
    if (execute(machine, strategy, run, executed, failed)) {
      ++(failed ? walked.classes.failed : walked.classes.ended)[executed];
    } else {
      ++walked.redundant;
      // It begins anew when it has learned of a loop.
      if (strategy.exploration()->redundant == 0) walked = {};
    }
  }
  walked.exploration = *strategy.exploration();
  return walked;
}

}  // namespace heddle::oracle
