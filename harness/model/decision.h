// What was open at the points of a run, and what was done: enough for a person to decide instead of
// a strategy.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

// Choices other than who goes next; alternative 0 is the default.
enum class Choice : std::uint8_t {
  waiter,         // which of n waiting threads a notification wakes
  spurious_wake,  // 1: a waiting thread wakes without a notification
  lone_wake,      // the same, while no other thread can go on
  timeout,        // 1: a timed wait ends by its time
  cas_failure,    // 1: a weak compare-exchange fails though it matched
  value,          // which of n values
  rwlock_policy,  // 1: a read-write lock has another policy than the C library's
};

// Whether an alternative other than the default is a departure of the world outside the program
// from what it nearly always does, which a minimal interleaving has as few of as can be: a wake-up
// without a notification, a time that is up early, a compare-exchange that fails without cause.
constexpr bool is_outside(Choice what) {
  switch (what) {
    case Choice::spurious_wake:
    case Choice::lone_wake:
    case Choice::timeout:
    case Choice::cas_failure:
      return true;
    case Choice::waiter:
    case Choice::value:
    case Choice::rwlock_policy:
      return false;
  }
  return false;
}

// A thread at such a point.
struct ThreadAt {
  enum class State : std::uint8_t { ready, blocked, finished };

  ThreadId thread = 0;
  State state = State::ready;
  bool begun = false;          // has taken a step
  bool eager = false;          // it waits, but may go on any time, by its own choice
  Op op;                       // what it does next, or waits for
  std::vector<Address> stack;  // where, innermost first
};

struct Decision {
  // The point, as deviations name it: whose it is, and its step.
  ThreadId thread = 0;
  std::uint64_t step = 0;
  std::optional<Choice> choice;    // nothing: who goes next
  std::uint32_t alternatives = 0;  // of a choice
  // A thread, or an alternative.
  std::uint32_t usual = 0;  // by default
  std::uint32_t taken = 0;
  std::uint64_t events = 0;       // that the run had had
  std::vector<ThreadId> ready;    // who could go, ascending; of a choice empty
  std::vector<ThreadAt> threads;  // all that were made, by id
};

struct DecisionLog {
  std::vector<Decision> decisions;
  std::uint64_t events = 0;  // of the whole run; its trace has the last of them
  bool stopped = false;      // there were as many decisions as were asked for: the run ends there
};

}  // namespace heddle
