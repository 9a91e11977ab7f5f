// Asks the threads of a run in which nothing changes any more whether they go round in circles.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/engine/native/hang.h"
#include "harness/engine/native/thread_slot.h"

namespace heddle::native {

// Sent to threads that come by no hook, so that a handler takes note of where they are.
int sampling_signal();
// For that handler: of its third argument.
void note_sample(const ThreadSlot& slot, const void* context);

class MotionWatch {
 public:
  explicit MotionWatch(std::int32_t pid) : pid_(pid) {}

  // To be called again and again as long as a HangDetector asks. `slots[i]` is thread i;
  // `settled[i]`: it waits for another, or has ended.
  Motion see(std::span<const ThreadSlot* const> slots, const std::vector<bool>& settled);
  // The detector asks no more.
  void stop(std::span<const ThreadSlot* const> slots);

 private:
  std::int32_t pid_;
  bool asked_ = false;
  std::vector<std::uint64_t> steps_;  // when they were last looked at
};

}  // namespace heddle::native
