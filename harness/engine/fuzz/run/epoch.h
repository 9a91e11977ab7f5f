// Moments of threads, as one word.
#pragma once

#include <cstdint>

#include "harness/model/op.h"

namespace heddle {

// A thread and a moment of its clock in one word (FastTrack: Flanagan and Freund, PLDI 2009).
// Times never repeat: each run's clocks start above all of the runs before, so that nothing needs
// clearing between runs; what an older run left is recognised by its time.
class Epoch {
 public:
  Epoch() = default;
  Epoch(ThreadId thread, std::uint64_t time) : bits_(time << kThreadBits | thread) {}
  // Not before any thread's of this time.
  static Epoch last_of(std::uint64_t time) { return Epoch(kThreadMask, time); }

  ThreadId thread() const { return static_cast<ThreadId>(bits_ & kThreadMask); }
  std::uint64_t time() const { return bits_ >> kThreadBits; }

  friend bool operator==(Epoch, Epoch) = default;
  // By time, of one time by thread.
  friend bool operator<(Epoch a, Epoch b) { return a.bits_ < b.bits_; }

  static constexpr unsigned kThreadBits = 16;
  static constexpr ThreadId kThreadMask = (ThreadId{1} << kThreadBits) - 1;
  static constexpr ThreadId kMaxThreads = kThreadMask - 1;

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace heddle
