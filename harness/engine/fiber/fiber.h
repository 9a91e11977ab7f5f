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
  // Room for what a program may ask for. Below what is given to a thread nothing is mapped, so that
  // an overflow faults and cannot reach another thread's stack. The page more: the ends of stacks
  // are not to lie at the same places of a processor's caches.
  static constexpr std::size_t kSlot = (std::size_t{1} << 30) + 4096;
  static constexpr std::size_t kMaxSize = kSlot - (std::size_t{1} << 20);

  // The upper end of the thread's stack, of `size` bytes at least; nullptr if the system has no
  // memory for it, or it is more than kMaxSize.
  void* top(ThreadId thread, std::size_t size = kSize);
  // Makes the stack all zeros again, as the system gave it.
  static void clear(ThreadId thread);

  // Where the thread's slot begins. The stack ends where the next one does.
  static constexpr Address begin(ThreadId thread) { return kBegin + Address{thread} * kSlot; }

  static bool holds(Address address) { return address - kBegin < kSlot * kMostThreads; }

  // The thread whose stack holds this address; kNoThread if none does.
  static ThreadId owner(Address address) {
    if (address < kBegin) return kNoThread;
    const Address slot = (address - kBegin) / kSlot;
    return slot < kMostThreads ? static_cast<ThreadId>(slot) : kNoThread;
  }

 private:
  // More than any engine has.
  static constexpr std::size_t kMostThreads = std::size_t{1} << 14;

  std::vector<std::size_t> mapped_;  // bytes, by thread
};

}  // namespace heddle
