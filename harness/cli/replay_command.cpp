#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "harness/cli/anchored_replay.h"
#include "harness/cli/case_list.h"
#include "harness/cli/commands.h"
#include "harness/cli/numbers.h"
#include "harness/cli/terminal_size.h"
#include "harness/cli/token_files.h"
#include "harness/report/anchors.h"
#include "harness/report/symbolizer.h"
#include "harness/report/terminal.h"
#include "harness/search/limit.h"
#include "harness/search/program_build.h"
#include "harness/search/program_check.h"
#include "harness/search/replayer.h"

namespace heddle {
namespace {

struct ReplayOptions {
  std::string token;
  std::string program;
  std::vector<std::string> program_args;
  std::optional<std::string> google_test_filter;
  bool stop_at_race = false;
  bool leaks = false;
  SharedOptions shared;
  std::uint64_t step_limit = Job{}.step_limit;
};

// What of a run that gives up is worth a record: the whole would be millions of steps.
struct LongRun {
  bool gave_up = false;
  std::uint64_t steps = 0;
  Trace beginning;  // if something failed on the way
};

// Executes the run once without a record and its output.
LongRun look_ahead(WorkerOptions worker, std::uint32_t lost_ms, Job job) {
  worker.show_output = false;
  Replayer replayer(std::move(worker), lost_ms);
  job.record_trace = false;
  auto run = replayer.replay(job);
  const auto* done = std::get_if<JobDone>(&run);
  if (done == nullptr || !done->outcome.has_value()) return {};
  if (!std::holds_alternative<GaveUp>(*done->outcome)) return {};
  LongRun long_run{.gave_up = true, .steps = done->steps, .beginning = {}};
  if (done->reports.empty()) return long_run;
  auto again = replayer.replay(first_steps_of(std::move(job)));
  if (auto* traced = std::get_if<JobDone>(&again)) long_run.beginning = std::move(traced->trace);
  return long_run;
}

// The first departure from the default order that the run never came to. Then it is another
// interleaving: of other arguments, say, or other input.
std::optional<std::string> not_reached(const Token& token, const JobDone& done) {
  if (token.engine != EngineKind::fuzz) return std::nullopt;
  const auto* failed = std::get_if<Failed>(&*done.outcome);
  // Who did not live to say which it has taken.
  if (failed != nullptr && done.schedule.deviations.empty()) return std::nullopt;
  std::set<Deviation> taken(done.schedule.deviations.begin(), done.schedule.deviations.end());
  for (const Deviation& deviation : token.schedule.deviations) {
    if (taken.contains(deviation)) continue;
    return fmt::format("its departure at step {} of T{} was not reached", deviation.step,
                       deviation.thread);
  }
  return std::nullopt;
}

// Of another build it is not said that it fails as before, or is mended, unless it is so.
int compare_with(const AnchoredToken& anchored, bool moved, const JobDone& done,
                 const Symbols& symbols) {
  std::vector<const Failed*> failures;
  for (const Failed& report : done.reports) failures.push_back(&report);
  if (const auto* failed = std::get_if<Failed>(&*done.outcome)) failures.push_back(failed);
  if (failures.empty()) {
    if (!std::holds_alternative<Passed>(*done.outcome)) return kOwnError;
    if (!moved && names_function(anchored, done.trace, symbols)) return kHeld;
    return complain(kOwnError,
                    fmt::format("the token does not apply: the run passes, but {}; the failure was "
                                "{} in {}()",
                                moved ? "the code has changed where it departs"
                                      : "never came to where the other failed",
                                to_string(anchored.kind), anchored.function));
  }
  const bool same = std::any_of(failures.begin(), failures.end(), [&](const Failed* failure) {
    return is_failure_of(anchored, *failure, symbols);
  });
  if (!same) {
    return complain(kNotHeld,
                    fmt::format("it fails in another way than the token's run: that was {} in {}()",
                                to_string(anchored.kind), anchored.function));
  }
  return kNotHeld;
}

int replay(const ReplayOptions& options) {
  const auto text = read_token_word(options.token);
  if (!text.has_value()) return complain(kUsage, options.token + ": no such file with a token");
  auto parsed = read_token(*text);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    return complain(refusal->status, refusal->message);
  }
  auto& resolved = std::get<ResolvedToken>(parsed);
  const Token& token = resolved.token;
  const auto program = usable_program(options.program);
  if (const auto* refusal = std::get_if<Refusal>(&program)) {
    return complain(refusal->status, refusal->message);
  }
  const auto& named = std::get<NamedProgram>(program);
  const BuildMark this_build = program_build(named.path);
  if (const auto wrong = other_build(named, resolved.build, this_build))
    return complain(kOwnError, *wrong);

  CaseResult result;
  result.name = named.name;
  result.program = named.path;
  result.args = options.program_args;
  result.input = standard_input_file();
  const bool google_test = has_google_test(named.path);
  if (options.google_test_filter.has_value()) {
    if (!google_test) return complain(kUsage, named.name + " is no GoogleTest program");
    result.args.push_back("--gtest_filter=" + *options.google_test_filter);
  }
  constexpr std::uint32_t kPatienceMs = 60'000;
  const WorkerOptions worker{.program = named.path,
                             .args = result.args,
                             .show_output = true,
                             .input = result.input,
                             .google_test = google_test,
                             .library_dir = default_library_dir()};
  Job job;
  job.engine = token.engine;
  job.record_trace = true;
  job.schedule = token.schedule;
  job.relacy_state = token.relacy_state;
  job.stop_at_race = options.stop_at_race;
  job.leaks = options.leaks;
  const unsigned workers = std::max(1U, std::thread::hardware_concurrency());
  if (const auto wrong = options.shared.apply(job, workers)) return complain(kUsage, *wrong);
  result.memory = job.memory;
  result.chosen_memory = !options.shared.memory.empty();
  job.step_limit = options.step_limit;
  if (const auto refusal = resolve(resolved, named.name, worker, job, kPatienceMs)) {
    return complain(refusal->status, refusal->message);
  }
  job.schedule = token.schedule;
  LongRun ahead;
  if (job.engine == EngineKind::fuzz) ahead = look_ahead(worker, kPatienceMs, job);
  if (ahead.gave_up) job = last_steps_of(std::move(job), ahead.steps);
  Replayer replayer(worker, kPatienceMs);
  auto run = replayer.replay(job);
  if (const auto* error = std::get_if<StartError>(&run)) return complain(kOwnError, error->message);
  auto& done = std::get<JobDone>(run);
  result.modules = replayer.modules();
  const Symbolizer symbols(result.modules);
  ReportCase report_case{
      .result = &result, .symbols = &symbols, .replay_as = named.name, .build = this_build};
  if (options.token != *text) report_case.token_files.insert(token_file_name(report_case, token));
  if (!done.outcome.has_value()) {
    return complain(kOwnError, named.name + ": the run did not say how it ended");
  }
  const Outcome& outcome = *done.outcome;
  if (const auto missed = not_reached(token, done)) {
    return complain(kOwnError, fmt::format("the token does not apply to {} as it was started: {}",
                                           named.name, *missed));
  }
  LongReplay long_replay;
  if (ahead.gave_up) {
    long_replay.last_steps = std::exchange(done.trace, std::move(ahead.beginning));
    if (options.step_limit != Job{}.step_limit) long_replay.step_limit = options.step_limit;
  }
  write_terminal_replay(std::cout, report_case, token, outcome, done.reports, done.trace,
                        terminal_options(), long_replay);
  const bool failed = std::holds_alternative<Failed>(outcome) || !done.reports.empty();
  if (resolved.anchored.has_value()) {
    return compare_with(*resolved.anchored, resolved.moved, done, symbols);
  }
  if (failed) return kNotHeld;
  // One that gives up, or that Heddle cannot execute, says nothing.
  return std::holds_alternative<Passed>(outcome) ? kHeld : kOwnError;
}

}  // namespace

void add_replay_command(CLI::App& app, Action& action,
                        const std::vector<std::string>& program_args) {
  auto options = std::make_shared<ReplayOptions>();
  options->program_args = program_args;
  CLI::App* command = app.add_subcommand(
      "replay",
      "Shows one interleaving again; exit status 1 if it fails, 0 if it passes, 3 if the token "
      "does not apply");
  command
      ->add_option(
          "token", options->token,
          "from a report, or the file that it names; an anchored one (h3f-) is of any build")
      ->required();
  command->add_option("program", options->program, "as for run, and its arguments behind --")
      ->required();
  command->add_option("--gtest_filter", options->google_test_filter,
                      "GoogleTest programs: the test that the token is of");
  command->add_flag("--stop-at-race", options->stop_at_race, "as for run");
  command->add_flag("--leaks", options->leaks, "as for run");
  add_shared_options(*command, options->shared);
  command->add_option("--step-limit", options->step_limit, "as for run")
      ->check(whole_number(1, kMostCounted))
      ->capture_default_str();
  command->callback([options, &action] { action = [options] { return replay(*options); }; });
}

}  // namespace heddle
