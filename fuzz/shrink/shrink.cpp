#include "fuzz/shrink/shrink.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "fuzz/shrink/schedule_tree.h"

namespace heddle {
namespace {

using Deviations = std::vector<Deviation>;
using Clock = std::chrono::steady_clock;

Deviations sorted(Deviations deviations) {
  std::sort(deviations.begin(), deviations.end());
  return deviations;
}

class Shrinker {
 public:
  Shrinker(const StillFails& still_fails, const ShrinkLimits& limits)
      : still_fails_(still_fails), limits_(limits), start_(Clock::now()) {}

  ShrinkResult run(Schedule failing) {
    Candidate current;
    current.schedule = std::move(failing);
    if (out_of_budget()) {
      result_.limit_reached = true;
    } else if (std::optional<Schedule> failed = failing_form(current.schedule)) {
      result_.reproduced = true;
      current.schedule = std::move(*failed);
      descend(current);
      settle(current.schedule);
    }
    result_.schedule = std::move(current.schedule);
    return result_;
  }

 private:
  // Goes to the first child that fails, then to its first child, until no child fails.
  void descend(Candidate& current) {
    for (bool moved = true; moved;) {
      moved = false;
      rc::Seq<rc::Shrinkable<Candidate>> children = schedule_tree(current).shrinks();
      while (const rc::Maybe<rc::Shrinkable<Candidate>> child = children.next()) {
        Candidate next = child->value();
        if (passed_.contains(sorted(next.schedule.deviations))) continue;
        if (out_of_budget()) {
          result_.limit_reached = true;
          return;
        }
        std::optional<Schedule> failed = failing_form(next.schedule);
        if (!failed) continue;
        // A step simpler, but perhaps no longer minimal: what is known so far is kept.
        if (next.phase == Candidate::Phase::simplifying && one_minimal(current.schedule)) {
          minimal_ = current.schedule;
        }
        move_to(current, std::move(next), std::move(*failed));
        moved = true;
        break;
      }
    }
  }

  // `next`, in the form that its run had. The place to go on with moves along with the deviations
  // before it.
  static void move_to(Candidate& current, Candidate next, Schedule form) {
    const Deviations& old = next.schedule.deviations;
    const auto kept = sorted(form.deviations);
    const auto place = static_cast<std::ptrdiff_t>(std::min(next.position, old.size()));
    next.position = static_cast<std::size_t>(
        std::count_if(old.begin(), old.begin() + place, [&](const Deviation& deviation) {
          return std::binary_search(kept.begin(), kept.end(), deviation);
        }));
    next.schedule = std::move(form);
    current = std::move(next);
  }

  // Runs it. If it fails: as it was, or as its run took it, which is another name of the same run.
  std::optional<Schedule> failing_form(const Schedule& schedule) {
    ++result_.runs;
    ShrinkVerdict verdict = still_fails_(schedule);
    Deviations listed = sorted(schedule.deviations);
    std::optional<Deviations> taken;
    if (verdict.taken) taken = sorted(verdict.taken->deviations);
    if (!verdict.fails) {
      if (taken) passed_.insert(std::move(*taken));
      passed_.insert(std::move(listed));
      return std::nullopt;
    }
    // Nothing else than what was asked for: a run that deviates elsewhere might go round in
    // circles.
    if (taken && std::includes(listed.begin(), listed.end(), taken->begin(), taken->end())) {
      return std::move(verdict.taken);
    }
    return schedule;
  }

  // Prefers a schedule that is known to be minimal to an unchecked one of the same length.
  void settle(Schedule& schedule) {
    result_.one_minimal = one_minimal(schedule);
    if (result_.one_minimal || !minimal_) return;
    if (minimal_->deviations.size() > schedule.deviations.size()) return;
    schedule = *minimal_;
    result_.one_minimal = true;
  }

  bool one_minimal(const Schedule& schedule) const {
    const Deviations all = sorted(schedule.deviations);
    for (std::size_t i = 0; i < all.size(); ++i) {
      Deviations others = all;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      if (!passed_.contains(others)) return false;
    }
    return true;
  }

  bool out_of_budget() const {
    return result_.runs >= limits_.max_runs || Clock::now() - start_ >= limits_.max_time;
  }

  const StillFails& still_fails_;
  const ShrinkLimits limits_;
  const Clock::time_point start_;
  std::set<Deviations> passed_;      // sorted lists that are known not to fail so
  std::optional<Schedule> minimal_;  // the last one known to be 1-minimal
  ShrinkResult result_;
};

}  // namespace

ShrinkResult shrink(Schedule failing, const StillFails& still_fails, const ShrinkLimits& limits) {
  return Shrinker(still_fails, limits).run(std::move(failing));
}

}  // namespace heddle
