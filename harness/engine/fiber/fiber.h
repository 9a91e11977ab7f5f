// Stacks and switching for logical threads that share one OS thread.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

// A point to jump to. Boost.Context's lowest interface: a switch is some ten instructions, and
// never leaves user space.
using FiberContext = boost::context::detail::fcontext_t;

// Stacks at fixed addresses, one slot a thread id, so that addresses of locals repeat from run to
// run. Made at first use and kept; what a stack used stays mapped.
class FiberStacks {
 public:
  static constexpr Address kBegin = 0x2000'0000'0000;
  // What Linux gives a thread by default. Only what is touched costs memory.
  static constexpr std::size_t kSize = std::size_t{8} << 20;
  // A page below each stack faults, so that an overflow cannot reach another thread's stack.
  static constexpr std::size_t kGuard = 4096;
  static constexpr std::size_t kSlot = kSize + kGuard;

  // The upper end of the thread's stack; nullptr if the system has no memory for it.
  void* top(ThreadId thread);
  // Makes the stack all zeros again, as the system gave it.
  static void clear(ThreadId thread);

  // Where the thread's slot begins, with its page that faults.
  static constexpr Address begin(ThreadId thread) { return kBegin + Address{thread} * kSlot; }

  static bool holds(Address address) { return address - kBegin < kSlot * (Address{1} << 16); }

  // The thread whose stack holds this address; kNoThread if none does.
  static ThreadId owner(Address address) {
    if (address < kBegin) return kNoThread;
    const Address slot = (address - kBegin) / kSlot;
    return slot < kNoThread ? static_cast<ThreadId>(slot) : kNoThread;
  }

 private:
  std::vector<bool> mapped_;
};

}  // namespace heddle
