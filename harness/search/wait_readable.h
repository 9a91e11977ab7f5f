// Waiting for a descriptor.
#pragma once

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace heddle {

// Whether there is something to read, or the other end is gone, within that time, whatever signals
// come.
inline bool is_readable(int descriptor, std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + patience;
  pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const int count = poll(
        &ready, 1, static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0)));
    if (count >= 0 || errno != EINTR) return count > 0;
  }
}

}  // namespace heddle
