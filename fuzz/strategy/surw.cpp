#include "fuzz/strategy/surw.h"

#include <algorithm>
#include <tuple>

#include "fuzz/strategy/random_choice.h"
#include "fuzz/strategy/state_text.h"

namespace heddle {
namespace {

// Of a state that is read: a damaged one must not ask for memory without end.
constexpr ThreadId kMostThreads = 1'000'000;

// It has given way: the others first.
bool excused(const SchedulingPoint& point, std::size_t i) {
  return !point.running && point.ready.size() > 1 && point.ready[i].id == point.thread;
}

}  // namespace

bool Surw::begin_run(std::uint64_t run) {
  random_ = Random(seed_, run);
  run_ = run;
  seen_.clear();
  running_ = 0;
  intended_ = kNoThread;
  gave_way_ = 0;

  interest_.clear();
  if (!shared_.empty() && random_.below(2) == 0) {
    interest_.push_back(shared_[random_.below(shared_.size())]);
  } else {
    interest_ = shared_;
  }
  left_.assign(known_.empty() ? 0 : std::size_t{known_.back().thread} + 1, 0);
  for (const Touch& touch : known_) {
    if (std::binary_search(interest_.begin(), interest_.end(), touch.place)) {
      left_[touch.thread] += touch.times;
    }
  }
  return true;
}

bool Surw::of_interest(const Op& op) const {
  const AccessList accesses = accesses_of(op, op.kind);
  return std::any_of(accesses.begin(), accesses.end(), [this](const Access& access) {
    return competes(access.mode) &&
           std::binary_search(interest_.begin(), interest_.end(), place_of(access));
  });
}

// Who takes the next step of interest? Not only of those that are ready: who waits for a lock now
// may get it before others come to their next step of interest.
void Surw::draw() {
  std::uint64_t sum = 0;
  for (const std::uint64_t left : left_) sum += left;
  if (sum == 0) return;
  std::uint64_t at = random_.below(sum);
  for (ThreadId thread = 0; thread < left_.size(); ++thread) {
    if (at < left_[thread]) {
      intended_ = thread;
      gave_way_ = 0;
      return;
    }
    at -= left_[thread];
  }
}

// Index into point.ready.
std::size_t Surw::draw_ready(const SchedulingPoint& point) {
  const auto weight = [&](std::size_t i) -> std::uint64_t {
    const ThreadId thread = point.ready[i].id;
    if (excused(point, i)) return 0;
    // At least 1: it is at such a step, whatever earlier runs were like.
    return std::max<std::uint64_t>(1, thread < left_.size() ? left_[thread] : 0);
  };
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < point.ready.size(); ++i) sum += weight(i);
  std::uint64_t at = random_.below(sum);
  std::size_t i = 0;
  while (at >= weight(i)) at -= weight(i++);
  return i;
}

std::size_t Surw::pick(const SchedulingPoint& point) {
  const auto picked = [&](std::size_t i) {
    running_ = point.ready[i].id;
    return i;
  };
  for (std::size_t i = 0; i < point.ready.size(); ++i) {
    if (only_enables(point.ready[i].pending->kind)) return picked(i);
  }
  if (intended_ == kNoThread) draw();
  if (point.gives_way()) ++gave_way_;
  const bool held_up = gave_way_ >= point.ready.size();
  // Of those that may go: a reservoir of one.
  std::size_t chosen = point.ready.size();
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < point.ready.size(); ++i) {
    const ReadyThread& thread = point.ready[i];
    if (held_up || excused(point, i)) continue;
    if (thread.id != intended_ && of_interest(*thread.pending)) continue;
    if (random_.below(++seen) == 0) chosen = i;
  }
  if (chosen == point.ready.size()) {
    chosen = draw_ready(point);
    intended_ = point.ready[chosen].id;
    gave_way_ = 0;
  }
  return picked(chosen);
}

void Surw::executed(const Op& op, bool /*changed*/) {
  if (of_interest(op)) {
    if (running_ < left_.size() && left_[running_] != 0) --left_[running_];
    if (running_ == intended_) intended_ = kNoThread;
  }
  if (run_ >= kLearningRuns) return;
  for (const Access& access : accesses_of(op, op.kind)) {
    if (competes(access.mode)) note(running_, place_of(access));
  }
}

void Surw::note(ThreadId thread, std::uint64_t place) {
  const auto at = std::lower_bound(seen_.begin(), seen_.end(), std::tuple(thread, place),
                                   [](const Touch& touch, const auto& key) {
                                     return std::tuple(touch.thread, touch.place) < key;
                                   });
  if (at != seen_.end() && at->thread == thread && at->place == place) {
    ++at->times;
  } else {
    seen_.insert(at, {.thread = thread, .place = place, .times = 1});
  }
}

void Surw::find_shared() {
  shared_.clear();
  std::vector<std::uint64_t> places;
  for (const Touch& touch : known_) places.push_back(touch.place);
  std::sort(places.begin(), places.end());
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (places[i] == places[i - 1] && (shared_.empty() || shared_.back() != places[i])) {
      shared_.push_back(places[i]);
    }
  }
}

void Surw::end_run(const RunEnd& /*end*/) {
  if (run_ >= kLearningRuns) return;
  std::swap(known_, seen_);
  find_shared();
}

std::uint32_t Surw::choose(Choice what, std::uint32_t n, ThreadId /*thread*/,
                           std::uint64_t /*step*/) {
  return random_choice(random_, what, n);
}

std::string Surw::state() const {
  StateWriter out(kStateName);
  out.add(known_.size());
  for (const Touch& touch : known_) {
    out.add(touch.thread);
    out.add(touch.place);
    out.add(touch.times);
  }
  return out.take();
}

bool Surw::set_state(std::string_view state) {
  known_.clear();
  shared_.clear();
  if (state.empty()) return true;
  StateReader in(kStateName, state);
  known_.resize(in.count());
  for (Touch& touch : known_) {
    touch.thread = static_cast<ThreadId>(in.number());
    touch.place = in.number();
    touch.times = in.number();
    if (touch.thread > kMostThreads) return false;
  }
  // Its order is relied on.
  const auto before = [](const Touch& a, const Touch& b) {
    return std::tuple(a.thread, a.place) < std::tuple(b.thread, b.place);
  };
  if (!std::is_sorted(known_.begin(), known_.end(), before)) return false;
  find_shared();
  return in.at_end();
}

}  // namespace heddle
