// From the slots of a program that hangs to an account of who waits for whom.
#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "harness/engine/native/hang.h"
#include "harness/engine/native/thread_slot.h"

namespace heddle::native {

// Notifications that found nobody waiting: what a lost wake-up is told from a deadlock by. Fixed
// in size, in memory that may be shared; zero is its empty state. An entry too many is dropped,
// which costs a hang its better name.
class NotificationLog {
 public:
  // `waited_for`: somebody waited, so an earlier loss on this condition variable is made good.
  void notified(Address cond, bool waited_for, ThreadId who, Address pc);

  struct Lost {
    ThreadId who = kNoThread;
    Address pc = 0;
  };
  std::optional<Lost> lost(Address cond) const;

  void reset() { used_.store(0, std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kCapacity = 64;
  struct Entry {
    std::atomic<Address> cond;
    std::atomic<bool> lost;
    std::atomic<ThreadId> who;
    std::atomic<Address> pc;
  };

  Entry* find(Address cond);
  std::size_t used() const;

  std::atomic<std::uint32_t> used_;
  std::array<Entry, kCapacity> entries_;
};

// Whether a thread in one of these slots waits on the condition variable.
bool anyone_waits(std::span<const ThreadSlot* const> slots, Address cond);

// The kernel's number of the thread that holds the mutex at this address: glibc keeps it in the
// mutex. 0: nobody; nothing: it cannot be read.
using ReadOwner = std::function<std::optional<std::int32_t>(Address mutex)>;
inline constexpr std::size_t kOwnerOffset = offsetof(pthread_mutex_t, __data.__owner);

// `slots[i]` is thread i. `waits[i]`: the kernel says that it sleeps for good. Ended threads are
// left out, but may be named as holders.
std::vector<StuckThread> collect_stuck(std::span<const ThreadSlot* const> slots,
                                       const std::vector<bool>& waits, const ReadOwner& owner,
                                       const NotificationLog& notifications);

}  // namespace heddle::native
