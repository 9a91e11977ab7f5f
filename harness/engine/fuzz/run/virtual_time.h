// The program's clocks under the scheduler: they stand still while any thread can go on. Each
// thread has its own, see VectorClock::now().
#pragma once

#include <time.h>

#include <cstdint>

namespace heddle {

inline constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
// Where every run begins, in seconds: 15 January 2027. The same in all runs, and later than what a
// program compares it with: zero, its own date, that of a file.
inline constexpr std::int64_t kVirtualStart = 1'800'000'000;

// Nanoseconds since the run's begin, at least 1: 0 says that there is no deadline.
inline std::uint64_t virtual_time(const timespec& absolute) {
  const std::int64_t time =
      (absolute.tv_sec - kVirtualStart) * kNanosecondsPerSecond + absolute.tv_nsec;
  return time <= 1 ? 1 : static_cast<std::uint64_t>(time);
}

inline timespec absolute_time(std::uint64_t virtual_nanoseconds) {
  const auto time = static_cast<std::int64_t>(virtual_nanoseconds);
  return {.tv_sec = kVirtualStart + time / kNanosecondsPerSecond,
          .tv_nsec = time % kNanosecondsPerSecond};
}

}  // namespace heddle
