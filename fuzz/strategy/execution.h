// One execution as a partial order: its steps, which happen before which, and which pairs could
// have come the other way round. Built while the program runs; after the run it can be cut back to
// a prefix, with which the next one begins.
//
// Happens-before is kept as vector clocks (Fidge 1988, Mattern 1989), a clock a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fuzz/strategy/dependency.h"
#include "fuzz/strategy/leaves_alone.h"

namespace heddle {

class Execution {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // From the point where a thread was picked to its next scheduling point.
  struct Event {
    ThreadId thread = 0;
    std::uint32_t number = 0;       // of the thread's steps, from 1
    OpKind pending = OpKind::none;  // what it was to do when it was picked
    Address pc = 0;                 // likewise
    // Of an operation whose effect hangs on what it finds, and of those beside it that change that:
    // where, what it found there, and when it leaves that as it is. See Strategy::found().
    std::uint8_t size = 0;
    Address address = 0;
    std::optional<std::uint64_t> found;
    LeavesAlone alone;
    AccessList accesses;             // as far as they fit: for tests of independence
    std::uint32_t first_access = 0;  // in the list of all accesses; they end where the next's begin
    std::uint32_t previous = kNone;  // of the same thread
    std::uint32_t woken_by = kNone;  // the step that made the thread ready again
    std::uint32_t creator = kNone;   // the step that created the thread, of its first step
    ThreadId other = kNoThread;      // the thread that it creates, or waits for
    std::uint32_t first_race = 0;    // in races()
    // Of a loop that waits: how often it came by a place, without having changed anything since.
    std::uint32_t rounds = 0;
    std::uint32_t elsewhere = 0;  // operations since it came by
    std::uint32_t patience = 1;   // after so many of them another place is watched
    std::uint64_t loop = 0;       // the place, hashed
    bool looked = false;          // the step's own operation has been noted
    // What came behind that has changed something: the thread has left the loop, which the step
    // itself still belongs to.
    bool leaves_loop = false;
  };

  // The step `first` could have come after `second`, and then one of them would have seen or done
  // something else. They are adjacent in the partial order, but for unlocks between two locks.
  struct Race {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
  };

  // Forgets everything after the first `kept` steps. The program repeats those: what is told of
  // them is not looked at again.
  void begin(std::size_t kept);
  // The same, and the run goes on from there: the next step is a new one.
  void cut(std::size_t kept);

  // A thread was picked, which was to do that.
  void step(ThreadId thread, OpKind pending, Address pc = 0);
  // What the step under way is about to do finds this, see Strategy::found().
  void found(std::uint64_t value, const LeavesAlone& alone);
  // The step under way did this; `changed`: another thread could see that it did.
  void executed(const Op& op, bool changed);
  // A step of the thread that does what this one did elsewhere.
  void step_as(ThreadId thread, const Event& other);
  // The step under way made `thread` ready.
  void woke(ThreadId thread);

  // How many steps have begun in this run.
  std::size_t position() const { return position_; }
  std::size_t size() const { return events_.size(); }
  const Event& event(std::size_t i) const { return events_[i]; }
  std::size_t threads() const { return threads_.size(); }

  // i and j are steps; true for i == j as well.
  bool happens_before(std::size_t i, std::size_t j) const {
    return clock(j)[events_[i].thread] >= events_[i].number;
  }

  // Of steps from `from` on, i.e. whose second step is one of them. Ascending by it.
  std::span<const Race> races(std::size_t from) const;

  // A number for the partial order: executions that differ only in the order of steps that commute
  // have the same. 64 bits of a hash.
  std::uint64_t fingerprint() const;

  // What the latest step of the thread before `position` was; kNone if it has made none.
  std::uint32_t last_of(ThreadId thread) const {
    return thread < threads_.size() ? threads_[thread].last : kNone;
  }

 private:
  struct Thread {
    std::uint32_t last = kNone;
    std::uint32_t woken_by = kNone;
    std::uint32_t creator = kNone;
  };
  struct Entry {  // an access, in the chain of those to the same object
    std::uint32_t object = 0;
    std::uint32_t event = 0;
    std::uint32_t previous = kNone;
    std::uint8_t mask = 0;
    AccessMode mode = AccessMode::read;
  };

  const std::uint32_t* clock(std::size_t i) const { return &clocks_[i * stride_]; }
  std::uint32_t* clock(std::size_t i) { return &clocks_[i * stride_]; }
  void join(std::uint32_t event);
  void access(const AccessList& list);
  void look_at(const Access& access);
  void look_at_object(std::uint32_t object, const Access& access);
  // The step under way comes after that of `entry`, which is to the same.
  void meet_entry(const Entry& entry, AccessMode mode);
  void grow_threads(ThreadId thread);
  std::uint32_t object_index(std::uint64_t object);
  void note_round(const Op& op, bool changed);
  // Whether the step under way, which waits until it can take a lock or a unit of a semaphore,
  // would wait in front of that one.
  bool would_wait(const Entry& entry, AccessMode mode) const;
  // An unlock that the access under way comes after makes this step come before it too.
  bool known_by_waiting(const Event& other) const;

  std::size_t position_ = 0;
  bool repeats_ = false;  // the step under way is one of those kept
  std::vector<Event> events_;
  std::vector<std::uint32_t> clocks_;  // events_.size() times stride_
  std::size_t stride_ = 0;
  std::vector<Thread> threads_;
  std::vector<Entry> entries_;
  std::vector<Race> races_;
  struct Met {
    Entry entry;
    AccessMode mode = AccessMode::read;  // of the access that comes after it
  };
  std::vector<Met> met_;                // by the operation under way
  std::vector<std::uint32_t> waiting_;  // likewise, edges

  // Objects by number; the numbers stay from run to run. Open addressing.
  struct Slot {
    std::uint64_t object = 0;
    std::uint32_t index = kNone;
  };
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> heads_;    // index: object; the latest access
  std::vector<std::uint64_t> objects_;  // likewise: Access::object
  // Accesses to more than one object: few programs have any.
  struct Life {
    Access access;
    std::uint32_t event = 0;
  };
  std::vector<Life> lives_;
};

}  // namespace heddle
