// Carries out the delays that a DelayStream draws.
#pragma once

#include <cstdint>

#include "fuzz/delay/delay_plan.h"
#include "harness/engine/native/raw_system.h"

namespace heddle::native {

class Delayer {
 public:
  // `ratio`: of ticks_per_ns(), which the caller keeps so that a run's start does not measure it.
  Delayer(const DelayPlan& plan, std::uint64_t seed, std::uint64_t run, std::uint32_t thread,
          double ratio)
      : stream_(plan, seed, run, thread), ratio_(ratio) {}

  void pass() {
    const std::uint64_t ns = stream_.next_ns();
    if (ns != 0) [[unlikely]]
      wait(ns);
  }

 private:
  void wait(std::uint64_t ns) const {
    const std::uint64_t begin = ticks();
    // Always give the processor up first: where the threads share one, as they do on a busy
    // machine, a thread that spins keeps the others from the very window that it holds open.
    yield_processor();
    if (stream_.yields()) return;
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(ns) * ratio_);
    while (ticks() - begin < wanted) relax();
  }

  DelayStream stream_;
  double ratio_;
};

}  // namespace heddle::native
