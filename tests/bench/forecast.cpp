#include "tests/bench/forecast.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "harness/cli/case_list.h"
#include "harness/search/engine_search.h"
#include "tests/bench/case_program.h"

namespace heddle::bench {
namespace {

// A forecast is one if the real number is at most so many times as large, or as small.
constexpr double kFactor = 3;

struct Searched {
  std::string program;  // with a slash: a program of the tests; without: a case
  std::vector<std::string> args = {};
};

using Programs = std::vector<Searched>;

const std::string kExact = HEDDLE_BENCH_EXACT_DIR "/";
const std::string kSearches = HEDDLE_BENCH_SEARCHES;
const std::string kInterpreter = HEDDLE_BENCH_INTERPRETER;

// Chosen before the forecast was made as it is.
const Programs& twenty() {
  static const Programs all = {
      {kExact + "fetch_adds", {"8", "1"}},
      {kExact + "cas_chain", {"9"}},
      {kExact + "lastzero", {"12"}},
      {kExact + "indexer", {"15"}},
      {kExact + "fib_bench", {"4"}},
      {kExact + "readers", {"12"}},
      {kExact + "spinning_locks", {"test_and_set", "7"}},
      {kSearches, {"cas_loop", "2", "4"}},
      {kSearches, {"cas_loop", "4", "1"}},
      {kSearches, {"philosophers", "3", "3"}},
      {kSearches, {"mutex_counter", "4", "2"}},
      {kSearches, {"racing_counter", "3", "2"}},
      {kSearches, {"work_stealing", "3", "2"}},
      {"one_for_two_kinds.fixed"},
      {kSearches, {"reader_writer", "4", "2"}},
      {kSearches, {"stack", "3", "1"}},
      {kSearches, {"semaphores", "3", "2"}},
      {kSearches, {"transfers", "3", "3"}},
      {"seqlock.fixed"},
      {kInterpreter, {"l00a01s11l00a11|a00L00i01U00l10c01|s01a11e02l10l00", "x"}},
  };
  return all;
}

// Likewise, and left alone until it worked on those; then what they showed was looked at.
const Programs& held_back() {
  static const Programs all = {
      {kExact + "fetch_adds", {"4", "3"}},
      {kExact + "cas_chain", {"10"}},
      {"lock_order.fixed"},
      {kSearches, {"tickets", "3", "2"}},
      {kSearches, {"tries", "3", "2"}},
      {kSearches, {"flags", "3", "2"}},
      {kSearches, {"plain_counter", "2", "5"}},
      {"shutdown_one.fixed"},
      {kInterpreter, {"a01l10L00i01U00s02|s11c02L00i02U00a01|l00a11c01|L00i01U00l10", "x"}},
      {kInterpreter, {"s01l10s02c01|s11l00s12a01|c01c12l00s11l10", "x"}},
  };
  return all;
}

// Tried first when all was done but for the number of descents.
const Programs& tried_once() {
  static const Programs all = {
      {kSearches, {"mutex_counter", "3", "4"}},
      {kSearches, {"reader_writer", "5", "2"}},
      {kSearches, {"philosophers", "4", "3"}},
      {kSearches, {"cas_loop", "3", "2"}},
      {kSearches, {"transfers", "5", "2"}},
      {"one_for_two_kinds"},
      {"seqlock"},
      {kExact + "fetch_adds", {"3", "4"}},
      {kSearches, {"tickets", "5", "1"}},
      {kSearches, {"flags", "2", "4"}},
      {kInterpreter, {"a00a10l00s01|L00i01U00a01s11|e02l10c01|L00i02U00l00", "x"}},
      {kInterpreter, {"p01a00l00s12|q01a01s11l00|a10l00p01|l10s02a00", "x"}},
  };
  return all;
}

std::string path_of(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  return case_program(program);
}

Exploration explore(const Searched& searched, std::uint64_t runs) {
  SearchOptions options;
  options.worker.program = path_of(searched.program);
  options.worker.library_dir = default_library_dir();
  options.worker.args = searched.args;
  options.job.engine = EngineKind::fuzz;
  options.job.strategy = "dpor";
  options.runs = runs;
  // What fails goes on.
  options.confirms = false;
  const EngineResult result = search(options, {}).result;
  if (result.error.has_value()) throw std::runtime_error(*result.error);
  if (!result.exploration.has_value()) throw std::runtime_error("no search: " + searched.program);
  return *result.exploration;
}

void show(const char* title, const Programs& programs, bool small) {
  constexpr std::uint64_t kMost = 500'000;
  // Of the small ones two are enough.
  const std::size_t many = small ? 2 : programs.size();
  fmt::print("  {}\n", title);
  std::size_t close = 0;
  for (const Searched& searched :
       Programs(programs.end() - static_cast<std::ptrdiff_t>(many), programs.end())) {
    std::string name = searched.program.substr(searched.program.rfind('/') + 1);
    name = fmt::format("{} {}", name, fmt::join(searched.args, " "));
    const Exploration whole = explore(searched, kMost);
    if (!whole.complete) throw std::runtime_error(name + " has too many interleavings");
    const auto real = static_cast<double>(whole.executions);
    const auto ratio_after = [&](std::uint64_t share) {
      const std::uint64_t runs = std::max<std::uint64_t>(2, whole.executions / share);
      const Exploration part = explore(searched, runs);
      return static_cast<double>(part.executions) / part.fraction / real;
    };
    const double ratio = ratio_after(100);
    const bool is_close = ratio <= kFactor && ratio * kFactor >= 1;
    close += is_close ? 1 : 0;
    fmt::print("  {:<50.50} {:>9} {:>8.2f} {:>8.2f} {}\n", name, whole.executions, ratio,
               ratio_after(10), is_close ? "" : "far off");
  }
  fmt::print("  after 1 % within a factor of {}: {} of {}\n", kFactor, close, many);
}

}  // namespace

void show_forecasts(bool small) {
  fmt::print(
      "\n== dpor: its forecast after 1 % and after 10 % of the interleavings, of which there are "
      "so many\n");
  show("twenty", twenty(), small);
  if (small) return;
  show("held back", held_back(), small);
  show("tried once", tried_once(), small);
}

}  // namespace heddle::bench
