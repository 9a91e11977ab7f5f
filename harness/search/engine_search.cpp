#include "harness/search/engine_search.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>

#include "fuzz/relacy_search.h"
#include "fuzz/strategy/strategy.h"
#include "harness/search/checked_progress.h"
#include "harness/search/collected.h"
#include "harness/search/confirm.h"
#include "harness/search/coverage_count.h"
#include "harness/search/grounds.h"
#include "harness/search/instrumentation.h"
#include "harness/search/interim.h"
#include "harness/search/known_well.h"
#include "harness/search/lost_run.h"
#include "harness/search/program_check.h"
#include "harness/search/run_range.h"
#include "harness/search/silent_pass.h"

namespace heddle {
namespace {

using Clock = std::chrono::steady_clock;

// What runs teach (which plain accesses race) serves those of later epochs. Fixed, so that what a
// run knows depends on its number alone.
constexpr std::uint64_t kFirstEpoch = 4;
constexpr std::uint64_t kEpochGrowth = 4;
// The first runs are executed one after the other, and each knows what those before it taught: the
// first failure comes sooner, and to share so few out would take longer.
constexpr std::uint64_t kSerialRuns = 16;

// When auto tries an exhaustive search. With few threads it often ends after a few runs; with many
// it would only hold the sampling up, unless that has gone on for long and found nothing.
constexpr std::uint32_t kFewThreads = 5;
constexpr std::uint64_t kManyRuns = 1024;
// A run's steps are all kept in memory, and looked at again after it.
constexpr std::uint64_t kLongRun = 20'000;
// It is given up once its own estimate of the runs needed exceeds the budget by this factor: the
// estimate is a rough one.
constexpr double kOverBudget = 16;

// Workers of real threads end long runs by themselves, after 90 times --hang-ms at the latest, and
// know a hang from a limit. This is for those that cannot.
constexpr std::uint64_t kRealThreadsPatience = 100;

// Runs of real threads are made in batches, and after each it is decided what is to come.
constexpr std::uint64_t kFirstBatch = 16;
constexpr std::uint64_t kLargestBatch = 1024;

class Search {
 public:
  Search(const SearchOptions& options, const SearchEvents& events)
      : options_(options),
        events_(events),
        confirmation_(options.worker, options.job, options.lost_ms, options.confirms) {
    outcome_.result = result_of_no_run(options.job, options.earlier);
    if (options.job.engine == EngineKind::fuzz) {
      const auto made = make_strategy(options.job.strategy, options.job.seed);
      const auto* strategy = std::get_if<std::unique_ptr<Strategy>>(&made);
      exhaustive_ = strategy != nullptr && (*strategy)->exploration().has_value();
      if (strategy != nullptr && (*strategy)->learns()) serial_runs_ = Strategy::kLearningRuns;
      may_explore_ = options.job.strategy == "auto";
    }
    main_.strategy = options.job.strategy;
    main_.state = options.job.strategy_state;
    exploring_.strategy = "dpor";
  }

  SearchOutcome run() {
    begin_ = Clock::now();
    const std::uint64_t runs = options_.runs;
    racy_ = racy_new_ = options_.job.racy_pcs;
    if (exhaustive_) {
      explore(runs);
    } else if (has_real_threads(options_.job.engine)) {
      sample_in_batches(runs);
    } else {
      sample(runs);
    }
    repeat_at_end();
    check(true);
    finish();
    outcome_.racy_seen = racy_new_;
    return std::move(outcome_);
  }

  // What was found says that each run has to have a process, and it was not forbidden.
  bool goes_on_apart() const { return goes_on_apart_; }

 private:
  // Runs of one strategy, and what it knows.
  struct Walk {
    std::string strategy;
    std::string state;
  };

  void sample(std::uint64_t runs) {
    const std::uint64_t& made = outcome_.result.runs;
    std::uint64_t sampled = 0;
    std::uint64_t epoch_end = learns() ? kFirstEpoch : runs;
    while (made < runs && !over()) {
      const std::uint64_t size = std::min(epoch_end - sampled, runs - made);
      serial_ = learns() && next_ < serial_runs_;
      const bool knows_more = racy_ != racy_old_;
      if (knows_more && sampled <= runs / 2) coverage_.begin(next_);
      racy_old_ = racy_;
      run_epoch({next_, next_ + size});
      // Only here, so that all runs of an epoch know the same, whichever worker executes them.
      racy_ = racy_new_;
      next_ += size;
      sampled += size;
      epoch_end *= kEpochGrowth;
      check(false);
      explore_beside(sampled, runs);
    }
  }

  void sample_in_batches(std::uint64_t runs) {
    const std::uint64_t& made = outcome_.result.runs;
    ApartShare share;
    std::uint64_t batch = kFirstBatch;
    while (made < runs && !over()) {
      const double before = seconds();
      const std::uint64_t apart = options_.job.isolation == Isolation::process
                                      ? 0
                                      : share.runs_apart(confirmation_.first_runs().wants_more());
      apart_ = apart != 0;
      const std::uint64_t size = std::min(apart_ ? apart : batch, runs - made);
      run_epoch({next_, next_ + size});
      next_ += size;
      share.add(apart_, size, seconds() - before);
      if (!apart_) batch = std::min(2 * batch, kLargestBatch);
      check(false);
    }
    apart_ = false;
  }

  // Whether what was seen holds in fresh processes.
  void check(bool at_end) {
    if (outcome_.result.error.has_value() || goes_on_apart_) return;
    confirmation_.check(found_, at_end);
    goes_on_apart_ =
        options_.job.isolation == Isolation::automatic && confirmation_.differs(found_);
  }

  // The last run that was compared, once more where all the others have been.
  void repeat_at_end() {
    if (outcome_.result.error.has_value()) return;
    for (Slot& slot : slots_) {
      if (slot.worker != nullptr && !slot.range.has_value()) confirmation_.repeat_in(*slot.worker);
    }
  }

  // Exhaustive search in turn with the sampling: it gets as many of the runs as that has had.
  // Whoever finds a bug first has thus taken at least half of them. It ends at the first failure,
  // since rates come of sampling alone, or when nothing is left; then the whole search may end.
  void explore_beside(std::uint64_t sampled, std::uint64_t runs) {
    EngineResult& result = outcome_.result;
    const auto useful = [&] {
      return result.failed == 0 && result.gave_up == 0 && !explored_to_limit_ &&
             !result.divergence.has_value();
    };
    if (!may_explore_ || sampled < kFirstEpoch) return;
    if (most_threads_ > kFewThreads && sampled < kManyRuns) return;
    if (result.runs == 0 || steps_ / result.runs > kLongRun) return;
    walk_ = &exploring_;
    serial_ = true;
    while (useful() && explored_ < sampled && result.runs < runs && !over()) {
      const std::uint64_t before = result.runs + result.redundant;
      run_epoch({next_, next_ + std::min(sampled - explored_, runs - result.runs)});
      // At least one: a walk that gets nowhere must end too.
      const std::uint64_t made =
          std::max<std::uint64_t>(1, result.runs + result.redundant - before);
      next_ += made;
      explored_ += made;
      if (racy_new_ == racy_) break;
      racy_ = racy_new_;
      exploring_.state.clear();
      result.exploration.reset();
      result.exhausted = false;
    }
    walk_ = &main_;
    may_explore_ = useful();
    if (!result.exploration.has_value()) return;
    const Exploration& exploration = *result.exploration;
    // The sampling goes on where the search has come to its end and yet proves nothing.
    result.exhausted = exploration.complete && useful() && is_proof(claim_of(grounds_of(result)));
    // Before the first execution that ends, there is no estimate: others wait in loops, cut short.
    const bool hopeless =
        exploration.fraction > 0 && static_cast<double>(explored_) / exploration.fraction >
                                        kOverBudget * static_cast<double>(runs);
    if (exploration.complete || hopeless) may_explore_ = false;
  }

  // What an exhaustive search picks may have one thread wait for ever in a loop that does not look
  // like one. Such a run is far longer than any that was sampled.
  std::uint64_t longest_explored() const {
    constexpr std::uint64_t kTimes = 64;
    constexpr std::uint64_t kAtLeast = 20'000;
    return kAtLeast + kTimes * steps_ / std::max<std::uint64_t>(1, outcome_.result.runs);
  }

  // One walk through all interleavings. It begins anew when it shows places that race and were not
  // scheduling points so far.
  void explore(std::uint64_t runs) {
    serial_ = true;
    while (next_ < runs && !over()) {
      run_epoch({next_, runs});
      next_ = outcome_.result.runs + outcome_.result.redundant;
      if (racy_new_ == racy_) break;
      racy_ = racy_new_;
      coverage_.begin(next_);
      main_.state.clear();
      outcome_.result.exploration.reset();
      outcome_.result.exhausted = false;
    }
    EngineResult& result = outcome_.result;
    // The last run that it may make may be the last that there is.
    result.exhausted |= result.exploration.has_value() && result.exploration->complete;
    outcome_.strategy_state = main_.state;
    outcome_.racy_pcs = racy_;
  }

  struct Slot {
    std::unique_ptr<WorkerProcess> worker;
    std::unique_ptr<WorkerProcess> other_worker;  // for runs apart, or for those that are not
    bool apart = false;                           // what `worker` is for
    std::optional<RunRange> range;                // what the job under way covers
    std::uint64_t seen_runs = 0;
    std::uint64_t seen_turns = 0;
    Clock::time_point moved;  // when seen_runs last changed
    bool stopped = false;     // told to stop
  };

  bool learns() const { return options_.job.engine == EngineKind::fuzz; }

  // Exhaustive searches are one walk; a second worker would repeat it.
  unsigned workers() const {
    const bool one_walk = exhaustive_ || (options_.job.engine == EngineKind::relacy &&
                                          options_.job.relacy_search != "random");
    return one_walk ? 1 : std::max(1U, options_.workers);
  }

  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  bool out_of_time() const {
    return (options_.seconds > 0 && seconds() >= options_.seconds) ||
           (options_.budget > 0 && seconds() >= options_.budget);
  }

  bool over() const {
    return outcome_.result.error.has_value() || outcome_.result.exhausted || interrupted() ||
           goes_on_apart_ || out_of_time() || outcome_.result.known_well;
  }

  bool interrupted() const { return events_.interrupted != nullptr && events_.interrupted->load(); }

  void run_epoch(RunRange range) {
    std::deque<RunRange> todo = split(range, serial_ ? 1 : workers());
    epoch_begin_ = range.begin;
    epoch_parts_ = todo.size();
    slots_.resize(workers());
    while (true) {
      bool busy = false;
      for (Slot& slot : slots_) {
        if (!slot.range.has_value() && !todo.empty() && !over()) {
          begin(slot, todo);
        }
        busy |= slot.range.has_value();
      }
      if (!busy && (todo.empty() || over())) return;
      wait(todo);
    }
  }

  // With a limit of time nobody knows how far apart the parts of an epoch should begin, and they
  // do very far. As if the workers had taken turns.
  std::uint64_t position(const RunRange& range, std::uint64_t run) const {
    return options_.seconds > 0 ? epoch_begin_ + (run - range.part) * epoch_parts_ : run;
  }

  void finish_coverage() {
    EngineResult& result = outcome_.result;
    if (options_.job.engine != EngineKind::fuzz || !coverage_.any()) return;
    const std::uint64_t runs = result.runs + result.redundant;
    const bool gaps = options_.seconds == 0 && workers() > 1 && runs != next_;
    result.coverage =
        coverage_.finish(gaps ? std::nullopt : std::optional(runs), options_.job, most_threads_);
  }

  void begin(Slot& slot, std::deque<RunRange>& todo) {
    if (slot.apart != apart_) std::swap(slot.worker, slot.other_worker);
    slot.apart = apart_;
    if (slot.worker == nullptr) {
      auto started = WorkerProcess::start(options_.worker);
      if (auto* error = std::get_if<StartError>(&started)) {
        outcome_.result.error = error->message;
        return;
      }
      slot.worker = std::move(std::get<std::unique_ptr<WorkerProcess>>(started));
      if (outcome_.modules.empty()) {
        outcome_.modules = slot.worker->modules();
        outcome_.result.instrumentation =
            find_instrumentation(outcome_.modules, options_.worker.library_dir + "/libheddle.so");
        // Thread calls alone make interleavings, and all would pass. Under stress: see finish().
        if (outcome_.result.instrumentation.none && options_.job.engine != EngineKind::stress) {
          outcome_.result.error = nothing_is_instrumented(options_.worker.program);
          return;
        }
      }
    }
    const RunRange range = todo.front();
    todo.pop_front();
    Job job = options_.job;
    job.first_run = range.begin;
    job.runs = range.end - range.begin;
    job.racy_pcs = racy_;
    job.stood_still = stood_still_;
    // An exhaustive search begins anew instead.
    job.learns_racy = serial_ && !exhaustive_ && walk_ == &main_;
    job.strategy = walk_->strategy;
    job.strategy_state = walk_->state;
    if (apart_) job.isolation = Isolation::process;
    if (walk_ == &exploring_) job.step_limit = std::min(job.step_limit, longest_explored());
    slot.range = range;
    slot.seen_runs = 0;
    slot.moved = Clock::now();
    slot.stopped = false;
    slot.worker->progress().stop = 0;
    // Counters of the job before would be counted again if the worker died before it reset them.
    slot.worker->progress().begin_job();
    slot.worker->send(job);
  }

  void wait(std::deque<RunRange>& todo) {
    std::vector<pollfd> descriptors;
    std::vector<Slot*> waiting;
    for (Slot& slot : slots_) {
      if (!slot.range.has_value()) continue;
      descriptors.push_back({.fd = slot.worker->descriptor(), .events = POLLIN, .revents = 0});
      waiting.push_back(&slot);
    }
    constexpr int kTickMs = 50;
    poll(descriptors.data(), descriptors.size(), kTickMs);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      Slot& slot = *waiting[i];
      if (descriptors[i].revents != 0) {
        handle_message(slot, todo);
      } else {
        watch(slot, todo);
      }
      if (slot.range.has_value() && !slot.stopped && over()) {
        slot.worker->progress().stop = 1;
        slot.stopped = true;
        // A run that does not end must not hold up the report.
        slot.moved = Clock::now();
      }
    }
    // With a limit of time the search ends in any case, whatever a later token would say.
    goes_on_apart_ |= options_.seconds > 0 && options_.job.isolation == Isolation::automatic &&
                      confirmation_.any_absent(found_);
    outcome_.result.known_well |= knows_enough();
    tell_interim();
    report_progress();
  }

  // With a limit of time that is the user's to decide.
  bool knows_enough() const {
    if (options_.seconds > 0 || exhaustive_) return false;
    const EngineResult now = counted_now();
    return is_known_well(now.rate(), seconds()) ||
           never_ends(now.engine, now.gave_up, now.runs - now.gave_up, seconds());
  }

  // With the runs of jobs under way.
  EngineResult counted_now() const {
    EngineResult now;
    now.engine = options_.job.engine;
    now.runs = outcome_.result.runs;
    now.failed = outcome_.result.failed;
    now.explored = outcome_.result.explored;
    now.explored_failed = outcome_.result.explored_failed;
    now.gave_up = outcome_.result.gave_up;
    for (const Slot& slot : slots_) {
      if (!slot.range.has_value()) continue;
      const SharedProgress& progress = slot.worker->progress();
      if (is_plausible(progress, *slot.range)) add_counts(progress, false, now);
    }
    return now;
  }

  void tell_interim() {
    constexpr double kEvery = 1;  // seconds
    if (!events_.interim || !has_news_ || seconds() < told_at_ + kEvery) return;
    has_news_ = false;
    told_at_ = seconds();
    events_.interim(interim_result(outcome_.result, found_), outcome_.modules);
  }

  void handle_message(Slot& slot, std::deque<RunRange>& todo) {
    auto message = slot.worker->receive();
    if (!message.has_value()) {
      lost(slot, todo, std::nullopt);
    } else if (auto* described = std::get_if<Described>(&*message)) {
      describe(*described);
    } else if (auto* sampled = std::get_if<Sampled>(&*message)) {
      confirmation_.sample(std::move(*sampled));
    } else if (auto* reached = std::get_if<LimitReached>(&*message)) {
      note_limit(*reached);
    } else if (!is_plausible(slot.worker->progress(), *slot.range)) {
      slot.worker->kill();
      lost(slot, todo, Failed{});
    } else if (auto* done = std::get_if<JobDone>(&*message)) {
      collect(slot);
      outcome_.result.exhausted |= done->exhausted;
      outcome_.result.features |= done->features;
      if (done->exploration.has_value()) outcome_.result.exploration = done->exploration;
      if (serial_) walk_->state = std::move(done->strategy_state);
      if (done->error.has_value()) outcome_.result.error = done->error;
      if (!done->left_behind.empty()) note_own_processes(*done);
      auto& divergence = outcome_.result.divergence;
      // Of several workers' the one of the lowest run, whichever came first.
      if (done->divergence.has_value() &&
          (!divergence.has_value() || done->divergence->run < divergence->run)) {
        divergence = done->divergence;
      }
      slot.range.reset();
    } else if (std::holds_alternative<Lost>(*message)) {
      // Counted by the worker; what is left of its range goes to another.
      const std::uint64_t next = run_within(slot.worker->progress(), *slot.range) + 1;
      collect(slot);
      give_back(slot, todo, next);
    }
  }

  void note_own_processes(const JobDone& done) {
    auto& own = outcome_.result.own_processes;
    if (!own.has_value()) own = OwnProcesses{.left_behind = done.left_behind};
    own->runs += done.own_processes;
    own->seconds += static_cast<double>(done.own_process_ns) * 1e-9;
  }

  // Of several workers' the one of the lowest run, whichever came first.
  void note_limit(LimitReached& reached) {
    // That of a walk beside the sampling is none of the user's: see collect().
    if (walk_ == &exploring_) return;
    auto& limit = outcome_.result.limit;
    if (limit.has_value() && limit_run_ <= reached.run) return;
    limit = std::move(reached.limit);
    limit_run_ = reached.run;
    outcome_.limit_beginning = std::move(reached.beginning);
  }

  void give_back(Slot& slot, std::deque<RunRange>& todo, std::uint64_t next) {
    slot.worker.reset();
    // The lost worker's later runs would have known.
    if (serial_ && !exhaustive_ && walk_ == &main_) racy_ = racy_new_;
    if (next < slot.range->end) todo.push_front({next, slot.range->end, slot.range->part});
    slot.range.reset();
  }

  // A worker that is stuck where Heddle cannot see: in code without instrumentation, or for good.
  void watch(Slot& slot, std::deque<RunRange>& todo) {
    const SharedProgress& progress = slot.worker->progress();
    const std::uint64_t runs = progress.runs_done + progress.runs_redundant;
    // A long run on a slow machine is no endless loop as long as threads take turns in it. Who was
    // told to stop must end, though.
    const std::uint64_t turns = slot.stopped ? 0 : progress.deviations_used.load();
    if (runs != slot.seen_runs || turns != slot.seen_turns) {
      slot.seen_runs = runs;
      slot.seen_turns = turns;
      slot.moved = Clock::now();
      return;
    }
    // What has taken no step for so long is waited for less the next time: at 20 s for each of such
    // runs a search would end at none.
    const std::uint64_t once_ms = hangs_ == 0 ? options_.lost_ms : options_.lost_ms / kLostPart;
    std::uint64_t patience_ms = slot.stopped ? 1'000 : once_ms;
    if (!slot.stopped && has_real_threads(options_.job.engine)) {
      // These engines know a hang from a long run, and end both.
      patience_ms += kRealThreadsPatience * std::uint64_t{options_.job.hang_ms};
    }
    const bool suspended = slot.worker->is_suspended();
    if (!suspended && Clock::now() - slot.moved < std::chrono::milliseconds(patience_ms)) return;
    slot.worker->kill();
    if (slot.stopped) {
      // Asked to stop, and the run under way did not: it says nothing about the program.
      collect(slot);
      slot.worker.reset();
      slot.range.reset();
      return;
    }
    if (!suspended) ++hangs_;
    lost(slot, todo, suspended ? suspended_by_signal() : no_step_for(options_.lost_ms));
  }

  // The worker died in a run without a word of its own: the run is charged with it.
  void lost(Slot& slot, std::deque<RunRange>& todo, std::optional<Failed> failure) {
    SharedProgress& progress = slot.worker->progress();
    const std::string end = slot.worker->how_it_ended();
    if (!is_plausible(progress, *slot.range)) {
      charge_first(progress, *slot.range);
      failure = wrote_over_heddle(failure.has_value() ? std::string() : end);
    }
    // Runs do not kill workers between runs, and one that kills its own process does so again,
    // where it does not say so.
    const std::uint64_t next =
        progress.in_run == 0 ? slot.range->begin + progress.runs_done + progress.runs_redundant
                             : run_within(progress, *slot.range);
    const bool is_new = !killed_in_.has_value() || *killed_in_ != next;
    if (auto outcome = slot.worker->out_of_memory()) {
      // Of what the worker had, earlier runs may have left most: this one is made again by another.
      if (is_new && (progress.in_run == 0 || progress.first_of_process == 0)) {
        killed_in_ = next;
        collect(slot);
        give_back(slot, todo, next);
        return;
      }
      if (auto* limit = std::get_if<GaveUp>(&*outcome)) {
        lost_to_limit(slot, todo, std::move(*limit));
        return;
      }
      failure = std::get<Failed>(*std::move(outcome));
    }
    any_lost_ = true;
    const bool was_killed = slot.worker->was_killed() && progress.kills_itself == 0;
    if (!failure.has_value() && is_new && (progress.in_run == 0 || was_killed)) {
      killed_in_ = next;
      ++outcome_.result.lost_workers;
      collect(slot);
      give_back(slot, todo, next);
      return;
    }
    if (progress.in_run == 0) {
      outcome_.result.error = "the worker " + end + " between runs";
      collect(slot);
      slot.worker.reset();
      slot.range.reset();
      return;
    }
    if (!failure.has_value()) {
      failure = Failed{.kind = FailureKind::signal, .message = "the process " + end, .places = {}};
    }
    const std::uint64_t run = run_within(progress, *slot.range);
    // One that is made again is the first that its worker makes.
    const bool first = progress.first_of_process != 0 || !is_new;
    Described described = described_for(*failure, run, progress);
    collect(slot);
    describe(described);
    Found& found = found_[described.key];
    found.first_run = found.count == 0 ? run : std::min(found.first_run, run);
    ++found.count;
    const ProcessRuns one = first ? ProcessRuns{.first = 1} : ProcessRuns{.later = 1};
    confirmation_.first_runs().add_runs(one);
    confirmation_.first_runs().add_failures(described.key, one);
    add_failed_run(run, walk_ == &exploring_, outcome_.result);
    give_back(slot, todo, run + 1);
  }

  // The worker was ended in a run, and that is none of the program's doing.
  void lost_to_limit(Slot& slot, std::deque<RunRange>& todo, GaveUp limit) {
    const std::uint64_t run = run_within(slot.worker->progress(), *slot.range);
    LimitReached reached{.run = run, .limit = std::move(limit), .beginning = {}};
    note_limit(reached);
    any_lost_ = true;
    collect(slot);
    if (walk_ != &exploring_) {
      ++outcome_.result.runs;
      ++outcome_.result.gave_up;
    }
    explored_to_limit_ |= walk_ == &exploring_;
    give_back(slot, todo, run + 1);
  }

  void describe(Described& described) {
    stood_still_ |= described.failure.kind == FailureKind::hang;
    Found& found = found_[described.key];
    // Of several workers' descriptions the one of the lowest run stays, whichever came first.
    if (found.described && found.first_run <= described.run) return;
    const bool is_new = !found.described;
    found.take(described, options_.job.engine);
    has_news_ |= is_new;
    // With a limit of time nobody can wait for the end of the epoch.
    if (options_.seconds > 0) confirmation_.begin(described.key, found);
    if (is_new && events_.found && confirmation_.confirm(described.key, found)) {
      events_.found(found.failure);
    }
  }

  void collect(Slot& slot) {
    const SharedProgress& progress = slot.worker->progress();
    const bool explores = walk_ == &exploring_;
    add_counts(progress, explores, outcome_.result);
    explored_to_limit_ |= explores && progress.runs_gave_up != 0;
    const RunRange& range = *slot.range;
    // An exhaustive strategy is asked where there is nothing to decide too.
    coverage_.add(progress, !explores, [&](std::uint64_t run) { return position(range, run); });
    steps_ += progress.steps;
    most_threads_ = std::max<std::uint32_t>(most_threads_, progress.most_threads);
    add_failures(progress, found_, confirmation_.first_runs());
    add_racy(progress, racy_new_);
  }

  void report_progress() {
    if (!events_.progress) return;
    const EngineResult now = counted_now();
    events_.progress(now.runs, now.failed, seconds());
  }

  void finish() {
    EngineResult& result = outcome_.result;
    result.seconds = seconds();
    result.out_of_budget = options_.budget > 0 && result.seconds >= options_.budget &&
                           !result.exhausted && result.runs < options_.runs;
    slots_.clear();
    finish_coverage();
    confirmation_.settle(std::move(found_), result);
    if (!any_lost_) {
      find_silent_pass(result, {.steps = steps_, .most_threads = most_threads_},
                       options_.worker.program);
    }
    result.claim = claim_of(grounds_of(result));
    outcome_.earlier = earlier_with(result);
  }

  SearchOptions options_;
  const SearchEvents& events_;
  SearchOutcome outcome_;
  Clock::time_point begin_;
  std::vector<Slot> slots_;
  FoundFailures found_;
  Confirmation confirmation_;
  bool goes_on_apart_ = false;
  bool apart_ = false;  // the runs under way have a process each, though not all do
  bool exhaustive_ = false;
  bool may_explore_ = false;  // auto; until it is of no use
  std::uint64_t serial_runs_ = kSerialRuns;
  bool explored_to_limit_ = false;
  Walk main_;
  Walk exploring_;  // of auto
  Walk* walk_ = &main_;
  bool serial_ = false;            // the epoch under way: by one worker
  std::uint64_t next_ = 0;         // number of the next run
  std::uint64_t explored_ = 0;     // runs of auto's exhaustive search, redundant ones too
  std::vector<Address> racy_;      // in force; ascending
  std::vector<Address> racy_new_;  // with what the epoch under way has shown; ascending
  std::uint64_t limit_run_ = 0;    // of EngineResult::limit
  std::vector<Address> racy_old_;  // in force in the epoch before
  CoverageCount coverage_;
  std::uint64_t hangs_ = 0;                 // runs that were ended for taking no step
  std::optional<std::uint64_t> killed_in_;  // the run in which a worker was killed last
  bool has_news_ = false;                   // for SearchEvents::interim
  double told_at_ = 0;                      // seconds()
  std::uint64_t epoch_begin_ = 0;
  std::size_t epoch_parts_ = 1;
  bool stood_still_ = false;  // see Job
  std::uint64_t steps_ = 0;
  std::uint32_t most_threads_ = 0;
  bool any_lost_ = false;  // a run's worker: what the run did is not known
};

}  // namespace

SearchOutcome search(const SearchOptions& asked, const SearchEvents& events) {
  SearchOptions options = asked;
  options.worker.tsan = options.job.engine == EngineKind::tsan;
  Search together(options, events);
  SearchOutcome outcome = together.run();
  if (!together.goes_on_apart()) return outcome;
  SearchOptions options_apart = options;
  options_apart.job.isolation = Isolation::process;
  // What is left of the time; and with none left, what there is has to do.
  options_apart.seconds = std::max(0.0, options.seconds - outcome.result.seconds);
  if (options.seconds > 0 && options_apart.seconds == 0) return outcome;
  options_apart.budget = std::max(0.0, options.budget - outcome.result.seconds);
  if (options.budget > 0 && options_apart.budget == 0) return outcome;
  SearchOutcome apart = Search(options_apart, events).run();
  if (apart.result.runs == 0 && !apart.result.error.has_value()) return outcome;
  take_over(apart.result, std::move(outcome.result));
  return apart;
}

}  // namespace heddle
