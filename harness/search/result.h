// What a search found out: values only, ready for any report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/coverage.h"
#include "harness/model/exploration.h"
#include "harness/model/module.h"
#include "harness/model/outcome.h"
#include "harness/model/rate.h"
#include "harness/model/schedule.h"
#include "harness/model/trace.h"

namespace heddle {

// A failing interleaving made as small as shrinking could make it.
struct MinimalInterleaving {
  Token token;
  Trace trace;
  unsigned preemptions = 0;  // switches away from a thread that could have gone on
  bool one_minimal = false;  // checked: without any one deviation the run does not fail so
  std::uint64_t deviations_before = 0;  // in the schedule as it was found
  std::uint64_t shrink_runs = 0;        // runs that the shrinking took
};

// What fuzz has to say of a failure that was seen on real threads.
struct Hunt {
  std::uint64_t runs = 0;         // of the hunt, until it was found
  std::string strategy;           // that found it; if none did, those that were tried
  std::optional<Failed> found{};  // as fuzz has it
  bool by_search = false;  // the search with fuzz itself has found it: no runs were made for it
  std::optional<Token> token{};
  std::optional<MinimalInterleaving> minimal{};  // once for failures that are the same to fuzz
  std::optional<std::string> error{};            // why fuzz cannot run the program
};

// A distinct way to fail, and how often it was seen.
struct Finding {
  Failed failure;
  std::uint64_t count = 0;
  std::uint64_t first_run = 0;
  std::optional<Token> token;  // of the first run seen, or of the minimal interleaving
  std::optional<MinimalInterleaving> minimal;
  std::optional<Hunt> hunt{};  // of stress and tsan
};

struct EngineResult {
  EngineKind engine = EngineKind::fuzz;
  std::string method;  // the strategy, the delay plan, Relacy's search: as text
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
  std::uint64_t gave_up = 0;
  std::uint64_t redundant = 0;  // runs given up by an exhaustive search, not among `runs`
  std::optional<std::uint64_t> first_failure;  // how many runs it took, from 1
  double seconds = 0;                          // wall clock, without building up and shrinking
  bool exhausted = false;  // every interleaving that this engine distinguishes was run
  std::optional<Exploration> exploration{};  // of exhaustive strategies
  std::optional<Coverage> coverage{};        // of fuzz
  std::optional<std::string> error;  // Heddle's own failure, or why this engine could not be used
  bool one_thread = false;           // the error: no run ever had a second thread
  std::optional<Divergence> divergence{};  // why tokens of this program may not replay
  std::vector<Finding> findings;           // most frequent first

  Rate rate() const { return {failed, runs}; }
};

struct CaseResult {
  std::string name;
  std::string program;  // path
  std::vector<std::string> args;
  std::string input;         // file that was standard input, or empty
  bool google_test = false;  // one test of the many in the program
  bool skipped = false;      // it never starts a second thread; then it has no engines
  std::uint64_t seed = 1;
  std::vector<Module> modules;  // to find source lines
  std::vector<EngineResult> engines;
  bool interrupted = false;
};

}  // namespace heddle
