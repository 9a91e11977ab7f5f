// Random answers to the open choices other than who goes next, for strategies that have no better
// idea about them.
#pragma once

#include <cstdint>

#include "fuzz/random.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

// Which of several waiters or values is drawn uniformly. What a program sees seldom (a spurious
// wake-up, a timeout, a weak compare-exchange that fails though it matched) happens one time in
// eight: often enough to be met in a few runs, and seldom enough that a loop around such a call
// ends soon and that the failing schedules found are not full of it.
inline std::uint32_t random_choice(Random& random, Choice what, std::uint32_t n) {
  constexpr std::uint64_t kSeldom = 8;
  if (n <= 1) return 0;
  switch (what) {
    case Choice::waiter:
    case Choice::value:
      return static_cast<std::uint32_t>(random.below(n));
    case Choice::spurious_wake:
    case Choice::timeout:
    case Choice::cas_failure:
    case Choice::rwlock_policy:
      return random.below(kSeldom) == 0 ? 1 : 0;
    case Choice::lone_wake:
      // That a spurious wake-up could save a program which waits for ever must not hide that.
      return 0;
  }
  return 0;
}

}  // namespace heddle
