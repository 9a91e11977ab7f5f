#include "harness/engine/native/raw_system.h"

namespace heddle::native {

double ticks_per_ns() {
  static const double ratio = [] {
    const std::uint64_t begin_ns = monotonic_ns();
    const std::uint64_t begin = ticks();
    std::uint64_t now_ns = begin_ns;
    while (now_ns - begin_ns < 1'000'000) now_ns = monotonic_ns();
    return static_cast<double>(ticks() - begin) / static_cast<double>(now_ns - begin_ns);
  }();
  return ratio;
}

}  // namespace heddle::native
