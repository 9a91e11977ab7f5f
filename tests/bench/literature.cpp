#include "tests/bench/literature.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "harness/search/engine_search.h"

namespace heddle::bench {
namespace {

struct Row {
  std::string program;
  std::vector<std::string> args;
  FailureKind kind;  // the program's own; races that show on the way do not count
  double mark;       // the best mean published
};

const std::vector<Row>& rows() {
  using enum FailureKind;
  static const std::vector<Row> list{
      {"reorder", {"2", "1"}, assertion, 7},
      {"reorder", {"4", "1"}, assertion, 10},
      {"reorder", {"9", "1"}, assertion, 17},
      {"reorder", {"99", "1"}, assertion, 194},
      {"twostage", {"1", "1"}, assertion, 7.5},
      {"twostage", {"10", "10"}, assertion, 5.7},
      {"twostage", {"40", "10"}, assertion, 20},
      {"twostage", {"99", "1"}, assertion, 56},
      {"bluetooth", {}, assertion, 36},
      {"work_stealing", {}, assertion, 6},
      {"stringbuffer", {}, assertion, 8.5},
      {"wronglock", {}, assertion, 7.5},
      {"account", {}, assertion, 4},
      {"lazy01", {}, assertion, 2},
      {"abba", {}, deadlock, 1.8},
  };
  return list;
}

std::string name_of(const Row& row) {
  return row.args.empty() ? row.program
                          : fmt::format("{} {}", row.program, fmt::join(row.args, "+"));
}

// From 1; nothing if none of the first `runs` fails so.
std::optional<std::uint64_t> first_failure(const Row& row, const std::string& strategy,
                                           std::uint64_t seed, std::uint64_t runs) {
  SearchOptions options;
  options.worker.program = fmt::format("{}/{}", HEDDLE_BENCH_LITERATURE, row.program);
  options.worker.args = row.args;
  options.worker.library_dir = default_library_dir();
  options.job.engine = EngineKind::fuzz;
  options.job.seed = seed;
  options.job.strategy = strategy;
  options.runs = runs;
  const EngineResult result = search(options, {}).result;
  if (result.error.has_value()) throw std::runtime_error(name_of(row) + ": " + *result.error);
  std::optional<std::uint64_t> first;
  for (const Finding& finding : result.findings) {
    if (finding.failure.kind != row.kind) continue;
    first = std::min(first.value_or(finding.first_run + 1), finding.first_run + 1);
  }
  return first;
}

// Over all seeds; nothing if one of them never fails.
std::optional<double> mean_runs(const Row& row, const std::string& strategy,
                                const LiteratureOptions& options) {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
    std::optional<std::uint64_t> first;
    // What a run does depends on its number alone: a longer search begins like a shorter one.
    for (std::uint64_t runs = std::min<std::uint64_t>(100, options.cap);; runs = options.cap) {
      first = first_failure(row, strategy, seed, runs);
      if (first.has_value() || runs == options.cap) break;
    }
    if (!first.has_value()) return std::nullopt;
    sum += static_cast<double>(*first);
  }
  return sum / static_cast<double>(options.seeds);
}

}  // namespace

void show_literature(const LiteratureOptions& options) {
  fmt::print(
      "\n== fuzz: runs to the first failure of the program's own kind (a data race on the way "
      "does\n"
      "   not count), mean of seeds 1 to {}; never: not within {} for one of them. mark: the best\n"
      "   mean published, by whatever strategy, at another granularity. ratio: auto to the mark\n",
      options.seeds, options.cap);
  fmt::print("  {:<16}", "");
  for (const std::string& strategy : options.strategies) fmt::print(" {:>8}", strategy);
  fmt::print(" {:>8} {:>6}\n", "mark", "ratio");
  std::vector<double> ratios;
  bool never = false;
  for (const Row& row : rows()) {
    if (!options.programs.empty() && std::find(options.programs.begin(), options.programs.end(),
                                               row.program) == options.programs.end()) {
      continue;
    }
    fmt::print("  {:<16}", name_of(row));
    std::string ratio = "-";
    for (const std::string& strategy : options.strategies) {
      const std::optional<double> mean = mean_runs(row, strategy, options);
      fmt::print(" {:>8}", mean.has_value() ? fmt::format("{:.1f}", *mean) : "never");
      if (strategy != "auto") continue;
      never |= !mean.has_value();
      if (mean.has_value()) {
        ratios.push_back(*mean / row.mark);
        ratio = fmt::format("{:.2f}", ratios.back());
      }
    }
    fmt::print(" {:>8} {:>6}\n", row.mark, ratio);
  }
  if (ratios.empty() || never) return;
  double logs = 0;
  for (const double ratio : ratios) logs += std::log(ratio);
  fmt::print("  geometric mean of the ratios {:.2f}, the largest {:.2f}\n",
             std::exp(logs / static_cast<double>(ratios.size())),
             *std::max_element(ratios.begin(), ratios.end()));
}

}  // namespace heddle::bench
