// The time that a whole command may take.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace heddle {

// The time of --budget, shared out over what is still to be done.
class Budget {
 public:
  Budget(double seconds, std::size_t parts) : seconds_(seconds), parts_(parts) {}

  // Of `limit` (0: none) what the next part may take, in seconds; 0: no limit. A part that ends
  // sooner leaves its time to the others, and one that comes too late still gets a moment.
  double next_part(double limit) {
    const double parts = static_cast<double>(std::max<std::size_t>(parts_, 1));
    if (parts_ > 0) --parts_;
    if (seconds_ == 0) return limit;
    constexpr double kLeast = 0.05;
    const std::chrono::duration<double> used = std::chrono::steady_clock::now() - begin_;
    const double share = std::max(kLeast, (seconds_ - used.count()) / parts);
    return limit == 0 ? share : std::min(limit, share);
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double seconds_;
  std::size_t parts_;
};

}  // namespace heddle
