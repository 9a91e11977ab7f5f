#include "harness/search/first_runs.h"

#include <algorithm>
#include <cmath>

namespace heddle {
namespace {

// As many runs as show a failure of that rate but for once in a thousand times: e^-7 < 0.001.
constexpr double kTimes = 7;
constexpr double kChance = 0.001;
// Two, since one may be the one in a thousand.
constexpr std::uint64_t kFewestOnlyThere = 2;
// So many should have shown it by now.
constexpr double kMissed = 3;

// Whether `failed` of `runs` runs, and none of `others`, is more than chance does. The rate is an
// estimate, and a bad one where few runs have failed: so the probability that all failures fall
// among `runs`, whichever they were of all, has to be small as well.
bool stays_away(std::uint64_t failed, std::uint64_t runs, std::uint64_t others) {
  if (failed == 0 || runs == 0) return false;
  if (static_cast<double>(others) * static_cast<double>(failed) <
      kTimes * static_cast<double>(runs)) {
    return false;
  }
  double log_chance = 0;
  for (std::uint64_t i = 0; i < failed; ++i) {
    const auto left = static_cast<double>(runs - i);
    log_chance += std::log(left / (left + static_cast<double>(others)));
    if (log_chance < std::log(kChance)) return true;
  }
  return false;
}

}  // namespace

void FirstRuns::add_runs(const ProcessRuns& runs) {
  runs_.first += runs.first;
  runs_.later += runs.later;
}

void FirstRuns::add_failures(std::uint64_t key, const ProcessRuns& failed) {
  ProcessRuns& all = failures_[key];
  all.first += failed.first;
  all.later += failed.later;
  all_failures_.first += failed.first;
  all_failures_.later += failed.later;
}

bool FirstRuns::fail_alike() const {
  constexpr double kAlike = 3;
  const auto first = static_cast<double>(all_failures_.first) * static_cast<double>(runs_.later);
  const auto later = static_cast<double>(all_failures_.later) * static_cast<double>(runs_.first);
  return first > 0 && later > 0 && kAlike * first >= later && kAlike * later >= first;
}

FirstRuns::Verdict FirstRuns::verdict(const ProcessRuns& failed) const {
  if (failed.first == 0) {
    const bool away = !fail_alike() && stays_away(failed.later, runs_.later, runs_.first);
    return away ? Verdict::stays_away : Verdict::open;
  }
  const bool only_there = failed.later == 0 && !fail_alike() && failed.first >= kFewestOnlyThere &&
                          stays_away(failed.first, runs_.first, runs_.later);
  return only_there ? Verdict::only_there : Verdict::shown;
}

FirstRuns::Verdict FirstRuns::verdict(std::uint64_t key) const {
  return verdict(failures(key));
}

ProcessRuns FirstRuns::failures(std::uint64_t key) const {
  const auto at = failures_.find(key);
  return at == failures_.end() ? ProcessRuns{} : at->second;
}

bool FirstRuns::wants_more() const {
  return std::any_of(failures_.begin(), failures_.end(), [this](const auto& entry) {
    const ProcessRuns& failed = entry.second;
    const Verdict found = verdict(failed);
    if (found == Verdict::open) return true;
    if (found != Verdict::shown || failed.later != 0) return false;
    return static_cast<double>(runs_.later) * static_cast<double>(failed.first) >=
           kMissed * static_cast<double>(runs_.first);
  });
}

bool FirstRuns::differs() const {
  return std::any_of(failures_.begin(), failures_.end(), [this](const auto& entry) {
    const Verdict found = verdict(entry.second);
    return found == Verdict::stays_away || found == Verdict::only_there;
  });
}

std::uint64_t ApartShare::runs_apart(bool wanted) const {
  // Of the time of the other runs, where nothing is to be found out.
  constexpr double kShare = 0.02;
  constexpr double kAtLeast = 0.5;        // seconds, where there is
  constexpr double kProcessCosts = 0.05;  // seconds, until it is known
  constexpr double kMost = 256;
  if (shared_seconds_ == 0) return 0;
  const double time = wanted ? std::max(shared_seconds_, kAtLeast) : kShare * shared_seconds_;
  const double cost =
      apart_runs_ == 0 ? kProcessCosts : apart_seconds_ / static_cast<double>(apart_runs_);
  const double count = (time - apart_seconds_) / cost;
  return count < 1 ? 0 : static_cast<std::uint64_t>(std::min(count, kMost));
}

void ApartShare::add(bool apart, std::uint64_t runs, double seconds) {
  (apart ? apart_seconds_ : shared_seconds_) += seconds;
  if (apart) apart_runs_ += runs;
}

}  // namespace heddle
