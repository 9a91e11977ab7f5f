// Time, of which Relacy has none: it passes when the program sleeps, waits with a limit that ran
// out, or looks.
#pragma once

#include <time.h>

#include <cstdint>

namespace heddle::relacy {

class Clock {
 public:
  // Where every run begins: 15 January 2027, as under fuzz. Later than what a program may have got
  // from elsewhere.
  static constexpr std::int64_t kFirstSecond = 1'800'000'000;

  void begin_run() { now_ns_ = 0; }

  void pass(const timespec& duration) { now_ns_ += nanoseconds(duration); }
  void pass_until(const timespec& deadline) {
    const std::uint64_t time = nanoseconds(deadline);
    if (time > kStart + now_ns_) now_ns_ = time - kStart;
  }
  timespec look() {
    now_ns_ += kTick;
    const std::uint64_t time = kStart + now_ns_;
    return {.tv_sec = static_cast<time_t>(time / kSecond),
            .tv_nsec = static_cast<long>(time % kSecond)};
  }

 private:
  static constexpr std::uint64_t kSecond = 1'000'000'000;
  static constexpr std::uint64_t kStart = std::uint64_t{kFirstSecond} * kSecond;
  // Each look moves the clock on, so that a loop that waits for a time ends.
  static constexpr std::uint64_t kTick = 1'000;

  static std::uint64_t nanoseconds(const timespec& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * kSecond +
           static_cast<std::uint64_t>(time.tv_nsec);
  }

  std::uint64_t now_ns_ = 0;  // since kStart
};

}  // namespace heddle::relacy
