// When does the order of two operations matter? The relation that partial-order strategies rest on.
//
// Operations are seen as accesses to objects, in one of the modes below. Under sequential
// consistency two operations of different threads whose accesses do not conflict commute: either
// order leads to the same state and neither enables or disables the other. So executions that
// differ by swaps of such neighbours (Mazurkiewicz, "Trace Theory", 1987) are one interleaving.
//
// Which do, of two operations as they were executed, by different threads. This is the table that
// all searches through all orders rest on, and what the tests' enumeration holds them against:
//
//   they are to                  they commute if
//   ---------------------------  -----------------------------------------------------------------
//   different objects, bytes     always
//   memory                       both leave it as it is: a load; a read-modify-write or a
//                                compare-exchange that stores what it finds; a compare-exchange
//                                that fails, with cause or without
//   a lock                       both are tries that failed or ran out of time; or each takes it
//                                together with others, or gives that up
//   what is done once            both find it done
//   a condition variable         both are notifications that nobody waits for
//   a semaphore                  both are posts; or both leave it as it is: a try that fails or
//                                runs out of time, a question for its value
//   a barrier                    none of them is the last to come: that is told
//   a futex                      never; the word itself is memory
//   what begins or ends to live  never with anything in it
//
// No row asks for the state in which they meet. What they did does hang on it: a try that failed
// may succeed elsewhere, and is another operation there; who comes to a barrier behind one thread
// more may be the last. A step that makes a choice otherwise is another step too.
//
// Plain accesses take part only where they are scheduling points, which is where they race. The
// others are ordered by happens-before in every execution that was seen, and the race detector
// watches that: in a program without data races all sequentially consistent executions are told
// apart by the order of their synchronisation alone (Adve, Hill, "Weak Ordering: A New Definition",
// ISCA 1990). A race that shows makes its accesses scheduling points, and the search begins anew.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "harness/model/op.h"

namespace heddle {

enum class AccessMode : std::uint8_t {
  read,
  write,            // also: whatever orders itself against all else on the object
  post,             // adds to what others take from; among themselves such do not matter
  arrive,           // likewise, at a barrier, but who comes last: that is a write
  lock,             // exclusively; the thread was not ready while another had it
  shared_lock,      // likewise
  try_lock,         // exclusively, and it could have failed
  try_shared_lock,  // likewise
  try_fail,
  unlock,         // what was locked exclusively
  shared_unlock,  // what was locked together with others
};

struct Access {
  std::uint64_t object = 0;  // memory: the number of the 8 bytes; others: address with kOther
  std::uint8_t mask = 0;     // memory: which of the 8 bytes; others: all
  AccessMode mode = AccessMode::read;
  std::uint8_t missing = 0;  // of an arrival: how many are missing behind it
  // Not 0: all of so many times 8 bytes, and every object in them.
  std::uint64_t cells = 0;

  static constexpr std::uint64_t kOther = std::uint64_t{1} << 63;

  friend bool operator==(const Access&, const Access&) = default;
};

enum class Relation : std::uint8_t {
  none,  // they commute
  edge,  // the first comes before the second, but they could never have been the other way round
  race,  // either order is possible, and they differ
};

constexpr bool takes(AccessMode mode) {
  return mode == AccessMode::lock || mode == AccessMode::shared_lock ||
         mode == AccessMode::try_lock || mode == AccessMode::try_shared_lock;
}

// Of two accesses to the same object by different threads, the first before the second.
constexpr Relation relation(AccessMode first, AccessMode second) {
  using enum AccessMode;
  const auto shares = [](AccessMode mode) {
    return mode == shared_lock || mode == try_shared_lock || mode == shared_unlock;
  };
  const auto counts = [](AccessMode mode) { return mode <= arrive; };
  if (counts(first) || counts(second)) {
    const bool alike = first == second && first != write;
    return alike ? Relation::none : Relation::race;
  }
  // A failed try saw that it was taken: that no unlock came before it, and that a lock did.
  if (first == try_fail || second == try_fail) {
    return first == second ? Relation::none : Relation::race;
  }
  if (shares(first) && shares(second)) return Relation::none;
  if (takes(first) && takes(second)) return Relation::race;
  if (!takes(first) && (second == try_lock || second == try_shared_lock)) return Relation::race;
  // An unlock, and what waited for it; or a lock, and the unlock that ends it.
  return Relation::edge;
}

// After an access in this mode, all earlier accesses to the same bytes come before whatever
// conflicts with it.
constexpr bool covers(AccessMode mode) {
  return mode == AccessMode::write || mode == AccessMode::lock || mode == AccessMode::try_lock;
}

// Whether the order of such accesses matters: that of an unlock is its lock's.
constexpr bool competes(AccessMode mode) {
  return mode != AccessMode::unlock && mode != AccessMode::shared_unlock;
}

// The 8 bytes that the access begins in, by number.
constexpr std::uint64_t first_cell(const Access& access) {
  return (access.object & Access::kOther) != 0 ? (access.object & ~Access::kOther) >> 3
                                               : access.object;
}

// Whether the two are to something in common.
constexpr bool meet(const Access& a, const Access& b) {
  if ((a.cells | b.cells) == 0) return a.object == b.object && (a.mask & b.mask) != 0;
  const auto end = [](const Access& access) {
    return first_cell(access) + std::max<std::uint64_t>(access.cells, 1);
  };
  return first_cell(a) < end(b) && first_cell(b) < end(a);
}

// Tells objects apart, and in memory also those that share 8 bytes.
constexpr std::uint64_t place_of(const Access& access) {
  if ((access.object & Access::kOther) != 0) return access.object;
  return access.object << 3 | static_cast<std::uint64_t>(std::countr_zero(access.mask));
}

struct AccessList {
  static constexpr std::size_t kMost = 4;
  std::array<Access, kMost> items{};
  std::size_t size = 0;

  friend bool operator==(const AccessList&, const AccessList&) = default;

  void add(const Access& access) {
    for (std::size_t i = 0; i < size; ++i) {
      if (items[i] == access) return;
    }
    if (size < kMost) {
      items[size++] = access;
    } else {
      overflow = true;
    }
  }

  const Access* begin() const { return items.data(); }
  const Access* end() const { return items.data() + size; }

  // There are more: it must be taken for one that conflicts with everything.
  bool overflow = false;
};

// What an operation accesses. `pending`: what it was when it was picked, which tells a lock that
// was tried for from one that was waited for. `changed`: whether others could see that it was done.
AccessList accesses_of(const Op& op, OpKind pending, bool changed = true);

// Whether two operations of different threads that are both pending may not commute.
bool may_conflict(const Op& a, const Op& b);

// Operations that commute with all others, and after which others can go on that could not before.
// To take them at once leaves out no partial order.
constexpr bool only_enables(OpKind kind) {
  return kind == OpKind::thread_start || kind == OpKind::thread_create ||
         kind == OpKind::thread_join || kind == OpKind::thread_exit;
}

// Whether the order of two steps of different threads matters.
bool conflict(const AccessList& a, const AccessList& b);

}  // namespace heddle
