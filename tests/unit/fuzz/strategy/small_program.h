// Programs of a few operations for the oracle of exhaustive search: what they are made of, and a
// machine that executes them operation by operation. Shares nothing with what it is to check but
// the interface to it.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <vector>

#include "fuzz/strategy/strategy.h"

namespace heddle::oracle {

enum class Act : std::uint8_t {
  load,
  store,
  add,
  exchange,
  fetch_or,
  fetch_and,
  cas,
  lock_add_unlock,
  try_add_unlock,
  // Loops, until:
  await_load,      // the value is there
  await_exchange,  // an exchange finds 0
  await_or,        // a fetch_or finds none of its bits
  await_cas,       // it succeeds
  await_two,       // of two loads in a row each finds the value
  await_try,       // a try to lock succeeds; then adds and unlocks
};

struct Step {
  Act act = Act::load;
  int place = 0;    // variable or mutex
  int value = 0;    // stored, added, expected or waited for
  int desired = 0;  // of a compare-exchange
};

using Threads = std::vector<std::vector<Step>>;

std::ostream& operator<<(std::ostream& out, const Step& step);

// What an operation turned out to be.
enum class Did : std::uint8_t { read, write, lock, unlock, try_failed, nothing };

constexpr bool changes(Did did) {
  return did != Did::read && did != Did::try_failed;
}

inline constexpr int kPlaces = 2;

// The state of a program between two operations. Copies are cheap: the enumeration makes many.
class Machine {
 public:
  explicit Machine(const Threads& program);

  std::size_t size() const { return threads_.size(); }
  bool ended(std::size_t thread) const {
    return threads_[thread].next == threads_[thread].todo.size();
  }
  // Whether a scheduler may let it go on.
  bool ready(std::size_t thread) const;
  // Whether its next operation ends a round of a loop in which it has changed nothing: it might as
  // well have waited where the loop begins.
  bool only_comes_round(std::size_t thread) const;
  // Operations of the round of a loop that it is amid.
  int amid_round(std::size_t thread) const { return threads_[thread].in_round; }

  // As a scheduler shows it to a strategy.
  Op pending(std::size_t thread) const;

  struct Done {
    Did did = Did::nothing;
    int place = 0;  // mutexes after variables
    Op op;
    // Of an operation on a variable, see Strategy::found().
    std::optional<LeavesAlone> atomic{};
    std::uint64_t found = 0;
    // How many operations ago the thread was where it is now, if it has changed nothing since.
    int came_round = 0;
  };
  Done take(std::size_t thread);

 private:
  // What is executed at once.
  enum class Kind : std::uint8_t {
    load,
    store,
    add,
    exchange,
    fetch_or,
    fetch_and,
    cas,
    lock,
    unlock,
    try_lock
  };
  struct Operation {
    Kind kind = Kind::load;
    int place = 0;
    int value = 0;
    int desired = 0;
    // What a loop is left for; a try to lock needs no number.
    std::optional<int> until{};
    std::size_t otherwise = 0;  // the operation after one that failed, or has not found `until`
  };
  struct Thread {
    std::vector<Operation> todo;
    std::size_t next = 0;
    int in_round = 0;  // operations since the loop's head
    bool round_changes = false;
  };

  static void add(Thread& thread, const Step& step);
  const Operation& next(std::size_t thread) const {
    return threads_[thread].todo[threads_[thread].next];
  }
  int after(const Operation& operation) const;
  bool goes_on(const Operation& operation) const;
  Did effect(const Operation& operation) const;

  std::vector<Thread> threads_;  // 0: main's, which does nothing
  int values_[kPlaces] = {};
  std::size_t owners_[kPlaces] = {};
};

}  // namespace heddle::oracle
