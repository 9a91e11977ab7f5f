// Patterns that show in one thread's waits, or that make a pair's pattern more exact.
#pragma once

#include <cstddef>
#include <optional>

#include "harness/model/outcome.h"
#include "harness/search/cause_pattern.h"
#include "harness/search/result.h"

namespace heddle {

// A thread that locks what it holds: certain without another run.
std::optional<Cause> explain_self_deadlock(const Story& story, const Failed& failure);

// A wait that ended without a notification, by itself or by its time, or by one that came to
// nothing since another thread was faster; and was not begun again.
struct OddWait {
  std::size_t wait = 0;  // events of the story
  std::size_t end = 0;   // the thread's next
  bool notified = false;
  // Where the other took the mutex, between the notification and the end.
  std::optional<std::size_t> overtaken_by{};
  Cause cause{};  // if it is shown that the run passes without
};

// The last such wait before the run failed. It counts only if what the thread had looked at before
// it did not change meanwhile, or was changed back: a loop would have waited on.
std::optional<OddWait> find_odd_wait(const Story& story, const Failed& failure);

// A lost wake-up whose flag was changed without the mutex that the waiter held when it looked; an
// atomic that was changed and changed back between a look and a compare-exchange.
void refine(const Story& story, Cause& cause);

// Whether anything but luck may order the two events, the first being the earlier: chains of all
// that synchronises, whatever its memory order. `false` is certain.
bool may_be_ordered(const Story& story, std::size_t first, std::size_t second);

}  // namespace heddle
