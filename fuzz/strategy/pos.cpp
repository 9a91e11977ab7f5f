#include "fuzz/strategy/pos.h"

#include "fuzz/strategy/dependency.h"
#include "fuzz/strategy/random_choice.h"

namespace heddle {
namespace {

// Threads with priorities that last. pick() must not allocate.
constexpr std::size_t kMostThreads = 1024;

}  // namespace

bool Pos::begin_run(std::uint64_t run) {
  random_ = Random(seed_, run);
  priorities_.assign(kMostThreads, 0);
  return true;
}

std::uint64_t& Pos::priority(ThreadId thread) {
  if (thread < priorities_.size()) return priorities_[thread];
  spare_ = 0;
  return spare_;
}

std::size_t Pos::pick(const SchedulingPoint& point) {
  std::size_t best = 0;
  std::uint64_t highest = 0;
  for (std::size_t i = 0; i < point.ready.size(); ++i) {
    // Who gives way has found nothing to do: the others first.
    if (!point.running && point.ready.size() > 1 && point.ready[i].id == point.thread) {
      priority(point.thread) = 0;
      continue;
    }
    std::uint64_t& own = priority(point.ready[i].id);
    if (own == 0) own = random_.next() | 1;
    if (own > highest) {
      highest = own;
      best = i;
    }
  }
  const Op& next = *point.ready[best].pending;
  for (const ReadyThread& thread : point.ready) {
    if (thread.id != point.ready[best].id && may_conflict(next, *thread.pending)) {
      priority(thread.id) = 0;
    }
  }
  priority(point.ready[best].id) = 0;
  return best;
}

std::uint32_t Pos::choose(Choice what, std::uint32_t n, ThreadId /*thread*/,
                          std::uint64_t /*step*/) {
  return random_choice(random_, what, n);
}

}  // namespace heddle
