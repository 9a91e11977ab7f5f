#include "fuzz/strategy/pos.h"

#include "fuzz/strategy/random_choice.h"

namespace heddle {

bool Pos::begin_run(std::uint64_t run) {
  random_ = Random(seed_, run);
  priorities_.begin_run();
  return true;
}

std::size_t Pos::pick(const SchedulingPoint& point) {
  return priorities_.pick(point, random_, [](std::size_t) { return true; });
}

std::uint32_t Pos::choose(Choice what, std::uint32_t n, ThreadId /*thread*/,
                          std::uint64_t /*step*/) {
  return random_choice(random_, what, n);
}

}  // namespace heddle
