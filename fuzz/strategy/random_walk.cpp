#include "fuzz/strategy/random_walk.h"

#include "fuzz/strategy/random_choice.h"

namespace heddle {

RandomWalk::RandomWalk(const RandomWalkOptions& options, std::uint64_t seed)
    : options_(options), seed_(seed), random_(seed) {}

bool RandomWalk::begin_run(std::uint64_t run) {
  random_ = Random(seed_, run);
  stay_ = options_.stay ? *options_.stay : kStays[random_.below(kStays.size())];
  return true;
}

std::size_t RandomWalk::pick(const SchedulingPoint& point) {
  if (point.ready.size() == 1) return 0;
  if (point.running && random_.chance(stay_)) return point.fallback;
  return static_cast<std::size_t>(random_.below(point.ready.size()));
}

std::uint32_t RandomWalk::choose(Choice what, std::uint32_t n, ThreadId /*thread*/,
                                 std::uint64_t /*step*/) {
  return random_choice(random_, what, n);
}

}  // namespace heddle
