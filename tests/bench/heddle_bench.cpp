// Heddle and what a person would use instead, side by side: speed, how often a bug shows, how soon
// it is found, memory. Prints medians and ratios; what they should be is for the reader to say,
// since no figure of one machine is a bound on another.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "fuzz/delay/delay_plan.h"
#include "harness/cli/case_list.h"
#include "harness/model/rate.h"
#include "harness/search/engine_search.h"
#include "tests/bench/case_program.h"
#include "tests/bench/exhaustive.h"
#include "tests/bench/forecast.h"
#include "tests/bench/literature.h"
#include "tests/bench/plain_loop.h"
#include "tests/bench/reports.h"

namespace heddle::bench {
namespace {

const std::vector<std::string> kParts = {"speed",    "stress",     "first",  "exhaustive",
                                         "forecast", "literature", "memory", "reports"};

struct BenchOptions {
  std::vector<std::string> parts = kParts;
  unsigned rounds = 5;
  std::uint64_t runs = 500'000;
  std::uint64_t plain_runs = 5'000;
  std::uint64_t stress_runs = 20'000;
  std::uint64_t tsan_runs = 500;
  std::uint64_t seeds = 100;
  std::uint64_t memory_runs = 10'000'000;
  bool small = false;
  LiteratureOptions literature;
  ReportOptions reports;
};

// Anything that makes the figures mean something else than they say.
struct BenchError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::string load_average() {
  double load[1] = {0};
  return getloadavg(load, 1) == 1 ? fmt::format("{:.2f}", load[0]) : "unknown";
}

SearchOptions options_for_program(const std::string& path, EngineKind engine, std::uint64_t runs) {
  SearchOptions options;
  options.worker.program = path;
  options.worker.library_dir = default_library_dir();
  options.job.engine = engine;
  // auto ends where nothing is left to try, and these figures are of so many runs.
  options.job.strategy = "random";
  options.runs = runs;
  options.workers = 1;
  return options;
}

SearchOptions options_for(const std::string& name, EngineKind engine, std::uint64_t runs) {
  return options_for_program(case_program(name), engine, runs);
}

EngineResult run_search(const SearchOptions& options, const SearchEvents& events = {}) {
  EngineResult result = search(options, events).result;
  if (result.error.has_value()) throw BenchError(*result.error);
  if (result.runs != options.runs) {
    throw BenchError(fmt::format("{} runs of {} were made", result.runs, options.runs));
  }
  return result;
}

// ---- speed
// ----------------------------------------------------------------------------------------

struct Measured {
  double runs_per_second = 0;
  double failed_share = 0;
};

struct Contestant {
  std::string name;
  std::function<Measured()> measure;
};

Measured measure_plain(std::uint64_t (*loop)(std::uint64_t), std::uint64_t runs) {
  const auto begin = std::chrono::steady_clock::now();
  const std::uint64_t lost = loop(runs);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const auto count = static_cast<double>(runs);
  return {.runs_per_second = count / seconds.count(),
          .failed_share = static_cast<double>(lost) / count};
}

Measured measure_by_hand(const std::string& test, std::uint64_t runs) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command =
      fmt::format("'{}' {} {}", (self.parent_path() / "heddle_bench_relacy").string(), test, runs);
  FILE* output = popen(command.c_str(), "re");
  if (output == nullptr) throw BenchError("cannot start " + command);
  unsigned long long made = 0;
  unsigned long long races = 0;
  unsigned long long lost = 0;
  double seconds = 0;
  const int fields = fscanf(output, "%llu %lf %llu %llu", &made, &seconds, &races, &lost);
  if (pclose(output) != 0 || fields != 4 || made != runs) throw BenchError(command + " failed");
  const auto count = static_cast<double>(made);
  return {.runs_per_second = count / seconds,
          .failed_share = static_cast<double>(std::max(races, lost)) / count};
}

Measured measure_search(const std::string& name, EngineKind engine, std::uint64_t runs) {
  const EngineResult result = run_search(options_for(name, engine, runs));
  return {.runs_per_second = static_cast<double>(result.runs) / result.seconds,
          .failed_share = fraction(result.rate())};
}

void compare_speed(const BenchOptions& options, const std::string& name,
                   std::uint64_t (*plain)(std::uint64_t), const std::vector<std::string>& tests) {
  std::vector<Contestant> contestants;
  contestants.push_back(
      {"plain loop", [&options, plain] { return measure_plain(plain, options.plain_runs); }});
  for (const std::string& test : tests) {
    contestants.push_back({"by hand, " + test, [&options, name, test] {
                             return measure_by_hand(name + "." + test, options.runs);
                           }});
  }
  const auto heddle = [&](const char* label, EngineKind engine) {
    contestants.push_back(
        {label, [&options, name, engine] { return measure_search(name, engine, options.runs); }});
  };
  heddle("heddle fuzz", EngineKind::fuzz);
  heddle("heddle relacy", EngineKind::relacy);

  // Round by round and not one after the other, so that a machine that gets slower does so for all.
  std::vector<std::vector<double>> speeds(contestants.size());
  std::vector<double> failed(contestants.size());
  for (unsigned round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      const Measured measured = contestants[i].measure();
      speeds[i].push_back(measured.runs_per_second);
      failed[i] = measured.failed_share;
    }
  }

  fmt::print("\n{}\n  {:<28} {:>12} {:>12} {:>12} {:>9}\n", name, "", "runs/s", "slowest",
             "fastest", "failed");
  std::map<std::string, double> medians;
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    const auto [slowest, fastest] = std::minmax_element(speeds[i].begin(), speeds[i].end());
    medians[contestants[i].name] = median(speeds[i]);
    fmt::print("  {:<28} {:>12.0f} {:>12.0f} {:>12.0f} {:>8.2f}%\n", contestants[i].name,
               median(speeds[i]), *slowest, *fastest, 100 * failed[i]);
  }
  // The median of the rounds' own ratios: what disturbed one round disturbed both its parts.
  const auto ratio = [&](std::size_t above, std::size_t below) {
    std::vector<double> ratios;
    for (unsigned round = 0; round < options.rounds; ++round) {
      ratios.push_back(speeds[above][round] / speeds[below][round]);
    }
    fmt::print("  {:<44} {:>8.2f}\n", contestants[above].name + " / " + contestants[below].name,
               median(ratios));
  };
  const std::size_t fuzz = contestants.size() - 2;
  const std::size_t relacy = contestants.size() - 1;
  ratio(fuzz, 0);
  for (std::size_t i = 1; i < fuzz; ++i) ratio(fuzz, i);
  for (std::size_t i = 1; i < fuzz; ++i) ratio(relacy, i);
}

// Each access races, so each may be a scheduling point.
void show_racing_loop(const BenchOptions& options) {
  constexpr double kAccesses = 100'000;
  const std::uint64_t runs = std::max<std::uint64_t>(1, options.runs / 1'000);
  std::vector<double> speeds;
  for (unsigned round = 0; round < options.rounds; ++round) {
    const EngineResult result =
        run_search(options_for_program(HEDDLE_BENCH_RACING_LOOP, EngineKind::fuzz, runs));
    speeds.push_back(static_cast<double>(result.runs) / result.seconds);
  }
  const auto [slowest, fastest] = std::minmax_element(speeds.begin(), speeds.end());
  fmt::print("\nracing_loop, {:.0f} accesses a run, {} runs a round\n", kAccesses, runs);
  fmt::print("  {:<28} {:>12} {:>12} {:>12} {:>9}\n", "", "runs/s", "slowest", "fastest",
             "ns/access");
  fmt::print("  {:<28} {:>12.0f} {:>12.0f} {:>12.0f} {:>9.1f}\n", "heddle fuzz", median(speeds),
             *slowest, *fastest, 1e9 / (median(speeds) * kAccesses));
}

void compare_speed(const BenchOptions& options) {
  fmt::print(
      "== speed: median of {} rounds, interleaved; {} runs a round, plain loop {}\n"
      "   plain loop: two std::thread a run, no instrumentation, -O1\n"
      "   by hand: a test written for Relacy, -O2, random scheduler. static: two threads that are\n"
      "     there; dynamic: started and joined by a third, as the program does; atomic: relaxed\n"
      "     load and store instead of a plain int. A failure is counted and the run goes on.\n"
      "   heddle: the unmodified program, one worker, its start included; fuzz with race "
      "detection\n",
      options.rounds, options.runs, options.plain_runs);
  compare_speed(options, "unlocked_counter", plain_unlocked_counter,
                {"static", "dynamic", "static_atomic", "dynamic_atomic"});
  compare_speed(options, "mutex_counter", plain_mutex_counter, {"static", "dynamic"});
  show_racing_loop(options);
}

// ---- how often the bug shows
// ----------------------------------------------------------------------

void print_rate(const std::string& what, Rate rate, double seconds) {
  const Interval interval = wilson_interval(rate);
  fmt::print("  {:<36} {:>7} of {:>7} {:>9.4f}%  [{:.4f}%, {:.4f}%] {:>9.0f} runs/s\n", what,
             rate.hits, rate.runs, 100 * fraction(rate), 100 * interval.low, 100 * interval.high,
             static_cast<double>(rate.runs) / seconds);
}

void show_rates(const BenchOptions& options) {
  fmt::print("\n== unlocked_counter on real threads: how often it fails, 95 % interval\n");
  const auto stress = [&](const char* plan) {
    SearchOptions search_options =
        options_for("unlocked_counter", EngineKind::stress, options.stress_runs);
    const auto parsed = parse_delay_plan(plan);
    if (const auto* error = std::get_if<DelayPlanError>(&parsed)) throw BenchError(error->message);
    search_options.job.delay = std::get<DelayPlan>(parsed);
    const EngineResult result = run_search(search_options);
    print_rate("stress, " + result.method, result.rate(), result.seconds);
    return result.rate();
  };
  const Rate delayed = stress(to_text(DelayPlan{}).c_str());
  const Rate undelayed = stress("none");
  const auto begin = std::chrono::steady_clock::now();
  const Rate plain{plain_unlocked_counter(options.stress_runs), options.stress_runs};
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  print_rate("plain loop", plain, seconds.count());
  const auto ratio = [&](const char* what, Rate below) {
    if (below.hits != 0) {
      fmt::print("  {:<36} {:>8.1f}\n", what, fraction(delayed) / fraction(below));
    } else {
      fmt::print("  {:<36} at least {:.1f} (against the 95 % bound of none in {})\n", what,
                 fraction(delayed) / zero_failure_bound(below.runs), below.runs);
    }
  };
  ratio("delays / none", undelayed);
  ratio("delays / plain loop", plain);

  const EngineResult tsan =
      run_search(options_for("unlocked_counter", EngineKind::tsan, options.tsan_runs));
  // A run can report several races, each of them once: the most frequent is a lower bound.
  Rate race{0, tsan.runs};
  for (const Finding& finding : tsan.findings) {
    if (finding.failure.kind == FailureKind::data_race) {
      race.hits = std::max(race.hits, finding.count);
    }
  }
  print_rate("tsan, runs that failed in any way", tsan.rate(), tsan.seconds);
  print_rate("tsan, runs with its commonest race", race, tsan.seconds);
}

// ---- how soon it is found
// -------------------------------------------------------------------------

void show_first_failures(const BenchOptions& options) {
  // Far above any median worth having.
  constexpr std::uint64_t kRuns = 300;
  fmt::print("\n== fuzz: runs to the first failed assertion (races do not count), seeds 1 to {}\n",
             options.seeds);
  fmt::print("  {:<18} {:<10} {:>8} {:>8} {:>8}  {}\n", "", "strategy", "median", "90 %", "most",
             fmt::format("not within {}", kRuns));
  for (const char* name : {"unlocked_counter", "atomic_counter"}) {
    for (const char* strategy : {"random", "pct"}) {
      std::vector<std::uint64_t> firsts;
      std::uint64_t missed = 0;
      for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
        SearchOptions search_options = options_for(name, EngineKind::fuzz, kRuns);
        search_options.job.seed = seed;
        search_options.job.strategy = strategy;
        const EngineResult result = run_search(search_options);
        std::uint64_t first = kRuns + 1;
        for (const Finding& finding : result.findings) {
          if (finding.failure.kind == FailureKind::assertion) {
            first = std::min(first, finding.first_run + 1);
          }
        }
        missed += first > kRuns ? 1 : 0;
        firsts.push_back(first);
      }
      std::sort(firsts.begin(), firsts.end());
      const auto text = [&](std::size_t at) {
        return firsts[at] > kRuns ? fmt::format(">{}", kRuns) : std::to_string(firsts[at]);
      };
      fmt::print("  {:<18} {:<10} {:>8} {:>8} {:>8}  {}\n", name, strategy, text(firsts.size() / 2),
                 text(firsts.size() * 9 / 10), text(firsts.size() - 1), missed);
    }
  }
}

// ---- memory
// ---------------------------------------------------------------------------------------

struct Memory {
  std::uint64_t runs = 0;
  std::uint64_t now_kb = 0;   // VmRSS
  std::uint64_t most_kb = 0;  // VmHWM
};

// Of the one child that this process has while a search is under way. Zeros: it is gone already.
Memory memory_of_worker(std::uint64_t runs) {
  Memory memory{.runs = runs};
  std::ifstream children(fmt::format("/proc/self/task/{}/children", gettid()));
  int pid = 0;
  if (!(children >> pid)) return memory;
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") status >> memory.now_kb;
    if (word == "VmHWM:") status >> memory.most_kb;
  }
  return memory;
}

void show_memory(const BenchOptions& options) {
  fmt::print("\n== memory of the worker over {} fuzz runs of mutex_counter, one process\n",
             options.memory_runs);
  // At a tenth of the runs, and the last that was seen; the counts say when that was.
  Memory early;
  Memory last;
  SearchEvents events;
  events.progress = [&](std::uint64_t runs, std::uint64_t, double) {
    const Memory memory = memory_of_worker(runs);
    if (memory.now_kb == 0) return;
    if (early.now_kb == 0 && runs >= options.memory_runs / 10) early = memory;
    last = memory;
  };
  const EngineResult result =
      run_search(options_for("mutex_counter", EngineKind::fuzz, options.memory_runs), events);
  if (early.now_kb == 0) throw BenchError("the worker's memory could not be read from /proc");
  for (const Memory& memory : {early, last}) {
    fmt::print("  after {:>10} runs: VmRSS {:>8} kB, VmHWM {:>8} kB\n", memory.runs, memory.now_kb,
               memory.most_kb);
  }
  fmt::print("  growth of VmHWM: {} kB over {} runs; {:.0f} runs/s\n", last.most_kb - early.most_kb,
             last.runs - early.runs, static_cast<double>(result.runs) / result.seconds);
}

int run(const BenchOptions& options) {
  // Seen at once, also through a pipe.
  setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  fmt::print("heddle_bench: {}; {} processors, load average {} at the start\n",
             HEDDLE_BENCH_COMPILER, std::thread::hardware_concurrency(), load_average());
  const auto wanted = [&](const char* part) {
    return std::find(options.parts.begin(), options.parts.end(), part) != options.parts.end();
  };
  try {
    if (wanted("speed")) compare_speed(options);
    if (wanted("stress")) show_rates(options);
    if (wanted("first")) show_first_failures(options);
    if (wanted("exhaustive")) show_exhaustive(options.small);
    if (wanted("forecast")) show_forecasts(options.small);
    if (wanted("literature")) show_literature(options.literature);
    if (wanted("memory")) show_memory(options);
    if (wanted("reports")) show_reports(options.reports);
  } catch (const std::exception& error) {
    fmt::print(stderr, "heddle_bench: {}\n", error.what());
    return 3;
  }
  fmt::print("\nload average {} at the end\n", load_average());
  return 0;
}

}  // namespace
}  // namespace heddle::bench

int main(int argc, char** argv) {
  CLI::App app("Measures Heddle beside a plain loop and hand-written Relacy tests");
  heddle::bench::BenchOptions options;
  app.add_option("-p,--parts", options.parts,
                 fmt::format("{}; several with commas", fmt::join(heddle::bench::kParts, ", ")))
      ->delimiter(',')
      ->check(CLI::IsMember(heddle::bench::kParts))
      ->capture_default_str();
  const auto count = [&](const char* name, auto& value, const char* what) {
    app.add_option(name, value, what)->check(CLI::PositiveNumber)->capture_default_str();
  };
  count("-r,--rounds", options.rounds, "speed: rounds");
  count("-n,--runs", options.runs, "speed: runs a round");
  count("--plain-runs", options.plain_runs, "speed: runs a round of the plain loop");
  count("--stress-runs", options.stress_runs, "stress: runs of each kind");
  count("--tsan-runs", options.tsan_runs, "stress: runs under ThreadSanitizer");
  count("--seeds", options.seeds, "first: searches of each kind");
  count("--literature-seeds", options.literature.seeds, "literature: searches of each kind");
  count("--literature-cap", options.literature.cap, "literature: runs of a search at most");
  app.add_option("--literature-programs", options.literature.programs, "literature: only these")
      ->delimiter(',');
  app.add_option("--literature-strategies", options.literature.strategies,
                 "literature: the columns")
      ->delimiter(',')
      ->capture_default_str();
  count("--memory-runs", options.memory_runs, "memory: runs; the first look is at a tenth");
  count("--report-cases", options.reports.cases, "reports: cases, each under four engines");
  count("--report-steps", options.reports.steps, "reports: steps of the long run");
  app.add_flag("--small", options.small, "exhaustive, forecast: only what takes no time");
  CLI11_PARSE(app, argc, argv);
  return heddle::bench::run(options);
}
