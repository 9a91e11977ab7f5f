// Programs of a few operations for the oracle of exhaustive search: what they are made of, and a
// machine that executes them step by step. Shares nothing with what it is to check but the
// interface to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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
  weak_cas,
  plain_read,  // of those that race
  plain_write,
  lock_add_unlock,
  try_add_unlock,
  timed_add_unlock,
  once_add,
  read_lock_load_unlock,
  write_lock_add_unlock,
  try_read_load_unlock,
  try_write_add_unlock,
  sem_post,
  sem_wait,
  sem_try,
  sem_timed,
  sem_read,
  arrive,  // at a barrier
  signal,
  broadcast,
  store_signal,  // under the mutex
  wait,          // lock, wait once, unlock
  wait_for,      // lock, wait until the value is there, unlock
  timed_wait,    // lock, wait once, unlock
  free,          // both variables
  destroy,       // the mutex
  // Loops, until:
  await_load,      // the value is there
  await_exchange,  // an exchange finds 0
  await_or,        // a fetch_or finds none of its bits
  await_cas,       // it succeeds
  await_two,       // of two loads in a row each finds the value
  await_try,       // a try to lock succeeds; then adds and unlocks
  await_guarded,   // under the mutex, what it guards has the value; without a try on any
  set_guarded,     // lock, set what the mutex guards, unlock
};

struct Step {
  Act act = Act::load;
  int place = 0;    // variable, and mutex or what else there is more than one of
  int value = 0;    // stored, added, expected or waited for
  int desired = 0;  // of a compare-exchange
};

using Threads = std::vector<std::vector<Step>>;

std::ostream& operator<<(std::ostream& out, const Step& step);

// What an operation turned out to be.
enum class Did : std::uint8_t {
  nothing,
  read,
  plain_read,
  keep,  // a read-modify-write that leaves the value as it is, and passes on what the thread knows
  write,
  lock,
  unlock,
  try_failed,  // or ran out of time
  shared_lock,
  shared_unlock,
  found_done,  // what is done once
  wait,
  unheard,  // a notification while nobody waits
  notify,
  woke,       // without a notification
  timed_out,  // likewise
  take,       // of a semaphore
  post,
  looked,  // a try that failed, a question for the value
  arrive,
  arrive_last,
  end_life,
  failed,
  failed_to_read,
};

constexpr bool changes(Did did) {
  return did != Did::read && did != Did::plain_read && did != Did::keep && did != Did::try_failed &&
         did != Did::looked && did != Did::unheard && did != Did::failed_to_read;
}

// What operations are to, by number.
inline constexpr int kPlaces = 2;
// Who come to a barrier before all go on.
inline constexpr int kParties[kPlaces] = {3, 2};
inline constexpr int kMutexes = kPlaces;
inline constexpr int kRwlocks = kMutexes + kPlaces;
inline constexpr int kOnces = kRwlocks + kPlaces;
inline constexpr int kConditions = kOnces + kPlaces;
inline constexpr int kSemaphores = kConditions + kPlaces;
inline constexpr int kBarriers = kSemaphores + kPlaces;
inline constexpr int kObjects = kBarriers + kPlaces;

// The state of a program between two steps. Copies are cheap: the enumeration makes many.
class Machine {
 public:
  explicit Machine(const Threads& program);

  std::size_t size() const { return threads_.size(); }
  bool ended(std::size_t thread) const {
    return threads_[thread].next == threads_[thread].todo.size();
  }
  bool failed() const { return failed_; }
  // Whether a scheduler may let it go on.
  bool ready(std::size_t thread) const { return !failed_ && !ended(thread) && can_go_on(thread); }
  // Whether its next operation ends a round of a loop in which it has changed nothing: it might as
  // well have waited where the loop begins.
  bool only_comes_round(std::size_t thread) const;
  // Whether its next operation is of a loop that takes a mutex to look, and gives it back: that is
  // no change that anybody waits for.
  bool looks_under_mutex(std::size_t thread) const {
    if (ended(thread)) return false;
    const Kind kind = next(thread).kind;
    return kind == Kind::lock_to_look || kind == Kind::unlock_behind_look;
  }
  // Operations of the round of a loop that it is amid.
  int amid_round(std::size_t thread) const { return threads_[thread].in_round; }

  // As a scheduler shows it to a strategy.
  Op pending(std::size_t thread) const;
  // What it waits for at the end, if that is something that others have taken.
  std::optional<Op> left_waiting(std::size_t thread) const;

  // A part of a step.
  struct Effect {
    Did did = Did::nothing;
    int place = 0;
    int places = 1;  // from there on
    int detail = 0;  // what else can be told of it: a choice, who was woken
    Op op{};         // OpKind::none: nothing that a strategy is told of
  };
  // How the world outside the steps takes part. Each may be absent.
  struct World {
    std::function<std::uint32_t(Choice what, std::uint32_t n)> choose{};
    std::function<void(std::uint64_t found, const LeavesAlone& alone)> found{};
    std::function<void(const Effect& effect)> executed{};
    std::function<void(std::size_t thread)> woke{};
    // Beside an effect on an atomic that leaves its value: whether others may know by it what the
    // thread does.
    std::function<void(Address address, bool passes)> passed_on{};
  };
  // How many operations ago the thread was where it is now, if it has changed nothing since.
  int take(std::size_t thread, const World& world);

 private:
  // What is executed at once.
  enum class Kind : std::uint8_t {
    load,
    load_while,  // of a loop that waits otherwise
    store,
    add,
    exchange,
    fetch_or,
    fetch_and,
    cas,
    weak_cas,
    plain_read,
    plain_write,
    lock,
    lock_to_look,  // at what the mutex guards
    unlock,
    unlock_behind_look,
    unlock_behind_set,
    try_lock,
    timed_lock,
    once,
    once_body,
    read_lock,
    try_read_lock,
    shared_unlock,
    write_lock,
    try_write_lock,
    write_unlock,
    sem_post,
    sem_wait,
    sem_try,
    sem_timed,
    sem_read,
    arrive,
    signal,
    broadcast,
    wait,
    timed_wait,
    free,
    destroy,
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
  // Where a thread is in the operation that it does next, if that takes more than a step.
  enum class Amid : std::uint8_t { nothing, condition, eager, relock, barrier, behind_barrier };
  struct Thread {
    std::vector<Operation> todo;
    std::size_t next = 0;
    int in_round = 0;  // operations since the loop's head
    bool round_changes = false;
    Amid amid = Amid::nothing;
    bool wait_ends_by_time = false;
    std::uint32_t spurious = 0;  // wake-ups
    std::uint32_t weak_failures = 0;
  };
  struct Lock {
    std::size_t owner = 0;
    int readers = 0;
  };

  static void add(Thread& thread, const Step& step);
  bool can_go_on(std::size_t thread) const;
  const Operation& next(std::size_t thread) const {
    return threads_[thread].todo[threads_[thread].next];
  }
  // Where it is, and of what kind it is there.
  static int object_of(const Operation& operation);
  static Address address_of(int object);
  static OpKind pending_kind(Kind kind);
  int after(const Operation& operation) const;
  bool goes_on(const Operation& operation) const;
  Did effect(const Operation& operation) const;
  bool is_free(int lock) const { return locks_[lock].owner == 0 && locks_[lock].readers == 0; }
  static LeavesAlone leaves_alone(const Operation& operation);

  void fail(std::size_t thread, const World& world);
  void tell(const World& world, const Effect& effect) const;
  static void tell_found(const World& world, int found, const LeavesAlone& alone);
  // Where the thread goes on; nothing if it is not through with the operation.
  std::optional<std::size_t> execute(std::size_t thread, const World& world);
  std::optional<std::size_t> go_on_waiting(std::size_t thread, const World& world);
  std::size_t access(std::size_t thread, const World& world);
  std::size_t take_lock(std::size_t thread, const World& world);
  std::size_t use_semaphore(std::size_t thread, const World& world);
  void begin_wait(std::size_t thread, const World& world);
  void notify(std::size_t thread, const World& world);
  std::optional<std::size_t> arrive(std::size_t thread, const World& world);
  std::size_t end_life(std::size_t thread, const World& world);

  std::vector<Thread> threads_;  // 0: main's, which does nothing
  int values_[kPlaces] = {};
  int guarded_[kPlaces] = {};  // by the mutexes
  Lock locks_[kObjects] = {};  // mutexes, read-write locks and what is done once
  bool done_[kPlaces] = {};
  bool dead_[kObjects] = {};
  int units_[kPlaces] = {};
  int arrived_[kPlaces] = {};
  std::vector<std::size_t> waiters_[kPlaces];
  bool failed_ = false;
};

}  // namespace heddle::oracle
