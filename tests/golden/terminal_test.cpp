#include "harness/report/terminal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "harness/report/text.h"
#include "tests/golden/approved.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

std::string report(const std::vector<ReportCase>& cases, TerminalOptions options = {}) {
  std::ostringstream out;
  write_terminal_report(out, cases, options);
  return out.str();
}

std::string report(const scenario::Scenario& scenario, TerminalOptions options = {}) {
  return report(std::vector{scenario.report_case()}, options);
}

TEST(TerminalGolden, lost_update_with_four_engines) {
  expect_approved("terminal_unlocked_counter.txt",
                  report(scenario::unlocked_counter(), {.width = 100}));
}

// The program of the scenario, where its debug information has it.
scenario::Scenario with_source(scenario::Scenario scenario) {
  const std::string path = testing::TempDir() + "unlocked_counter.cpp";
  std::ofstream(path) << "#include <cassert>\n#include <thread>\n\nint counter = 0;\n\n"
                         "// Called by both threads, and they are not kept apart.\n"
                         "constexpr int kStep = 1;\n\n"
                         "void increment() {\n"
                         "  // Reads, adds and writes.\n"
                         "  counter += kStep;\n}\n\n"
                         "int main() {\n  std::thread first(increment);\n"
                         "  std::thread second(increment);\n  first.join(), second.join();\n"
                         "  assert(counter == 2);\n}\n";
  auto code = scenario::unlocked_counter_code();
  for (auto& [pc, frames] : code) {
    for (Frame& frame : frames) {
      if (frame.file.ends_with("unlocked_counter.cpp")) frame.file = path;
    }
  }
  return {scenario.result, FakeSymbols{code, {{scenario::kCounter, "counter"}}}};
}

TEST(TerminalGolden, source_text_stands_beside_each_step_where_there_is_room) {
  expect_approved("terminal_source_120.txt",
                  report(with_source(scenario::unlocked_counter()), {.width = 120}));
}

TEST(TerminalGolden, source_text_stands_below_a_table_that_needs_the_width) {
  expect_approved("terminal_source_80.txt",
                  report(with_source(scenario::unlocked_counter()), {.width = 80}));
}

TEST(TerminalGolden, lost_update_in_colour) {
  expect_approved("terminal_unlocked_counter_color.txt",
                  report(scenario::unlocked_counter(), {.width = 80, .color = true}));
}

TEST(TerminalGolden, correct_program) {
  expect_approved("terminal_mutex_counter.txt", report(scenario::mutex_counter(), {.width = 100}));
}

TEST(TerminalGolden, lost_wake_up_and_an_engine_error) {
  expect_approved("terminal_queue_handoff.txt", report(scenario::queue_handoff(), {.width = 100}));
}

TEST(TerminalGolden, deadlock_across_two_files) {
  expect_approved("terminal_abba.txt", report(scenario::abba(), {.width = 100}));
}

TEST(TerminalGolden, folded_loops) {
  expect_approved("terminal_atomic_counter.txt",
                  report(scenario::atomic_counter(), {.width = 100}));
}

TEST(TerminalGolden, more_threads_than_columns) {
  expect_approved("terminal_crowd.txt", report(scenario::crowd(), {.width = 80}));
}

TEST(TerminalGolden, narrow_terminal) {
  expect_approved("terminal_queue_handoff_50.txt",
                  report(scenario::queue_handoff(), {.width = 50}));
}

TEST(TerminalGolden, several_cases) {
  const auto one = scenario::unlocked_counter();
  const auto two = scenario::mutex_counter();
  const auto three = scenario::queue_handoff();
  expect_approved("terminal_several_cases.txt",
                  report({one.report_case(), two.report_case(), three.report_case()}));
}

TEST(TerminalGolden, what_was_covered) {
  expect_approved("terminal_covered.txt", report(scenario::covered(), {.width = 100}));
}

TEST(TerminalGolden, what_exhaustive_searches_have_shown) {
  expect_approved("terminal_explored.txt", report(scenario::explored(), {.width = 100}));
}

TEST(TerminalGolden, what_may_be_claimed) {
  expect_approved("terminal_claims.txt", report(scenario::claims(), {.width = 100}));
}

TEST(TerminalReport, no_claim_is_cut) {
  const scenario::Scenario scenario = scenario::claims();
  for (const std::size_t width : {40U, 60U, 80U}) {
    std::string text = report(scenario, {.width = width});
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.erase(
        std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
        text.end());
    for (const char* claim :
         {"all 7 sequentially consistent pass", "all 20 of Relacy's model pass",
          "the only sequentially consistent one within 2 preemptions passes",
          "not a proof: mylib.cpp is not instrumented; it fails under stress and relacy"}) {
      EXPECT_NE(text.find(claim), std::string::npos) << claim << "\n" << text;
    }
  }
}

TEST(TerminalGolden, tests_without_a_second_thread) {
  scenario::Scenario judged = scenario::mutex_counter();
  judged.result.name = "counter_tests:Counter.Locked";
  scenario::Scenario skipped = scenario::mutex_counter();
  skipped.result.name = "counter_tests:Counter.OfOneThread";
  skipped.result.engines.clear();
  skipped.result.skipped = true;
  std::vector<ReportCase> cases = {judged.report_case(), skipped.report_case(),
                                   skipped.report_case()};
  for (ReportCase& report_case : cases) report_case.replay_as = "./counter_tests";
  const std::vector<ReportCase> skipped_alone(cases.begin() + 1, cases.end());
  expect_approved("terminal_skipped_tests.txt",
                  report(cases, {.width = 100}) + "\n" + report(skipped_alone));
}

TEST(TerminalGolden, replay) {
  const auto scenario = scenario::unlocked_counter();
  std::ostringstream out;
  write_terminal_replay(out, scenario.report_case(), Token{EngineKind::fuzz, {{{1, 3, 2}}}, ""},
                        scenario::unlocked_counter_assertion(),
                        std::vector{scenario::unlocked_counter_race()},
                        scenario::unlocked_counter_trace(), {.width = 80});
  expect_approved("terminal_replay.txt", out.str());
}

TEST(TerminalGolden, replay_of_a_run_that_gave_up) {
  const FakeSymbols symbols{{{0x10, scenario::line("wait_for_both()", "/src/lost_ticket.cpp", 14)},
                             {0x11, scenario::line("wait_for_both()", "/src/lost_ticket.cpp", 15)}},
                            {{0x4040, "tickets"}, {0x4048, "rounds"}}};
  scenario::TraceBuilder trace;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const ThreadId thread = i < 100 ? 0 : 3;
    if (i == 100) trace.because(SwitchReason::gave_way);
    trace.add(thread, scenario::access(OpKind::atomic_load, 0x4040, 0x10), 1)
        .add(thread, scenario::access(OpKind::atomic_rmw, 0x4048, 0x11), i + 1)
        .old_value(i);
  }
  LongReplay long_replay{.last_steps = trace.take(), .step_limit = 200'000};
  long_replay.last_steps.truncated = true;
  const GaveUp gave_up{"the step limit of 200000 steps was reached: a livelock, or a long run",
                       {scenario::place(0, scenario::access(OpKind::none, 0, 0x11)),
                        scenario::place(3, scenario::access(OpKind::none, 0, 0x10))}};
  CaseResult result;
  result.name = "./lost_ticket";
  result.program = result.name;
  result.args = {"two"};
  const ReportCase report_case{.result = &result, .symbols = &symbols, .replay_as = {}};
  const Token token{EngineKind::fuzz, {{{1, 3, 2}}}, ""};
  std::ostringstream out;
  write_terminal_replay(out, report_case, token, gave_up, {}, {}, {.width = 90}, long_replay);
  // What failed on the way is shown too.
  const auto scenario = scenario::unlocked_counter();
  out << '\n';
  write_terminal_replay(out, scenario.report_case(), token, gave_up,
                        std::vector{scenario::unlocked_counter_race()},
                        scenario::unlocked_counter_trace(), {.width = 90}, long_replay);
  expect_approved("terminal_replay_limit.txt", out.str());
}

TEST(TerminalReport, no_line_but_the_replay_command_is_wider_than_the_terminal) {
  const scenario::Scenario scenarios[] = {scenario::unlocked_counter(), scenario::mutex_counter(),
                                          scenario::queue_handoff(),    scenario::abba(),
                                          scenario::atomic_counter(),   scenario::crowd()};
  for (const scenario::Scenario& scenario : scenarios) {
    for (std::size_t width = 40; width <= 160; ++width) {
      std::istringstream lines{report(scenario, {.width = width})};
      for (std::string line; std::getline(lines, line);) {
        if (line.find("heddle replay ") != std::string::npos) continue;
        EXPECT_LE(width_of(line), width) << scenario.result.name << ": " << line;
      }
    }
  }
}

TEST(TerminalReport, messages_of_the_program_cannot_control_the_terminal) {
  scenario::Scenario scenario = scenario::unlocked_counter();
  scenario.result.name = "\x1b]0;title\a";
  for (EngineResult& engine : scenario.result.engines) {
    engine.method = "\x1b[2J";
    engine.error = "\x1b[2J";
    for (Finding& finding : engine.findings) {
      finding.failure.message = "\x1b[2J\r\nsecond line";
      for (Place& place : finding.failure.places) place.note = "\x1b[2J";
    }
  }
  ReportCase report_case = scenario.report_case();
  report_case.replay_as = "unlocked_counter";
  const std::string text = report(std::vector{report_case});
  EXPECT_NE(text.find("second line"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(TerminalReport, a_search_below_that_did_not_end_proves_nothing) {
  scenario::Scenario scenario = scenario::queue_handoff();
  MinimalInterleaving& minimal = *scenario.result.engines[0].findings[0].minimal;
  minimal.preemptions = 2;
  minimal.proof = MinimalityProof{.complete = false, .schedules = 20'000, .failed = 0};
  const std::string text = report(scenario, {.width = 160});
  EXPECT_EQ(text.find("proved"), std::string::npos) << text;
  EXPECT_NE(text.find("(1-minimal); 20 000 schedules with fewer preemptions did not fail so, and "
                      "there are more"),
            std::string::npos)
      << text;
}

TEST(TerminalReport, a_proof_of_minimality_has_the_conditions_of_any_other) {
  scenario::Scenario scenario = scenario::queue_handoff();
  MinimalInterleaving& minimal = *scenario.result.engines[0].findings[0].minimal;
  minimal.proof->grounds.features.weaker_atomics = true;
  minimal.proof->grounds.exploration.reached.spurious_wakes = true;
  settle_claims(scenario.result.engines, {});
  std::string text = report(scenario, {.width = 200});
  EXPECT_NE(
      text.find("1 preemption, proved: all 8 schedules without any pass (bounds: sequentially "
                "consistent: a load sees the latest store; 1 spurious wake-up of each thread)"),
      std::string::npos)
      << text;
  settle_claims(scenario.result.engines, {.names = {"mylib.cpp"}});
  text = report(scenario, {.width = 200});
  EXPECT_EQ(text.find("proved"), std::string::npos) << text;
  EXPECT_NE(
      text.find("(1-minimal); 8 schedules with fewer preemptions did not fail so, which is not "
                "a proof: mylib.cpp is not instrumented"),
      std::string::npos)
      << text;
}

TEST(TerminalReport, a_second_failure_in_the_same_interleaving_points_to_it) {
  scenario::Scenario scenario = scenario::unlocked_counter();
  for (EngineResult& engine : scenario.result.engines) {
    if (engine.engine != EngineKind::fuzz) continue;
    ASSERT_TRUE(engine.findings.front().minimal.has_value());
    Finding second = engine.findings.front();
    second.minimal.reset();
    second.failure.message = "another assertion";
    engine.findings.push_back(second);
  }
  const std::string text = report(scenario);
  EXPECT_NE(text.find("in the interleaving above as well"), std::string::npos) << text;
}

TEST(TerminalReport, colour_changes_nothing_but_colour) {
  std::string colored = report(scenario::unlocked_counter(), {.width = 80, .color = true});
  for (auto at = colored.find('\x1b'); at != std::string::npos; at = colored.find('\x1b')) {
    colored.erase(at, colored.find('m', at) + 1 - at);
  }
  // Spaces at a line's end are cut only where no colour ends behind them.
  std::string trimmed;
  std::istringstream lines{colored};
  for (std::string line; std::getline(lines, line);) {
    trimmed += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  EXPECT_EQ(trimmed, report(scenario::unlocked_counter(), {.width = 80}));
}

}  // namespace
}  // namespace heddle
