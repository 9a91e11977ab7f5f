#include "harness/engine/relacy/relacy_engine.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/relacy_search.h"
#include "harness/engine/relacy/relacy_runner.h"
#include "harness/engine/relacy/run/fault_guard.h"
#include "harness/engine/relacy/run/fibers.h"
#include "harness/engine/relacy/run/known_failures.h"
#include "harness/engine/relacy/run/relacy_state.h"
#include "harness/engine/relacy/run/run_order.h"
#include "harness/hooks/allocation_place.h"
#include "harness/hooks/stack_bounds.h"
#include "harness/hooks/thread_number.h"
#include "harness/model/outcome.h"

namespace heddle::relacy {
namespace {

class RelacyEngine final : public Engine {
 public:
  void expect(const Job& like, std::uint32_t threads) override;
  bool execute(const Job& job, RunHost& host) override;

 private:
  // A runner for the search with room for this many threads. Null: no memory or no threads.
  Runner* runner(const RelacySearch& search, int threads);
  // Executes the run, with more threads if need be. False: not even kManyThreads were enough.
  bool run(const Job& job, std::uint64_t number, RunHost& host, RunResult& result);
  bool report_error(const Job& job, RunHost& host, std::string message);

  std::unique_ptr<Fibers> fibers_;
  std::unique_ptr<Runner> runner_;
  RelacySearch search_;
  int threads_ = 0;
  int wanted_threads_ = kFewThreads;
  RandomRun random_;
  KnownFailures known_;
  // A search by depth goes on where it was: what the next run's number is.
  std::uint64_t next_run_ = 0;
  bool exhausted_ = false;
};

std::optional<StackBounds> find_stack(pthread_t handle) {
  for (std::size_t i = 0; i < g_fibers->base.size(); ++i) {
    if (g_fibers->base[i] == 0 || TlsLender::handle(g_fibers->base[i]) != handle) continue;
    const std::size_t size = g_fibers->size[i];
    return StackBounds{.begin = reinterpret_cast<Address>(g_fibers->top[i]) - size, .size = size};
  }
  return std::nullopt;
}

Runner* RelacyEngine::runner(const RelacySearch& search, int threads) {
  if (runner_ != nullptr && search == search_ && threads == threads_) return runner_.get();
  runner_.reset();
  if (fibers_ == nullptr) {
    fibers_ = std::make_unique<Fibers>();
    g_fibers = fibers_.get();
    g_find_stack = find_stack;
    g_thread_number = [] {
      return g_fibers->lender.number(static_cast<ThreadId>(std::max(g_fibers->current, 0)));
    };
  }
  if (!fibers_->prepare(threads)) return nullptr;
  search_ = search;
  threads_ = threads;
  runner_ = make_runner(search, threads);
  next_run_ = 0;
  exhausted_ = false;
  return runner_.get();
}

void RelacyEngine::expect(const Job& like, std::uint32_t threads) {
  const bool few = !like.last_of_process && threads <= std::uint32_t{kFewThreads};
  if (!few) wanted_threads_ = kManyThreads;
  const auto search = parse_relacy_search(like.relacy_search);
  if (search.has_value()) runner(*search, wanted_threads_);
}

bool RelacyEngine::report_error(const Job& job, RunHost& host, std::string message) {
  RunResult result;
  result.run = job.first_run;
  result.outcome = HarnessError{std::move(message)};
  host.begin_run(job.first_run);
  host.end_run(result);
  return true;
}

bool RelacyEngine::run(const Job& job, std::uint64_t number, RunHost& host, RunResult& result) {
  const RunOrder order{.random = random_,
                       .step_limit = job.step_limit,
                       .record = job.record_trace,
                       .host = &host,
                       .known = job.replay ? nullptr : &known_};
  while (true) {
    host.restore();
    host.begin_run(number);
    if (runner_->execute(order, host.program(), result)) return true;
    if (threads_ == kManyThreads) {
      result.outcome = GaveUp{"the run made more than " + std::to_string(kManyThreads - 1) +
                              " threads, which is what the relacy engine can follow"};
      return true;
    }
    // The choices so far are the same whatever the number of threads that there could be. A replay
    // has more to come.
    const auto state = parse_relacy_state(job.replay ? job.relacy_state : std::string());
    const auto* const tree = state.has_value() ? std::get_if<TreeRun>(&*state) : nullptr;
    const std::vector<std::uint8_t> path = tree == nullptr ? runner_->path() : tree->path;
    const std::uint64_t next_run = next_run_;
    wanted_threads_ = kManyThreads;
    if (runner(search_, kManyThreads) == nullptr) return false;
    runner_->set_path(path);
    next_run_ = next_run;
  }
}

bool RelacyEngine::execute(const Job& job, RunHost& host) {
  allocation_place::learn();
  std::optional<RelacyState> state;
  auto search = parse_relacy_search(job.relacy_search);
  if (job.replay) {
    state = parse_relacy_state(job.relacy_state);
    if (!state) return report_error(job, host, "not a state of Relacy: " + job.relacy_state);
    const auto* tree = std::get_if<TreeRun>(&*state);
    search = tree == nullptr ? RelacySearch{} : RelacySearch{.random = false, .bound = tree->bound};
  }
  if (!search) {
    return report_error(job, host,
                        "no search of Relacy: " + job.relacy_search +
                            " (there are random, full and bound:N with N up to 1000)");
  }
  constexpr const char* kNoMemory = "the system has no memory or no threads for Relacy's fibers";
  try {
    // A run that turns out to have more would have to be executed again.
    if (job.last_of_process) wanted_threads_ = kManyThreads;
    if (runner(*search, wanted_threads_) == nullptr) return report_error(job, host, kNoMemory);

    const bool by_depth = !search->random;
    if (by_depth && job.last_of_process && !job.replay && !job.strategy_state.empty()) {
      const auto at = parse_relacy_state(job.strategy_state);
      const auto* tree = at.has_value() ? std::get_if<TreeRun>(&*at) : nullptr;
      if (tree == nullptr) return report_error(job, host, "not a state of Relacy");
      runner_->set_path(tree->path);
      next_run_ = job.first_run;
    } else if (by_depth && job.last_of_process && !job.replay) {
      next_run_ = job.first_run;
    } else if (by_depth && (job.replay || job.first_run != next_run_)) {
      next_run_ = 0;
      exhausted_ = false;
      runner_->set_path(job.replay ? std::get<TreeRun>(*state).path : std::vector<std::uint8_t>{});
    }
    known_.clear();
    const FaultGuard guard;
    RunResult result;
    const std::uint64_t runs = job.replay ? 1 : job.runs;
    const std::uint64_t end = job.first_run + runs;
    // A search by depth finds a run by executing those before it.
    for (std::uint64_t number = by_depth && !job.replay ? next_run_ : job.first_run; number < end;
         ++number) {
      if (exhausted_) return false;
      random_ = job.replay && state && std::holds_alternative<RandomRun>(*state)
                    ? std::get<RandomRun>(*state)
                    : RandomRun{job.seed, number};
      if (!run(job, number, host, result)) return report_error(job, host, kNoMemory);
      result.run = number;
      result.relacy_state.clear();
      if (job.replay) {
        result.relacy_state = job.relacy_state;
      } else if (std::holds_alternative<Failed>(result.outcome) || !result.reports.empty() ||
                 is_sampled(number)) {
        // Of a failure that was reported before nobody asks for it.
        result.relacy_state =
            by_depth ? to_text(TreeRun{search->bound, runner_->path()}) : to_text(random_);
      }
      const bool sampled = !job.replay && number >= job.first_run && is_sampled(number);
      if (sampled) host.report_sample(result, {});
      if (by_depth) {
        exhausted_ = !runner_->advance();
        next_run_ = number + 1;
      }
      if (number >= job.first_run && !host.end_run(result)) break;
    }
    if (by_depth && !job.replay) {
      host.keep_strategy(to_text(TreeRun{search->bound, runner_->path()}), std::nullopt);
    }
    if (job.replay) next_run_ = 0;
    return !(by_depth && !job.replay && exhausted_);
  } catch (const std::bad_alloc&) {
    return report_error(job, host, kNoMemory);
  }
}

}  // namespace
}  // namespace heddle::relacy

namespace heddle {

std::unique_ptr<Engine> make_relacy_engine() {
  return std::make_unique<relacy::RelacyEngine>();
}

}  // namespace heddle
