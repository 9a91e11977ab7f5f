#include "harness/search/hunt.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "harness/search/own_code.h"
#include "harness/search/tsan_alone.h"

namespace heddle {
namespace {

// Tried one after the other, each with its share of the runs: what finds shallow bugs first, then
// what does not thin out in long runs.
constexpr std::array<std::string_view, 4> kStrategies = {"random", "pos", "pct:depth=2",
                                                         "pct:depth=3"};

// Past a few a report helps nobody.
constexpr std::size_t kMostHunted = 4;

// The innermost code address of the program's own; 0 if there is none.
Address own_pc(const Place& place, std::span<const Module> modules) {
  return own_pc(place.op.pc, place.stack, modules);
}

Address first_pc(const Failed& failure, std::span<const Module> modules) {
  return failure.places.empty() ? 0 : own_pc(failure.places.front(), modules);
}

bool same_first_place(const Failed& seen, const Failed& found, std::span<const Module> modules) {
  const Address pc = first_pc(seen, modules);
  // Without a place to go by, the words must do.
  if (pc == 0) return first_pc(found, modules) == 0 && seen.message == found.message;
  return pc == first_pc(found, modules);
}

std::vector<Address> all_pcs(const Failed& failure, std::span<const Module> modules) {
  std::vector<Address> pcs;
  for (const Place& place : failure.places) pcs.push_back(own_pc(place, modules));
  std::sort(pcs.begin(), pcs.end());
  return pcs;
}

bool is_one_of(FailureKind kind, std::initializer_list<FailureKind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool is_stuck(FailureKind kind) {
  return is_one_of(kind, {FailureKind::deadlock, FailureKind::lost_wakeup,
                          FailureKind::self_deadlock, FailureKind::hang});
}

// Each thread that is stuck must be stuck there in the other as well. Who waits for a thread to end
// says nothing of why; where in its loop a thread is seen is chance, but not which call of it.
bool same_stuck(const Failed& seen, const Failed& found, std::span<const Module> modules) {
  const auto pc_of = [&](const Place& place, FailureKind kind) {
    const bool loops = kind == FailureKind::hang && !place.stack.empty();
    return loops && is_own(place.stack.front(), modules) ? place.stack.front()
                                                         : own_pc(place, modules);
  };
  bool any = false;
  for (const Place& place : seen.places) {
    const Address pc = pc_of(place, seen.kind);
    const bool waits_or_loops = place.op.kind != OpKind::thread_join &&
                                place.op.kind != OpKind::cond_signal &&
                                place.op.kind != OpKind::cond_broadcast;
    if (pc == 0 || !waits_or_loops) continue;
    any = true;
    const bool there =
        std::any_of(found.places.begin(), found.places.end(),
                    [&](const Place& other) { return pc_of(other, found.kind) == pc; });
    if (!there) return false;
  }
  return any || (seen.kind == found.kind && all_pcs(seen, modules) == all_pcs(found, modules));
}

// Locks taken in both orders: in the deadlock that it warns of, the locks waited for are among its.
bool same_inversion(const Failed& seen, const Failed& found, std::span<const Module> modules) {
  const std::vector<Address> pcs = all_pcs(seen, modules);
  std::size_t waiting = 0;
  std::set<ThreadId> told;
  for (const Place& place : found.places) {
    // Behind a thread's first place stands what it holds, and where it has locked that.
    if (!told.insert(place.thread).second || place.op.kind != OpKind::mutex_lock) continue;
    if (!std::binary_search(pcs.begin(), pcs.end(), own_pc(place, modules))) return false;
    ++waiting;
  }
  return waiting >= 2;
}

bool same_assertion(const Failed& seen, const Failed& found, std::span<const Module> modules) {
  // On real threads the message is the C library's, with file and line.
  return same_first_place(seen, found, modules) &&
         (seen.message == found.message ||
          seen.message.find("`" + found.message + "'") != std::string::npos);
}

}  // namespace

bool same_failure(const Failed& seen, const Failed& found, std::span<const Module> modules) {
  using enum FailureKind;
  if (is_stuck(seen.kind)) return is_stuck(found.kind) && same_stuck(seen, found, modules);
  switch (seen.kind) {
    case assertion:
      return found.kind == assertion && same_assertion(seen, found, modules);
    case data_race:
      return found.kind == data_race && all_pcs(seen, modules) == all_pcs(found, modules);
    case lock_inversion:
      return found.kind == deadlock && same_inversion(seen, found, modules);
    // The last of many ways to ask for memory.
    case out_of_memory:
      return found.kind == out_of_memory;
    case exit_status:
      return found.kind == exit_status && seen.message == found.message;
    // What the C library's heap finds, fuzz does before.
    case abort:
      return is_one_of(found.kind, {abort, double_free}) && same_first_place(seen, found, modules);
    case other_report:
      return is_one_of(found.kind, {use_after_free, double_free, bad_unlock, destroyed_locked}) &&
             same_first_place(seen, found, modules);
    default:
      return found.kind == seen.kind && same_first_place(seen, found, modules);
  }
}

namespace {

class HuntParty {
 public:
  HuntParty(const SearchOptions& search, std::span<const Module> modules,
            const HuntOptions& options, const HuntEvents& events)
      : search_(search), modules_(modules), options_(options), events_(events) {
    search_.job.engine = EngineKind::fuzz;
    search_.job.strategy_state.clear();
    search_.seconds = 0;
    // With several, which of them finds it first would be chance.
    search_.workers = 1;
  }

  void want(Finding& finding) { wanted_.push_back(&finding); }

  // `known`: what fuzz has done already; nothing if it has not run.
  void run(const EngineResult* known) {
    if (known != nullptr && known->error.has_value()) {
      fail(*known->error);
      return;
    }
    if (known != nullptr) {
      for (const Finding& found : known->findings) {
        settle(found, [&](Hunt& hunt) {
          hunt.by_search = true;
          hunt.strategy = known->method;
          hunt.token = found.token;
        });
      }
      tried(known->method, known->runs);
    }
    std::size_t left = kStrategies.size();
    for (const std::string_view strategy : kStrategies) {
      const std::uint64_t share = (options_.runs - runs_) / left--;
      if (wanted_.empty() || share == 0 || over()) break;
      // They would be the same runs again.
      if (known != nullptr && known->method == strategy) continue;
      search_.job.strategy = strategy;
      search_.runs = share;
      const std::uint64_t before = runs_;
      if (!search_once()) return;
      tried(search_.job.strategy, runs_ - before);
    }
    if (!over()) explain_races();
  }

 private:
  // What only ThreadSanitizer takes for a race may be none.
  void explain_races() {
    Replayer replayer(search_.worker, search_.lost_ms);
    for (Finding* finding : wanted_) {
      const bool asks = finding->failure.kind == FailureKind::data_race &&
                        finding->hunt->runs > 0 && !finding->hunt->error.has_value();
      if (!asks) continue;
      finding->hunt->ordered = find_ordering(replayer, search_.job, finding->failure, modules_);
    }
  }

  void tried(const std::string& strategy, std::uint64_t runs) {
    for (Finding* finding : wanted_) {
      Hunt& hunt = *finding->hunt;
      hunt.runs += runs;
      hunt.strategy += (hunt.strategy.empty() ? "" : ", ") + strategy;
    }
  }

  bool interrupted() const { return events_.interrupted != nullptr && events_.interrupted->load(); }
  bool over() const { return interrupted() || seconds_ >= options_.seconds; }

  bool search_once() {
    std::atomic<bool> stop{false};
    const double seconds_before = seconds_;
    SearchEvents events;
    events.interrupted = &stop;
    events.progress = [&](std::uint64_t runs, std::uint64_t /*failed*/, double seconds) {
      seconds_ = seconds_before + seconds;
      if (over()) stop = true;
      if (events_.progress) events_.progress(runs_ + runs, seconds_);
    };
    std::vector<const Finding*> missing(wanted_.begin(), wanted_.end());
    events.found = [&](const Failed& failure) {
      std::erase_if(missing, [&](const Finding* finding) {
        return same_failure(finding->failure, failure, modules_);
      });
      if (missing.empty()) stop = true;
    };
    SearchOutcome outcome = search(search_, events);
    seconds_ = seconds_before + outcome.result.seconds;
    const std::uint64_t before = runs_;
    runs_ += outcome.result.runs;
    if (outcome.result.error.has_value()) {
      fail(*outcome.result.error);
      return false;
    }
    Replayer replayer(search_.worker, search_.lost_ms);
    Job job = search_.job;
    if (outcome.result.not_as_fresh) job.isolation = Isolation::process;
    for (const Finding& found : outcome.result.findings) {
      std::optional<MinimalInterleaving> minimal;
      std::optional<Token> token;
      std::optional<Failed> failure;
      settle(found, [&](Hunt& hunt) {
        hunt.strategy = search_.job.strategy;
        hunt.runs = before + found.first_run + 1;
        if (!token.has_value()) {
          minimal = minimize(replayer, job, found, options_.minimize);
          token = minimal.has_value() ? minimal->token : found.token;
          if (minimal.has_value()) failure = minimal->failure;
          hunt.minimal = std::move(minimal);
        }
        hunt.token = token;
        if (failure.has_value()) hunt.found = failure;
      });
    }
    return true;
  }

  // `found` is what some were looking for: they are content.
  template <typename Fill>
  void settle(const Finding& found, Fill fill) {
    std::erase_if(wanted_, [&](Finding* finding) {
      if (!same_failure(finding->failure, found.failure, modules_)) return false;
      Hunt& hunt = *finding->hunt;
      hunt.found = found.failure;
      fill(hunt);
      return true;
    });
  }

  void fail(const std::string& error) {
    for (Finding* finding : wanted_) finding->hunt->error = error;
  }

  SearchOptions search_;
  std::span<const Module> modules_;
  const HuntOptions& options_;
  const HuntEvents& events_;
  std::vector<Finding*> wanted_;
  std::uint64_t runs_ = 0;
  double seconds_ = 0;
};

}  // namespace

void hunt_findings(std::vector<EngineResult>& results, const SearchOptions& search,
                   std::span<const Module> modules, const HuntOptions& options,
                   const HuntEvents& events) {
  HuntParty party(search, modules, options, events);
  const EngineResult* fuzz = nullptr;
  for (EngineResult& result : results) {
    if (result.engine == EngineKind::fuzz) fuzz = &result;
    if (result.engine != EngineKind::stress && result.engine != EngineKind::tsan) continue;
    const std::size_t count = std::min(result.findings.size(), kMostHunted);
    for (std::size_t i = 0; i < count; ++i) {
      result.findings[i].hunt.emplace();
      party.want(result.findings[i]);
    }
  }
  party.run(fuzz);
}

}  // namespace heddle
