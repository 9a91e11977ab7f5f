// How a run ended. A closed variant, never a bool: an error of Heddle's own cannot be mistaken for
// a bug in the program, and "we stopped looking" is neither pass nor failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

enum class FailureKind : std::uint8_t {
  assertion,
  abort,
  uncaught_exception,
  exit_status,       // main returned, or exit() was called with, another status than zero
  signal,            // SIGSEGV and its kin
  deadlock,          // every thread waits, at least one for a lock or a thread
  lost_wakeup,       // every thread waits, one for a notification that was sent before it waited
  self_deadlock,     // a thread locks a plain mutex that it holds
  bad_unlock,        // unlock of a mutex by a thread that does not hold it
  destroyed_locked,  // a synchronisation object is destroyed, or made anew, in use
  use_after_free,
  use_after_destroy,  // of a synchronisation object
  use_after_return,   // of a variable of a function, or a thread, that has ended
  double_free,
  hang,  // no progress within the time or step limit
  data_race,
  lock_inversion,        // reported by ThreadSanitizer
  other_report,          // any other report of ThreadSanitizer
  use_of_uninitialized,  // reported by Relacy
  leak,                  // heap memory that nothing leads to when the run ends
  out_of_memory,         // the program asked for more than a worker may have (Job::memory)
};

std::string_view to_string(FailureKind kind);  // "data race", as reports print it

// One thread's part in a failure.
struct Place {
  ThreadId thread = kNoThread;
  Op op;                       // what it did or waits for
  std::vector<Address> stack;  // return addresses, innermost first; op.pc is not repeated
  std::string note;            // e.g. "waits for mutex held by T2"; empty if op says it all

  friend bool operator==(const Place& a, const Place& b) {
    return a.thread == b.thread && a.op.pc == b.op.pc && a.note == b.note;
  }
};

// Two executions of one schedule that were not the same: the program depends on something that
// Heddle does not control, and its failures may not replay.
struct Divergence {
  std::uint64_t run = 0;
  std::uint64_t step = 0;  // how many steps were the same
  // What was done then, in the one and in the other; nothing where the run had ended.
  std::optional<Place> first;
  std::optional<Place> second;
};

struct Passed {};

struct Failed {
  FailureKind kind = FailureKind::assertion;
  std::string message;        // the program's own words where it has some
  std::vector<Place> places;  // the first is where the run failed
  // Only with a late wake-up: a deadline was up before an earlier one of another thread, or before
  // that thread had had time to act on it.
  bool late_wake = false;
};

struct GaveUp {
  std::string reason;           // which limit was reached
  std::vector<Place> places{};  // where the threads that could go on were
};

struct HarnessError {
  std::string message;
};

using Outcome = std::variant<Passed, Failed, GaveUp, HarnessError>;

// Equal for failures that a person would call the same: same kind, same code places, whatever the
// thread numbers and data addresses were. Stable within one build of a program.
std::uint64_t failure_key(const Failed& failure);

// Of what is the same but for Failed::late_wake: of each the other's key.
std::uint64_t key_with_late_wake(std::uint64_t key);

}  // namespace heddle
