#include "harness/search/place_hunt.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "fuzz/random.h"
#include "harness/search/minimize.h"
#include "harness/search/replayer.h"
#include "harness/search/tsan_alone.h"

namespace heddle {
namespace {

// As hunt.cpp has them: shallow races first, then what does not thin out in long runs.
constexpr std::array<std::string_view, 4> kStrategies = {"auto", "pos", "pct:depth=2",
                                                         "pct:depth=3"};

// Runs that are looked at access by access, to learn which code stands at the places.
constexpr std::uint64_t kLooks = 8;
constexpr std::uint64_t kMostEvents = 100'000;  // of each, the first

class PlaceHunt {
 public:
  PlaceHunt(const SearchOptions& search, const KnownPlaces& places, const PlaceHuntOptions& options,
            std::vector<HuntedPlaces>& hunted)
      : search_(search), places_(places), options_(options), hunted_(hunted) {
    search_.job.engine = EngineKind::fuzz;
    search_.workers = 1;
    hunted_.assign(places.writes.size(), {});
    later_.resize(places.writes.size());
    earlier_.resize(places.writes.size());
  }

  std::optional<std::string> run(const std::function<void(std::vector<Module>)>& know_modules) {
    Replayer replayer(search_.worker, search_.lost_ms);
    if (auto error = look(replayer, know_modules)) return error;
    aim();
    std::size_t left = kStrategies.size();
    for (const std::string_view strategy : kStrategies) {
      const std::uint64_t share = (options_.runs - runs_) / left--;
      if (is_done() || share == 0 || seconds_ >= options_.seconds) break;
      search_.job.strategy = strategy;
      search_.runs = share;
      search_.seconds = options_.seconds - seconds_;
      if (auto error = search_once(replayer)) return error;
    }
    for (std::size_t race = 0; race < hunted_.size(); ++race) explain(replayer, race);
    return std::nullopt;
  }

 private:
  bool is_done() const {
    return std::all_of(hunted_.begin(), hunted_.end(),
                       [](const HuntedPlaces& one) { return one.found.has_value(); });
  }

  // The default order, and others: at each decision that a thread makes it may be another's turn.
  std::optional<std::string> look(Replayer& replayer,
                                  const std::function<void(std::vector<Module>)>& know_modules) {
    Random random(search_.job.seed, 0);
    Job job = search_.job;
    job.record_trace = true;
    job.trace_until = kMostEvents;
    for (std::uint64_t run = 0; run < kLooks; ++run) {
      auto replayed = replayer.replay(job);
      if (const auto* error = std::get_if<StartError>(&replayed)) return error->message;
      if (run == 0) know_modules(replayer.modules());
      const Trace trace = std::move(std::get<JobDone>(replayed).trace);
      note(trace);
      if (trace.events.empty()) break;
      job.schedule = {};
      for (int i = 0; i < 3; ++i) {
        const Event& event = trace.events[random.below(trace.events.size())];
        const Event& other = trace.events[random.below(trace.events.size())];
        if (event.decided_by == kNoThread || event.decided_by == other.thread) continue;
        job.schedule.deviations.push_back({event.decided_by, event.decided_at, other.thread});
      }
    }
    return std::nullopt;
  }

  void note(const Trace& trace) {
    for (const Event& event : trace.events) {
      if (!is_memory_access(event.op.kind) && event.op.kind != OpKind::heap_free) continue;
      for (std::size_t race = 0; race < places_.writes.size(); ++race) {
        if (places_.is_later(race, event.op.pc, event.stack)) later_[race].insert(event.op.pc);
        if (places_.is_earlier(race, event.op.pc, event.stack)) earlier_[race].insert(event.op.pc);
      }
    }
    for (std::size_t race = 0; race < places_.writes.size(); ++race) {
      hunted_[race].later_reached = !later_[race].empty();
      hunted_[race].earlier_reached = !earlier_[race].empty();
    }
  }

  // At these accesses others may go first, from the first run on.
  void aim() {
    std::set<Address> pcs;
    for (const auto* sets : {&later_, &earlier_}) {
      for (const std::set<Address>& set : *sets) pcs.insert(set.begin(), set.end());
    }
    search_.job.racy_pcs.assign(pcs.begin(), pcs.end());
  }

  bool is_it(std::size_t race, const Failed& failure) const {
    if (failure.kind != FailureKind::data_race || failure.places.size() < 2) return false;
    const Place& a = failure.places[0];
    const Place& b = failure.places[1];
    const auto are = [&](const Place& later, const Place& earlier) {
      return places_.is_later(race, later.op.pc, later.stack) &&
             places_.is_earlier(race, earlier.op.pc, earlier.stack);
    };
    return are(a, b) || are(b, a);
  }

  // Whether the accesses of the failure, which is_it(), read and write as those of the race do, in
  // whatever order: a failure is the same in both.
  bool is_alike(std::size_t race, const Failed& failure) const {
    const bool first = writes(failure.places[0].op.kind);
    const bool second = writes(failure.places[1].op.kind);
    const auto& wanted = places_.writes[race];
    return wanted == std::pair(first, second) || wanted == std::pair(second, first);
  }

  // Of those that are it, the first that is alike, or the first.
  const Finding* find(std::size_t race, const std::vector<Finding>& findings) const {
    const Finding* any = nullptr;
    for (const Finding& found : findings) {
      if (!found.token.has_value() || !is_it(race, found.failure)) continue;
      if (is_alike(race, found.failure)) return &found;
      if (any == nullptr) any = &found;
    }
    return any;
  }

  std::optional<std::string> search_once(Replayer& replayer) {
    std::atomic<bool> stop{false};
    std::set<std::size_t> missing;
    for (std::size_t race = 0; race < hunted_.size(); ++race) {
      if (!hunted_[race].found.has_value()) missing.insert(race);
    }
    // Another build may not have the very accesses: for those no more than a moment is waited.
    std::set<std::size_t> not_alike = missing;
    SearchEvents events;
    events.interrupted = &stop;
    events.found = [&](const Failed& failure) {
      std::erase_if(not_alike, [&](std::size_t race) {
        return is_it(race, failure) && is_alike(race, failure);
      });
      std::erase_if(missing, [&](std::size_t race) { return is_it(race, failure); });
      if (not_alike.empty()) stop = true;
    };
    events.progress = [&](std::uint64_t /*runs*/, std::uint64_t /*failed*/, double /*seconds*/) {
      if (missing.empty()) stop = true;
    };
    SearchOutcome outcome = search(search_, events);
    const std::uint64_t before = std::exchange(runs_, runs_ + outcome.result.runs);
    seconds_ += outcome.result.seconds;
    if (outcome.result.error.has_value()) return outcome.result.error;
    Job job = search_.job;
    if (outcome.result.not_as_fresh) job.isolation = Isolation::process;
    for (std::size_t race = 0; race < hunted_.size(); ++race) {
      HuntedPlaces& hunted = hunted_[race];
      if (hunted.found.has_value()) continue;
      hunted.runs = runs_;
      const Finding* const found = find(race, outcome.result.findings);
      if (found == nullptr) continue;
      hunted.found = *found;
      hunted.runs = before + found->first_run + 1;
      hunted.found->minimal = minimize(replayer, job, *found, {});
      if (hunted.found->minimal.has_value()) hunted.found->token = hunted.found->minimal->token;
    }
    return std::nullopt;
  }

  // Both were reached, and it was not found: something may order them always.
  void explain(Replayer& replayer, std::size_t race) {
    HuntedPlaces& hunted = hunted_[race];
    if (hunted.found.has_value()) return;
    for (const Address later : later_[race]) {
      for (const Address earlier : earlier_[race]) {
        Failed wanted{.kind = FailureKind::data_race, .message = {}, .places = {}};
        for (const Address pc : {later, earlier}) {
          wanted.places.push_back({.thread = kNoThread,
                                   .op = {.kind = OpKind::read, .pc = pc},
                                   .stack = {},
                                   .note = {}});
        }
        hunted.ordered = find_ordering(replayer, search_.job, wanted, replayer.modules());
        if (hunted.ordered.has_value()) return;
      }
    }
  }

  SearchOptions search_;
  const KnownPlaces& places_;
  const PlaceHuntOptions& options_;
  std::vector<HuntedPlaces>& hunted_;
  std::vector<std::set<Address>> later_;  // code addresses, by race
  std::vector<std::set<Address>> earlier_;
  std::uint64_t runs_ = 0;
  double seconds_ = 0;
};

}  // namespace

std::optional<std::string> hunt_places(const SearchOptions& search, const KnownPlaces& places,
                                       const PlaceHuntOptions& options,
                                       const std::function<void(std::vector<Module>)>& know_modules,
                                       std::vector<HuntedPlaces>& hunted) {
  return PlaceHunt(search, places, options, hunted).run(know_modules);
}

}  // namespace heddle
