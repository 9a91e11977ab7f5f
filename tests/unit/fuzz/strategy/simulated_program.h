// Programs in miniature and a scheduler for them, to see what strategies do without an engine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "fuzz/strategy/strategy.h"
#include "harness/model/schedule.h"

namespace heddle {

struct SimulatedStep {
  std::function<void()> action = {};
  // Absent: always. A thread whose next step is not possible is blocked; or, if `spins`, it runs,
  // gets no further and gives way, as an engine makes a spinning thread do.
  std::function<bool()> possible = {};
  bool spins = false;
  // More than 1: asks choose() for one of so many, before the action.
  std::uint32_t alternatives = 1;
  std::function<void(std::uint32_t)> chosen = {};
  Op op = {};  // what strategies see of it
};

// Threads that all exist from the start; each is its list of steps.
using SimulatedProgram = std::vector<std::vector<SimulatedStep>>;

struct SimulatedRun {
  std::vector<ThreadId> order;         // who took each step
  std::vector<std::uint32_t> choices;  // the answers of choose()
  Schedule taken;                      // the deviations that the run took
  std::uint64_t decisions = 0;
  bool deadlock = false;
  bool gave_up = false;
  bool redundant = false;  // ended by the strategy
};

// One run. `program` is what a fresh start looks like; its functions own the program's state.
inline SimulatedRun execute(const SimulatedProgram& program, Strategy& strategy, std::uint64_t run,
                            std::size_t step_limit = 100'000) {
  struct State {
    std::size_t next = 0;
    std::uint64_t count = 0;  // points and choices so far
  };
  SimulatedRun result;
  std::vector<State> states(program.size());
  std::vector<ReadyThread> ready;
  ThreadId current = 0;
  bool gives_way = false;
  strategy.begin_run(run);

  while (true) {
    ready.clear();
    bool unfinished = false;
    for (ThreadId id = 0; id < program.size(); ++id) {
      if (states[id].next == program[id].size()) continue;
      unfinished = true;
      const SimulatedStep& step = program[id][states[id].next];
      if (step.spins || !step.possible || step.possible()) ready.push_back({id, &step.op});
    }
    if (ready.empty()) {
      result.deadlock = unfinished;
      break;
    }
    if (result.order.size() == step_limit) {
      result.gave_up = true;
      break;
    }

    SchedulingPoint point;
    point.ready = ready;
    point.thread = current;
    point.step = ++states[current].count;
    // The running thread if it can go on; else the lowest, but not one that gives way to others.
    const auto self = std::find_if(ready.begin(), ready.end(),
                                   [&](const ReadyThread& thread) { return thread.id == current; });
    point.running = self != ready.end() && !gives_way;
    if (point.running) {
      point.fallback = static_cast<std::size_t>(self - ready.begin());
    } else if (ready[0].id == current && ready.size() > 1) {
      point.fallback = 1;
    }
    std::size_t picked = point.fallback;
    // The first step is the main thread's in an engine, and an exhaustive search takes it for
    // given.
    const bool given = result.order.empty() && strategy.exploration().has_value();
    if (!given && (ready.size() > 1 || strategy.follows())) {
      picked = strategy.pick(point);
      ++result.decisions;
      if (picked == Strategy::kEndRun) {
        result.redundant = true;
        break;
      }
      if (picked != point.fallback) {
        result.taken.deviations.push_back({current, point.step, ready[picked].id});
      }
    }

    current = ready[picked].id;
    State& state = states[current];
    const SimulatedStep& step = program[current][state.next];
    result.order.push_back(current);
    gives_way = step.spins && !step.possible();
    if (gives_way) continue;
    if (step.alternatives > 1) {
      ++state.count;
      ++result.decisions;
      const std::uint32_t choice =
          strategy.choose(Choice::value, step.alternatives, current, state.count);
      result.choices.push_back(choice);
      if (choice != 0) result.taken.deviations.push_back({current, state.count, choice});
      step.chosen(choice);
    }
    if (step.action) step.action();
    if (strategy.follows()) {
      strategy.executed(step.op, !is_memory_access(step.op.kind) || writes(step.op.kind));
    }
    ++state.next;
  }
  // A run that is cut short is one that will be begun again.
  if (!result.gave_up) {
    strategy.end_run({.decisions = result.decisions, .given_up = result.redundant});
  }
  return result;
}

// Steps without effect: `threads` threads of `steps` steps each.
inline SimulatedProgram idle_program(std::size_t threads, std::size_t steps) {
  SimulatedProgram program(threads);
  for (auto& thread : program) thread.resize(steps);
  return program;
}

}  // namespace heddle
