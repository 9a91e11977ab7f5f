#include "harness/engine/native/motion_watch.h"

#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include <array>

#include "harness/engine/native/raw_system.h"
#include "harness/engine/native/task_state.h"

namespace heddle::native {

int sampling_signal() {
  return SIGRTMAX;
}

void note_sample(const ThreadSlot& slot, const void* context) {
  if (!slot.repetition.asked()) return;
  // From r8 to rip: without flags, and what else the kernel puts behind them.
  constexpr std::size_t kRegisters = REG_RIP + 1;
  std::array<std::uint64_t, kRegisters> registers{};
  const auto& all = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  for (std::size_t i = 0; i < kRegisters; ++i) registers[i] = static_cast<std::uint64_t>(all[i]);
  slot.repetition.sample(registers.data(), registers.size());
}

Motion MotionWatch::see(std::span<const ThreadSlot* const> slots,
                        const std::vector<bool>& settled) {
  bool unknown = false;
  bool onward = false;
  bool repeats = false;
  // Once for all: an answer from before another thread's last step is none.
  if (!asked_) {
    for (const ThreadSlot* slot : slots) slot->repetition.ask();
    asked_ = true;
    steps_.assign(slots.size(), ~std::uint64_t{0});
    return Motion::unknown;
  }
  if (steps_.size() != slots.size()) return Motion::unknown;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (settled[i]) continue;
    const ThreadSlot& slot = *slots[i];
    const std::uint64_t steps = slot.steps.load(std::memory_order_relaxed);
    switch (slot.repetition.answer()) {
      case Repetition::Answer::repeats:
        repeats = true;
        break;
      case Repetition::Answer::wanders:
        onward = true;
        break;
      case Repetition::Answer::none:
        unknown = true;
        // Not one that sleeps, whose system call a signal could end.
        if (const std::int32_t tid = slot.tid.load(std::memory_order_relaxed);
            steps == steps_[i] && slot.life.load(std::memory_order_relaxed) == Life::running &&
            read_task_state(pid_, tid).state == 'R') {
          system_call(SYS_tgkill, pid_, tid, sampling_signal());
        }
        break;
    }
    steps_[i] = steps;
  }
  if (onward) return Motion::onward;
  // Without a thread that says so it is Heddle's own code that runs, before main or behind it.
  return unknown || !repeats ? Motion::unknown : Motion::circles;
}

void MotionWatch::stop(std::span<const ThreadSlot* const> slots) {
  if (!asked_) return;
  for (const ThreadSlot* slot : slots) slot->repetition.stop();
  asked_ = false;
}

}  // namespace heddle::native
