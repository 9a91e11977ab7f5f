// How a run ended, written down where nothing may be allocated: in a signal handler, in a hook, in
// memory shared with another process. The first to write wins.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "harness/engine/native/thread_slot.h"
#include "harness/model/outcome.h"

namespace heddle::native {

struct EndRecord {
  enum State : std::uint32_t { kOpen, kBeingWritten, kWritten, kPassed };

  std::atomic<std::uint32_t> state;
  FailureKind kind;
  ThreadId thread;
  Address pc;
  std::uint32_t depth;
  std::array<Address, 64> stack;
  std::array<char, 512> message;  // ends with a zero

  void reset() { state.store(kOpen, std::memory_order_relaxed); }
  bool written() const { return state.load(std::memory_order_acquire) == kWritten; }

  // The run ended as it should. False: something else was written first.
  bool pass() {
    std::uint32_t expected = kOpen;
    return state.compare_exchange_strong(expected, kPassed) || expected == kPassed;
  }
  // The account is given elsewhere; ends with `give`. False: another was first.
  bool claim() {
    std::uint32_t expected = kOpen;
    return state.compare_exchange_strong(expected, kBeingWritten);
  }
  void give() { state.store(kWritten, std::memory_order_release); }

  // False: another thread was first, and its account stands. `slot` may be null.
  bool write(FailureKind what, ThreadId who, Address where, const ThreadSlot* slot,
             const char* words);
};

Failed to_failed(const EndRecord& record);

// Room for a message, filled piece by piece; what does not fit is cut off.
class MessageBuffer {
 public:
  MessageBuffer& add(const char* text);
  MessageBuffer& add(std::int64_t number);
  const char* c_str() const { return text_.data(); }

 private:
  std::array<char, 512> text_{};
  std::size_t length_ = 0;
};

// As the C library words it.
MessageBuffer assertion_message(const char* expression, const char* file, unsigned line,
                                const char* function);

// "SIGSEGV at address 0x0", "SIGFPE".
MessageBuffer signal_message(int signal, Address fault, bool has_fault);

struct AbortReason {
  FailureKind kind = FailureKind::abort;
  MessageBuffer message;
};
// std::terminate() was called. Asks the exception for its own what(), so the caller must be the
// thread that terminates.
AbortReason explain_terminate();
// abort() was called from `pc`: by the program itself, or by std::terminate()?
AbortReason explain_abort(Address pc);

}  // namespace heddle::native
