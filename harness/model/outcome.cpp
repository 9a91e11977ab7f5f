#include "harness/model/outcome.h"

#include <algorithm>

namespace heddle {
namespace {

// FNV-1a, 64 bits: no collisions to fear among the handful of ways in which one program fails, and
// the same on every platform, which std::hash does not promise.
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<std::uint8_t>(c));
    // A separator that no text contains, so that "ab" + "c" differs from "a" + "bc".
    add_byte(0);
  }
  void add(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) add_byte(static_cast<std::uint8_t>(value >> shift));
  }
  std::uint64_t value() const { return value_; }

 private:
  void add_byte(std::uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3U; }

  std::uint64_t value_ = 0xcbf29ce484222325U;
};

std::uint64_t place_key(FailureKind kind, const Place& place) {
  Hash hash;
  // Where in its loop a thread is found says nothing: which call of the function it is does.
  if (kind == FailureKind::hang && !place.stack.empty()) {
    hash.add(place.stack.front());
    return hash.value();
  }
  // An allocator's own line is the last of many ways to it.
  if (kind == FailureKind::leak) {
    for (const Address caller : place.stack) hash.add(caller);
  }
  // The note may name threads, whose numbers change from run to run: it counts only where there is
  // no code address to go by.
  if (place.op.pc != 0) {
    hash.add(place.op.pc);
  } else {
    hash.add(place.note);
  }
  return hash.value();
}

// Whether the places are a set of equals, listed in whatever order the threads happened to come.
bool is_symmetric(FailureKind kind) {
  switch (kind) {
    case FailureKind::data_race:
    case FailureKind::deadlock:
    case FailureKind::lost_wakeup:
    case FailureKind::lock_inversion:
    case FailureKind::hang:
      return true;
    case FailureKind::assertion:
    case FailureKind::abort:
    case FailureKind::uncaught_exception:
    case FailureKind::exit_status:
    case FailureKind::signal:
    case FailureKind::self_deadlock:
    case FailureKind::bad_unlock:
    case FailureKind::destroyed_locked:
    case FailureKind::use_after_free:
    case FailureKind::use_after_destroy:
    case FailureKind::use_after_return:
    case FailureKind::double_free:
    case FailureKind::other_report:
    case FailureKind::use_of_uninitialized:
    case FailureKind::leak:
    case FailureKind::out_of_memory:
      return false;
  }
  return false;
}

}  // namespace

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::assertion:
      return "assertion failed";
    case FailureKind::abort:
      return "abort";
    case FailureKind::uncaught_exception:
      return "uncaught exception";
    case FailureKind::exit_status:
      return "exit status";
    case FailureKind::signal:
      return "signal";
    case FailureKind::deadlock:
      return "deadlock";
    case FailureKind::lost_wakeup:
      return "lost wake-up";
    case FailureKind::self_deadlock:
      return "self-deadlock";
    case FailureKind::bad_unlock:
      return "bad unlock";
    case FailureKind::destroyed_locked:
      return "destroyed in use";
    case FailureKind::use_after_free:
      return "use after free";
    case FailureKind::use_after_destroy:
      return "use after destroy";
    case FailureKind::use_after_return:
      return "use after return";
    case FailureKind::double_free:
      return "double free";
    case FailureKind::hang:
      return "hang";
    case FailureKind::data_race:
      return "data race";
    case FailureKind::lock_inversion:
      return "lock-order inversion";
    case FailureKind::other_report:
      return "ThreadSanitizer report";
    case FailureKind::use_of_uninitialized:
      return "use of uninitialized memory";
    case FailureKind::leak:
      return "leak";
    case FailureKind::out_of_memory:
      return "out of memory";
  }
  return "unknown failure";
}

std::uint64_t failure_key(const Failed& failure) {
  Hash hash;
  hash.add(static_cast<std::uint64_t>(failure.kind));
  // An assertion's words and a status are always the same; other messages may hold addresses and
  // numbers of this run. With no place to tell failures apart, any message is better than none.
  const bool same_words =
      failure.kind == FailureKind::assertion || failure.kind == FailureKind::exit_status;
  if (same_words || failure.places.empty()) hash.add(failure.message);

  std::vector<std::uint64_t> keys;
  keys.reserve(failure.places.size());
  for (const Place& place : failure.places) {
    // Which of several notifications was the last to be lost is chance: who waits where is the
    // same.
    const bool lost = place.op.kind == OpKind::cond_signal ||
                      place.op.kind == OpKind::cond_broadcast ||
                      place.op.kind == OpKind::futex_wake;
    if (failure.kind == FailureKind::lost_wakeup && lost) continue;
    keys.push_back(place_key(failure.kind, place));
  }
  if (is_symmetric(failure.kind)) std::sort(keys.begin(), keys.end());
  for (const std::uint64_t key : keys) hash.add(key);
  return failure.late_wake ? key_with_late_wake(hash.value()) : hash.value();
}

std::uint64_t key_with_late_wake(std::uint64_t key) {
  return ~key;
}

}  // namespace heddle
