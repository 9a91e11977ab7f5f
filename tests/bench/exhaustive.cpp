#include "tests/bench/exhaustive.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/cli/case_list.h"
#include "harness/search/engine_search.h"

namespace heddle::bench {
namespace {

struct Counted {
  std::string program;
  std::vector<std::string> args;
  std::uint64_t interleavings;
  // Seconds of GenMC and of Nidhugg for the same program in C, on a machine of two cores like the
  // one that this was first measured on.
  std::optional<double> genmc = {};
  std::optional<double> nidhugg = {};
};

const std::vector<Counted>& programs() {
  static const std::vector<Counted> all = {
      {"fetch_adds", {"9", "1"}, 362'880, 13, 26},
      {"fetch_adds", {"6", "2"}, 518'400},
      {"fetch_adds", {"4", "3"}, 13'824},
      {"locked_increments", {"6"}, 720},
      {"readers", {"13"}, 8'192},
      {"lastzero", {"15"}, 147'456, 9.9, 48},
      {"indexer", {"15"}, 4'096, 2.2, 3.4},
      {"fib_bench", {"5"}, 218'243, 1.3, 16},
  };
  return all;
}

std::string seconds_of(std::optional<double> seconds) {
  return seconds ? fmt::format("{:.1f}", *seconds) : "-";
}

}  // namespace

void show_exhaustive(bool small) {
  fmt::print(
      "\n== dpor: every interleaving of programs that have a known number of them, one worker, "
      "its\n"
      "   start included. GenMC, Nidhugg: seconds for the same in C, measured elsewhere on two "
      "cores\n  {:<24} {:>12} {:>10} {:>9} {:>12} {:>7} {:>8}\n",
      "", "executions", "redundant", "seconds", "executions/s", "GenMC", "Nidhugg");
  for (const Counted& counted : programs()) {
    if (small && counted.interleavings > 1'000) continue;
    SearchOptions options;
    options.worker.program = HEDDLE_BENCH_EXACT_DIR "/" + counted.program;
    options.worker.library_dir = default_library_dir();
    options.worker.args = counted.args;
    options.job.engine = EngineKind::fuzz;
    options.job.strategy = "dpor";
    options.runs = 2 * counted.interleavings;
    const EngineResult result = search(options, {}).result;
    if (result.error.has_value()) throw std::runtime_error(*result.error);
    if (!result.exhausted || result.runs != counted.interleavings) {
      throw std::runtime_error(fmt::format("{}: {} executions and not {}", counted.program,
                                           result.runs, counted.interleavings));
    }
    std::string name = counted.program;
    for (const std::string& arg : counted.args) name += " " + arg;
    fmt::print("  {:<24} {:>12} {:>10} {:>9.3f} {:>12.0f} {:>7} {:>8}\n", name, result.runs,
               result.redundant, result.seconds, static_cast<double>(result.runs) / result.seconds,
               seconds_of(counted.genmc), seconds_of(counted.nidhugg));
  }
}

}  // namespace heddle::bench
