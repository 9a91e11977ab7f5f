// What a thread of the program shows of itself while it runs: read by a monitor in another thread,
// or, for ThreadSanitizer's runs, in another process.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/engine/native/repetition.h"
#include "harness/model/op.h"

namespace heddle::native {

inline constexpr std::size_t kMaxFrames = 128;

enum class Life : std::uint8_t { unused, created, running, ended };

// All members are zero for a thread that was never used, so fresh pages are valid slots. Only the
// thread itself writes; relaxed loads and stores cost what plain ones do.
struct ThreadSlot {
  std::atomic<Life> life;
  std::atomic<std::int32_t> tid;  // the kernel's number of the thread
  std::atomic<Address> handle;    // its pthread_t
  std::atomic<std::uint64_t> steps;
  // Steps that may have changed something for others: all but loads, failed attempts, and waiting.
  std::atomic<std::uint64_t> changes;

  // The last hooked call.
  std::atomic<OpKind> kind;
  std::atomic<MemoryOrder> order;  // of an atomic operation or a fence
  std::atomic<bool> timed;         // it returns by itself when its time is up
  std::atomic<Address> address;
  std::atomic<Address> address2;
  std::atomic<Address> pc;

  // Who watches asks, when nothing has changed for long.
  mutable Repetition repetition;

  // Call sites of the functions being executed, outermost first. The depth counts on where the
  // array ends, so that returns find their way back.
  std::atomic<std::uint32_t> depth;
  std::array<std::atomic<Address>, kMaxFrames> frames;

  void step() { bump(steps); }
  void change() { bump(changes); }

  void note(OpKind op, Address where, Address caller,
            MemoryOrder asked_for = MemoryOrder::relaxed) {
    kind.store(op, std::memory_order_relaxed);
    order.store(asked_for, std::memory_order_relaxed);
    address.store(where, std::memory_order_relaxed);
    pc.store(caller, std::memory_order_relaxed);
  }

  void enter(Address call_site) {
    const std::uint32_t at = depth.load(std::memory_order_relaxed);
    if (at < kMaxFrames) frames[at].store(call_site, std::memory_order_relaxed);
    depth.store(at + 1, std::memory_order_relaxed);
  }

  void leave() {
    const std::uint32_t at = depth.load(std::memory_order_relaxed);
    // A longjmp leaves functions without telling; the other way round, a function that was entered
    // before the slot was the thread's would count below zero.
    if (at != 0) depth.store(at - 1, std::memory_order_relaxed);
  }

  // Call sites, innermost first. Writes at most `room` of them and returns how many.
  std::size_t copy_stack(Address* to, std::size_t room) const {
    std::size_t at = depth.load(std::memory_order_relaxed);
    if (at > kMaxFrames) at = kMaxFrames;
    std::size_t copied = 0;
    while (at > 0 && copied < room) {
      to[copied++] = frames[--at].load(std::memory_order_relaxed);
    }
    return copied;
  }

  std::vector<Address> stack() const {
    std::vector<Address> result(kMaxFrames);
    result.resize(copy_stack(result.data(), result.size()));
    return result;
  }

  Op last_op() const {
    return {.kind = kind.load(std::memory_order_relaxed),
            .order = order.load(std::memory_order_relaxed),
            .address = address.load(std::memory_order_relaxed),
            .address2 = address2.load(std::memory_order_relaxed),
            .pc = pc.load(std::memory_order_relaxed)};
  }

  // For the next run. The thread must not be running.
  void reset() {
    life.store(Life::unused, std::memory_order_relaxed);
    steps.store(0, std::memory_order_relaxed);
    changes.store(0, std::memory_order_relaxed);
    timed.store(false, std::memory_order_relaxed);
    depth.store(0, std::memory_order_relaxed);
    repetition.reset();
    note(OpKind::none, 0, 0);
    address2.store(0, std::memory_order_relaxed);
  }

 private:
  static void bump(std::atomic<std::uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

}  // namespace heddle::native
