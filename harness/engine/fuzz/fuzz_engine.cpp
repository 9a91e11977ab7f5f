#include "harness/engine/fuzz/fuzz_engine.h"

#include <memory>
#include <utility>
#include <variant>

#include "fuzz/strategy/replay.h"
#include "fuzz/strategy/strategy.h"
#include "harness/engine/fuzz/late_wake.h"
#include "harness/engine/fuzz/memory/memory.h"
#include "harness/engine/fuzz/objects/objects.h"
#include "harness/engine/fuzz/run/decision_recorder.h"
#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/fuzz/tables.h"
#include "harness/engine/fuzz/verdict/leak_report.h"
#include "harness/engine/fuzz/verdict/standstill.h"
#include "harness/engine/fuzz/world/world.h"
#include "harness/hooks/allocation_place.h"
#include "harness/hooks/program_heap.h"

namespace heddle {
namespace {

// The rooms, each told what those above it want to know.
void open_rooms(RunHost& host) {
  g_memory.open();
  g_objects.open();
  g_run.open(host, run_main);
  Upward& upward = g_run->upward();
  upward.begin.push_back([](std::uint64_t base) { g_memory->begin_run(base); });
  upward.begin.push_back([](std::uint64_t) { g_objects->begin_run(); });
  upward.begin.push_back([](std::uint64_t) { begin_allocations(); });
  upward.standstill = fail_at_standstill;
  upward.left_waiting = Objects::tell_waiting;
  upward.last_end = end_with_last_thread;
  upward.good_end = [](bool main_returned) {
    if (g_run->job().leaks) report_leaks(main_returned);
  };
  g_memory->on_locations_die(
      [](Address begin, std::size_t size, Address pc) { g_objects->die(begin, size, pc); });
  g_memory->on_dies([](Address begin, std::size_t, Address) {
    if (g_run->job().leaks) [[unlikely]]
      note_free(begin);
  });
}

void note_block(Address begin) {
  // What Heddle takes on the program's behalf is nobody's object.
  if (!t_program_code || begin == 0) return;
  if (g_run->job().leaks) note_allocation(begin);
  g_run->note_block(begin, begin + program_heap::size_of(reinterpret_cast<const void*>(begin)));
}

class FuzzEngine final : public Engine {
 public:
  void prepare(RunHost& host) override {
    allocation_place::learn();
    if (!open_) open_rooms(host);
    open_ = true;
  }

  void expect(const Job& /*like*/, std::uint32_t threads) override { g_run->expect(threads); }

  bool execute(const Job& job, RunHost& host) override {
    std::unique_ptr<Strategy> strategy;
    if (job.replay) {
      strategy = std::make_unique<Replay>(job.schedule);
      if (job.most_decisions != 0) {
        strategy = std::make_unique<DecisionRecorder>(std::move(strategy), job);
      }
    } else {
      auto made = make_strategy(job.strategy, job.seed);
      if (const auto* error = std::get_if<StrategyError>(&made)) {
        RunResult result;
        result.outcome = HarnessError{error->message};
        host.end_run(result);
        return true;
      }
      strategy = std::move(std::get<std::unique_ptr<Strategy>>(made));
    }
    prepare(host);
    program_heap::g_on_reuse = [](Address begin, std::size_t size) {
      g_memory->forget(begin, size);
    };
    program_heap::g_on_allocate = nullptr;
    if (job.leaks || job.record_trace) program_heap::g_on_allocate = note_block;
    if (!strategy->set_state(job.strategy_state)) {
      RunResult result;
      result.outcome = HarnessError{"the state of the search is not one of strategy '" +
                                    job.strategy + "'; begin without it"};
      host.end_run(result);
      return true;
    }
    const DeadlineRule rule(job, *strategy);
    const SignalGuard signals;
    g_memory->begin_job(job);
    g_run->begin_job(job, *strategy, engine_tables(job.replay));
    for (std::uint64_t run = job.first_run; run < job.first_run + job.runs; ++run) {
      std::string known_state = run < kComparedRuns ? strategy->state() : std::string();
      const Deadlines deadlines = rule.of(run);
      g_run->follow(*strategy, deadlines);
      if (!strategy->begin_run(run)) {
        keep(*strategy, host);
        return false;
      }
      host.begin_run(run);
      host.restore();
      if (!job.replay && !job.last_of_process && run < kComparedRuns) {
        if (!compare(*strategy, run, host)) {
          // Not to be executed in this process: another makes the run.
          host.keep_strategy(std::move(known_state), strategy->exploration());
          return true;
        }
        strategy->begin_run(run);
        host.restore();
      }
      const std::size_t known = g_run->known().size();
      const bool keeps_steps = job.replay ? job.record_steps : is_sampled(run);
      steps_.clear();
      if (keeps_steps) g_run->keep_steps(&steps_);
      const RunResult* told = &g_run->execute(run);
      if (g_memory->was_blurred() && host.put_back()) {
        g_memory->be_exact();
        g_run->known().resize(known);
        strategy->begin_run(run);
        host.restore();
        steps_.clear();
        g_run->execute(run);
      }
      g_run->keep_steps(nullptr);
      if (keeps_steps) host.report_sample(*told, steps_);
      const RunEnd end{
          .decisions = told->decisions,
          .cut = told->cut || g_run->lost_follower(),
          .stopped = told->stopped && !g_run->lost_follower(),
          .limit = std::holds_alternative<GaveUp>(told->outcome) || g_run->lost_follower(),
          .given_up = told->redundant};
      const bool learned = g_memory->has_learned();
      if (!job.replay && !job.last_of_process) {
        // A failure that is reported should come again by its token.
        const bool is_new = std::holds_alternative<Failed>(told->outcome) || !told->reports.empty();
        const bool asks_why = fails_by_overtaking(*told);
        if (is_new || asks_why) [[unlikely]] {
          kept_ = *told;
          told = &kept_;
        }
        if (is_new && run >= kComparedRuns) compare(*strategy, run, host);
        if (asks_why) {
          if (auto late = with_late_wake(kept_, known, host)) kept_ = std::move(*late);
          g_run->follow(*strategy, deadlines);
        }
      }
      // Nobody is told what it has shown: the next run that shows it describes it.
      if (told->redundant) g_run->known().resize(known);
      strategy->end_run(end);
      if (job.learns_racy) g_memory->keep_learned();
      if (!host.end_run(*told)) break;
      // The search is over programs in which all places that race are scheduling points.
      if (learned && strategy->follows() && strategy->exploration().has_value()) {
        host.begin_anew();
        return true;
      }
    }
    keep(*strategy, host);
    return true;
  }

 private:
  static void keep(const Strategy& strategy, RunHost& host) {
    // The state has what was forecast last.
    const auto forecast = strategy.forecast();
    host.keep_strategy(strategy.state(), forecast);
  }

  // Of each search: most programs that cannot be repeated show it at once.
  static constexpr std::uint64_t kComparedRuns = 2;

  // Returns false if the run has left behind what is not put back: it cannot be had twice here.
  bool compare(Strategy& strategy, std::uint64_t run, RunHost& host) {
    bool fit = true;
    const auto begin = [&] {
      fit = host.put_back();
      if (!fit) return false;
      strategy.begin_run(run);
      host.restore();
      return true;
    };
    const auto divergence = g_run->compare(run, begin);
    if (divergence.has_value()) host.report_divergence(*divergence);
    return fit;
  }

  bool open_ = false;  // the rooms: once in a process
  StepLog steps_;      // of the run, where they are kept
  RunResult kept_;     // of the run, if others are executed before it is told
};

}  // namespace

std::unique_ptr<Engine> make_fuzz_engine() {
  return std::make_unique<FuzzEngine>();
}

}  // namespace heddle
