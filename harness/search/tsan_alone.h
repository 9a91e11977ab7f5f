// A race that ThreadSanitizer has reported and fuzz cannot find: perhaps since there is none.
#pragma once

#include <chrono>
#include <span>

#include "harness/engine/engine.h"
#include "harness/model/module.h"
#include "harness/search/replayer.h"
#include "harness/search/result.h"

namespace heddle {

struct OrderingLimits {
  std::uint64_t runs = 100;
  std::chrono::milliseconds time{2'000};
};

// How runs of fuzz order the two places of `race`, if they execute both on the same memory and in
// two threads, and always in an order that something makes. Nothing if they do not come to both, if
// one run leaves them unordered, or if what orders them is not seen. `job`: of fuzz, for the
// program; the runs are its default order and others by chance of its seed.
std::optional<OrderedPlaces> find_ordering(Replayer& replayer, Job job, const Failed& race,
                                           std::span<const Module> modules,
                                           const OrderingLimits& limits = {});

}  // namespace heddle
