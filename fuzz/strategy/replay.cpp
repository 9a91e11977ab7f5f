#include "fuzz/strategy/replay.h"

#include <algorithm>
#include <utility>

namespace heddle {
namespace {

bool same_point(const Deviation& a, const Deviation& b) {
  return a.thread == b.thread && a.step == b.step;
}

bool earlier_point(const Deviation& a, const Deviation& b) {
  return a.thread != b.thread ? a.thread < b.thread : a.step < b.step;
}

}  // namespace

Replay::Replay(Schedule schedule) : deviations_(std::move(schedule.deviations)) {
  std::sort(deviations_.begin(), deviations_.end());
  deviations_.erase(std::unique(deviations_.begin(), deviations_.end(), same_point),
                    deviations_.end());
}

bool Replay::begin_run(std::uint64_t /*run*/) {
  cursor_ = 0;
  cursor_thread_ = kNoThread;
  return true;
}

const Deviation* Replay::find(ThreadId thread, std::uint64_t step) {
  if (thread != cursor_thread_) {
    const auto found = std::lower_bound(deviations_.begin(), deviations_.end(),
                                        Deviation{thread, step, 0}, earlier_point);
    cursor_ = static_cast<std::size_t>(found - deviations_.begin());
    cursor_thread_ = thread;
  }
  while (cursor_ < deviations_.size() && deviations_[cursor_].thread == thread &&
         deviations_[cursor_].step < step) {
    ++cursor_;
  }
  if (cursor_ == deviations_.size()) return nullptr;
  const Deviation& next = deviations_[cursor_];
  return next.thread == thread && next.step == step ? &next : nullptr;
}

std::size_t Replay::pick(const SchedulingPoint& point) {
  const Deviation* deviation = find(point.thread, point.step);
  if (deviation == nullptr) return point.fallback;
  for (std::size_t i = 0; i < point.ready.size(); ++i) {
    if (point.ready[i].id == deviation->value) return i;
  }
  return point.fallback;
}

std::uint32_t Replay::choose(Choice /*what*/, std::uint32_t n, ThreadId thread,
                             std::uint64_t step) {
  const Deviation* deviation = find(thread, step);
  return deviation != nullptr && deviation->value < n ? deviation->value : 0;
}

}  // namespace heddle
