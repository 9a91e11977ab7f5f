// The report for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>

#include "harness/model/trace.h"
#include "harness/report/interleaving.h"
#include "harness/report/report_case.h"

namespace heddle {

struct TerminalOptions {
  // Columns; no line is wider, except one that must be pasted whole (a replay command). At least
  // 40: with less, lines of 40 are written.
  std::size_t width = 80;
  bool color = false;
};

// A table with a row per case and engine; then per failing case how it fails and how often, with
// the minimal interleaving, a column a thread, and the command that replays it.
void write_terminal_report(std::ostream& out, std::span<const ReportCase> cases,
                           const TerminalOptions& options);

// Of a run that was replayed and gave up.
struct LongReplay {
  Trace last_steps;
  std::optional<std::uint64_t> step_limit{};  // if it was not the usual one
};

// What `heddle replay` shows: how one run ended and its interleaving, without a claim that it is
// minimal. `token` is what was replayed. Of a run that gave up, its last steps; `trace` is of its
// beginning then, for what failed on the way.
void write_terminal_replay(std::ostream& out, const ReportCase& report_case, const Token& token,
                           const Outcome& outcome, std::span<const Failed> reports,
                           const Trace& trace, const TerminalOptions& options,
                           const LongReplay& long_replay = {});

}  // namespace heddle
