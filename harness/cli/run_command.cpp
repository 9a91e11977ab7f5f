#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "fuzz/relacy_search.h"
#include "fuzz/strategy/strategy.h"
#include "harness/cli/budget.h"
#include "harness/cli/case_list.h"
#include "harness/cli/command_line.h"
#include "harness/cli/commands.h"
#include "harness/cli/expectation.h"
#include "harness/cli/found_lines.h"
#include "harness/cli/interrupts.h"
#include "harness/cli/minimize_findings.h"
#include "harness/cli/numbers.h"
#include "harness/cli/report_files.h"
#include "harness/cli/resume.h"
#include "harness/cli/terminal_size.h"
#include "harness/cli/told_cases.h"
#include "harness/report/progress.h"
#include "harness/report/terminal.h"
#include "harness/search/confirm.h"
#include "harness/search/engine_search.h"
#include "harness/search/google_test.h"
#include "harness/search/grounds.h"
#include "harness/search/hunt.h"
#include "harness/search/limit.h"
#include "harness/search/lost_run.h"
#include "harness/search/machine_memory.h"
#include "harness/search/minimize.h"
#include "harness/search/program_check.h"
#include "harness/search/rebase.h"

namespace heddle {
namespace {

constexpr std::uint64_t kRuns = 10'000;

constexpr std::uint64_t kMostJobs = 1024;
constexpr std::uint64_t kMostHangMs = 24 * 3600 * 1000;

struct RunOptions {
  std::vector<std::string> words;  // programs
  std::vector<std::string> program_args;
  std::vector<std::string> engines = {"all"};
  std::optional<std::uint64_t> runs;  // without --time: kRuns
  std::string time;
  std::string budget;
  std::uint64_t seed = 1;
  unsigned jobs = 0;
  std::string strategy = "auto";
  std::string delay = "exponential";
  std::string relacy_search = "random";
  std::string expect = "pass";
  std::vector<std::string> reports;
  std::optional<std::string> google_test_filter;
  std::string resume;  // file, or empty
  std::uint64_t step_limit = Job{}.step_limit;
  std::uint32_t hang_ms = Job{}.hang_ms;
  bool stop_at_race = false;
  bool leaks = false;
  SharedOptions shared;
  std::uint64_t hunt_runs = HuntOptions{}.runs;
};

// A program, or one of the tests in it.
struct PlannedCase {
  NamedProgram program;
  std::string name;  // for reports
  std::vector<std::string> args;
  bool has_google_test = false;  // the program
  bool is_google_test = false;   // the case: one test
  std::string error{};           // why the program cannot be run; empty: it can
};

// The options, checked.
struct Plan {
  std::vector<NamedProgram> programs;
  std::vector<EngineKind> engines;
  bool chosen_engines = false;  // by name, not "all"
  std::uint64_t runs = kRuns;   // of each engine; ~0: as many as the time allows
  double seconds = 0;
  double budget = 0;     // seconds of the whole command; 0: no limit
  unsigned workers = 1;  // at a time, but for engines with real threads
  Job job;
  Expectation expectation;
  std::vector<ReportFile> reports;
};

// Fills `plan`, or says in one line what is wrong.
std::optional<std::string> make_plan(const RunOptions& options, Plan& plan) {
  auto list = read_case_list();
  if (const auto* error = std::get_if<CaseListError>(&list)) return error->message;
  const auto& cases = std::get<std::vector<ListedCase>>(list);
  for (const std::string& word : options.words) {
    auto program = find_program(word, cases);
    if (const auto* error = std::get_if<CaseListError>(&program)) return error->message;
    plan.programs.push_back(std::get<NamedProgram>(std::move(program)));
  }
  for (const std::string& name : options.engines) {
    if (name == "all") {
      plan.engines = {EngineKind::stress, EngineKind::tsan, EngineKind::fuzz, EngineKind::relacy};
      continue;
    }
    const auto engine = parse_engine(name);
    if (!engine.has_value()) {
      return fmt::format("'{}' is no engine; there are stress, tsan, fuzz, relacy and all", name);
    }
    plan.chosen_engines = true;
    if (std::find(plan.engines.begin(), plan.engines.end(), *engine) == plan.engines.end()) {
      plan.engines.push_back(*engine);
    }
  }
  if (!options.time.empty()) {
    const auto seconds = parse_seconds(options.time);
    if (!seconds.has_value()) {
      return fmt::format("'{}' is no length of time from 1ms to a year; write 30s, 5m or 1h",
                         options.time);
    }
    plan.seconds = *seconds;
    plan.runs = ~std::uint64_t{0};
  }
  if (!options.budget.empty()) {
    const auto budget = parse_seconds(options.budget);
    if (!budget.has_value()) {
      return fmt::format("'{}' is no length of time from 1ms to a year; write 30s, 5m or 1h",
                         options.budget);
    }
    plan.budget = *budget;
  }
  if (options.runs == 0) return "--runs 0 would test nothing; give 1 or more";
  plan.runs = options.runs.value_or(plan.runs);
  const auto delay = parse_delay_plan(options.delay);
  if (const auto* error = std::get_if<DelayPlanError>(&delay)) return error->message;
  plan.job.delay = std::get<DelayPlan>(delay);
  const auto strategy = make_strategy(options.strategy, options.seed);
  if (const auto* error = std::get_if<StrategyError>(&strategy)) return error->message;
  plan.job.strategy = options.strategy;
  const auto relacy_search = parse_relacy_search(options.relacy_search);
  if (!relacy_search.has_value() || relacy_search->choices != kNoContextBound) {
    return fmt::format(
        "'{}' is no search of Relacy; there are random, full and bound:N with N up to {}",
        options.relacy_search, kLargestContextBound);
  }
  plan.job.relacy_search = options.relacy_search;
  plan.job.seed = options.seed;
  plan.job.step_limit = options.step_limit;
  plan.job.hang_ms = options.hang_ms;
  plan.job.stop_at_race = options.stop_at_race;
  plan.job.leaks = options.leaks;
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  plan.workers = options.jobs != 0 ? options.jobs : processors;
  if (auto wrong = options.shared.apply(plan.job, plan.workers)) return wrong;
  const auto expectation = parse_expectation(options.expect);
  if (const auto* error = std::get_if<ExpectationError>(&expectation)) return error->message;
  plan.expectation = std::get<Expectation>(expectation);
  for (const std::string& text : options.reports) {
    auto report = parse_report(text);
    if (const auto* wrong = std::get_if<std::string>(&report)) return *wrong;
    const ReportFile& file = plan.reports.emplace_back(std::get<ReportFile>(std::move(report)));
    if (auto wrong = file.try_out()) return wrong;
  }
  return std::nullopt;
}

// A token for the first run that gave up.
void find_limit_token(SearchOutcome& outcome, const SearchOptions& options,
                      const std::function<void()>& progress) {
  EngineResult& result = outcome.result;
  if (result.engine != EngineKind::fuzz || !result.limit.has_value()) return;
  if (result.gave_up == 0 || g_interrupted) return;
  progress();
  Replayer replayer(options.worker, options.lost_ms);
  auto found = find_limit_run(replayer, options.job, *result.limit, outcome.limit_beginning);
  if (!found.has_value()) return;
  result.limit = std::move(found->limit);
  result.limit_token =
      Token{.engine = EngineKind::fuzz, .schedule = std::move(found->schedule), .relacy_state = {}};
  if (options.job.step_limit != Job{}.step_limit) result.limit_step_limit = options.job.step_limit;
}

WorkerOptions worker_options(const PlannedCase& planned) {
  return {.program = planned.program.path,
          .args = planned.args,
          .input = standard_input_file(),
          .google_test = planned.has_google_test,
          .library_dir = default_library_dir(),
          .interrupted = &g_interrupted};
}

// Appends the program as one case, or each of its tests.
std::optional<Refusal> add_cases(const NamedProgram& program, const RunOptions& options,
                                 std::vector<PlannedCase>& cases) {
  const auto& filter = options.google_test_filter;
  PlannedCase whole{.program = program,
                    .name = program.name,
                    .args = options.program_args,
                    .has_google_test = has_google_test(program.path)};
  if (!whole.has_google_test) {
    if (filter.has_value()) {
      return Refusal{kUsage, program.name + " is no GoogleTest program: no --gtest_filter for it"};
    }
    cases.push_back(std::move(whole));
    return std::nullopt;
  }
  const auto listed = list_google_tests(worker_options(whole), filter);
  if (const auto* error = std::get_if<StartError>(&listed)) {
    return Refusal{kOwnError, error->message};
  }
  const auto& list = std::get<TestList>(listed);
  if (list.tests.empty()) {
    if (list.disabled != 0) {
      return Refusal{kOwnError, fmt::format("{}: nothing was controlled: all of its tests are "
                                            "DISABLED_ ({})",
                                            program.name, list.disabled)};
    }
    if (filter.has_value()) {
      return Refusal{kUsage, fmt::format("no test of {} matches '{}'", program.name, *filter)};
    }
    // GoogleTest is linked in, and main() does not run it: a program like any other.
    cases.push_back(std::move(whole));
    return std::nullopt;
  }
  for (const std::string& test : list.tests) {
    PlannedCase& planned = cases.emplace_back(whole);
    // Without the folder: names of tests are long enough.
    planned.name = std::filesystem::path(program.name).filename().string() + ":" + test;
    // Last: of several filters GoogleTest takes the last.
    planned.args.push_back(google_test_argument(test));
    planned.is_google_test = true;
  }
  return std::nullopt;
}

// One run, to spare the others where there is nothing to control.
bool starts_a_thread(const Plan& plan, const PlannedCase& planned) {
  SearchOptions options;
  options.worker = worker_options(planned);
  options.job = plan.job;
  const bool fuzz =
      std::find(plan.engines.begin(), plan.engines.end(), EngineKind::fuzz) != plan.engines.end();
  options.job.engine = fuzz ? EngineKind::fuzz : plan.engines.front();
  options.runs = 1;
  return !search(options, {}).result.one_thread;
}

using Interim = std::function<void(const EngineResult&, const std::vector<Module>&)>;

// Whether an engine has seen every run hang, and fail in no other way.
bool always_hangs(const std::vector<EngineResult>& engines) {
  return std::any_of(engines.begin(), engines.end(), [](const EngineResult& engine) {
    return engine.runs > 0 && engine.failed == engine.runs && !engine.findings.empty() &&
           std::all_of(engine.findings.begin(), engine.findings.end(), [](const Finding& finding) {
             return finding.failure.kind == FailureKind::hang;
           });
  });
}

EngineResult run_engine(const Plan& plan, const PlannedCase& planned, EngineKind engine,
                        const RunOptions& options, double limit, SavedSearch* saved,
                        ProgressLine* line, FoundLines* found, const Interim& interim,
                        const std::vector<EngineResult>& before, std::vector<Module>& modules) {
  SearchOptions search_options;
  // The others are not waited for as if nobody knew, nor those that no run of real threads has seen
  // end.
  constexpr std::uint32_t kLessPatience = 8;
  const bool never_ends =
      std::any_of(before.begin(), before.end(), [](const EngineResult& engine_before) {
        return engine_before.known_well && engine_before.gave_up == engine_before.runs;
      });
  if (always_hangs(before) || never_ends) search_options.lost_ms /= kLessPatience;
  search_options.worker = worker_options(planned);
  search_options.job = plan.job;
  search_options.job.engine = engine;
  if (saved != nullptr) {
    search_options.job.strategy_state = saved->strategy_state;
    search_options.job.racy_pcs = saved->racy_pcs;
    search_options.earlier = saved->earlier;
  }
  search_options.runs = plan.runs;
  search_options.seconds = plan.seconds > 0 ? limit : 0;
  search_options.budget = plan.seconds > 0 || plan.budget == 0 ? 0 : limit;
  // Engines with real threads need the processors for the threads of one run.
  const bool real_threads = engine == EngineKind::stress || engine == EngineKind::tsan;
  search_options.workers = options.jobs == 0 && real_threads ? 1 : plan.workers;

  Progress progress{.case_name = planned.name,
                    .engine = to_string(engine),
                    .activity = {},
                    .runs = 0,
                    .planned = plan.runs == ~std::uint64_t{0} ? 0 : plan.runs,
                    .failed = 0,
                    .seconds = 0};
  SearchEvents events;
  events.interrupted = &g_interrupted;
  if (interim || found != nullptr) {
    events.interim = [&](const EngineResult& so_far, const std::vector<Module>& of_it) {
      if (found != nullptr) found->tell(planned.name, so_far, of_it);
      if (interim) interim(so_far, of_it);
    };
  }
  if (line != nullptr) {
    events.progress = [&](std::uint64_t runs, std::uint64_t failed, double seconds) {
      progress.runs = runs;
      progress.failed = failed;
      progress.seconds = seconds;
      line->show(progress);
    };
  }
  SearchOutcome outcome = search(search_options, events);
  if (found != nullptr) found->tell(planned.name, outcome.result, outcome.modules);
  if (saved != nullptr) keep(outcome, *saved);
  const auto show_shrinking = [&] {
    progress.activity = "shrinking";
    if (line != nullptr) line->show(progress);
  };
  minimize_findings(outcome.result, search_options, show_shrinking);
  find_limit_token(outcome, search_options, show_shrinking);
  if (outcome.result.error.has_value()) *outcome.result.error += address_limit_words();
  // The same for all engines of a case, whose findings are compared.
  if (modules.empty()) {
    modules = std::move(outcome.modules);
  } else if (engine == EngineKind::tsan) {
    rebase(outcome.result, outcome.modules, modules);
  }
  return std::move(outcome.result);
}

// Failures that stress and tsan have seen and that no schedule is known of.
void hunt(const Plan& plan, const PlannedCase& planned, const RunOptions& options, double limit,
          ProgressLine* line, CaseResult& result) {
  if (options.hunt_runs == 0) return;
  SearchOptions search_options;
  search_options.worker = worker_options(planned);
  search_options.job = plan.job;
  Progress progress{.case_name = planned.name,
                    .engine = to_string(EngineKind::fuzz),
                    .activity = "hunting",
                    .runs = 0,
                    .planned = options.hunt_runs,
                    .failed = 0,
                    .seconds = 0};
  HuntEvents events;
  events.interrupted = &g_interrupted;
  if (line != nullptr) {
    events.progress = [&](std::uint64_t runs, double seconds) {
      progress.runs = runs;
      progress.seconds = seconds;
      line->show(progress);
    };
  }
  HuntOptions hunt_options;
  hunt_options.runs = options.hunt_runs;
  if (limit > 0) hunt_options.seconds = std::min(hunt_options.seconds, limit);
  // Each of its runs would be waited for like those before. A hang that comes seldom is worth it.
  if (always_hangs(result.engines)) {
    constexpr double kSeconds = 3;
    search_options.lost_ms /= kLostPart;
    hunt_options.seconds = std::min(hunt_options.seconds, kSeconds);
  }
  rebase_for_fuzz(result, search_options.worker);
  hunt_findings(result.engines, search_options, result.modules, hunt_options, events);
}

int run(const RunOptions& options) {
  Plan plan;
  if (options.words.empty()) return complain(kUsage, "which program? heddle run PROGRAM");
  if (const auto wrong = make_plan(options, plan)) return complain(kUsage, *wrong);
  std::vector<PlannedCase> planned_cases;
  for (const NamedProgram& program : plan.programs) {
    std::optional<Refusal> refusal;
    if (auto wrong = check_program(program.path)) {
      refusal = Refusal{kOwnError, *std::move(wrong)};
    } else {
      refusal = add_cases(program, options, planned_cases);
    }
    if (!refusal.has_value()) continue;
    // One of many that cannot be run must not cost the others their runs.
    if (refusal->status == kUsage || plan.programs.size() == 1) {
      return complain(refusal->status, refusal->message);
    }
    planned_cases.push_back({.program = program,
                             .name = program.name,
                             .args = options.program_args,
                             .error = std::move(refusal->message)});
  }

  SavedSearch saved;
  const bool resumes = !options.resume.empty();
  if (resumes) {
    auto refusal = check_resume(plan.engines, planned_cases.size(), plan.job);
    if (!refusal.has_value()) {
      const PlannedCase& planned = planned_cases.front();
      refusal = resume(options.resume, {planned.program.path, planned.args, plan.job}, saved);
    }
    if (refusal.has_value()) return complain(refusal->status, refusal->message);
  }

  watch_for_interrupts();
  adopt_orphans();

  const std::size_t width = progress_width();
  std::unique_ptr<ProgressLine> line;
  if (width != 0) line = std::make_unique<ProgressLine>(std::cerr, width);
  std::optional<FoundLines> found;
  if (line != nullptr) found.emplace(*line, width);

  std::vector<std::unique_ptr<CaseResult>> results;
  std::vector<ToldCases::Told> told;
  Interim interim;
  if (!plan.reports.empty()) {
    interim = [&](const EngineResult& so_far, const std::vector<Module>& modules) {
      write_interim(plan.reports, told, so_far, modules);
    };
  }
  // With a hunt for what real threads show in each case.
  const bool hunts = options.hunt_runs != 0 &&
                     std::any_of(plan.engines.begin(), plan.engines.end(), has_real_threads);
  Budget budget(plan.budget, planned_cases.size() * (plan.engines.size() + (hunts ? 1 : 0)));
  for (const PlannedCase& planned : planned_cases) {
    if (g_interrupted) break;
    auto& result = *results.emplace_back(std::make_unique<CaseResult>());
    told.push_back(
        {.result = &result, .replay_as = planned.program.name, .expectation = options.expect});
    result.name = planned.name;
    result.program = planned.program.path;
    result.args = planned.args;
    result.input = standard_input_file();
    result.google_test = planned.is_google_test;
    result.seed = plan.job.seed;
    result.any_rwlock = plan.job.any_rwlock;
    result.free_deadlines = plan.job.free_deadlines;
    result.memory = plan.job.memory;
    result.chosen_memory = !options.shared.memory.empty();
    if (!planned.error.empty()) {
      for (const EngineKind engine : plan.engines) {
        auto& row = result.engines.emplace_back();
        row.engine = engine;
        row.error = planned.error;
      }
      continue;
    }
    if (planned.is_google_test && !starts_a_thread(plan, planned)) {
      result.skipped = true;
      continue;
    }
    for (const EngineKind engine : plan.engines) {
      if (g_interrupted) break;
      result.engines.push_back(
          run_engine(plan, planned, engine, options, budget.next_part(plan.seconds),
                     resumes ? &saved : nullptr, line.get(), found ? &*found : nullptr, interim,
                     result.engines, result.modules));
    }
    if (!g_interrupted)
      hunt(plan, planned, options, budget.next_part(plan.seconds), line.get(), result);
    settle_claims(result.engines, unseen_in(result.engines));
    result.interrupted = g_interrupted;
  }
  line.reset();

  for (ToldCases::Told& one : told) {
    const bool broken = broken_expectation(plan.expectation, *one.result).has_value();
    // Of a program that was not run, or not to an end, nothing is known.
    const bool any_ended =
        std::any_of(one.result->engines.begin(), one.result->engines.end(),
                    [](const EngineResult& engine) { return engine.runs > engine.gave_up; });
    if (broken) {
      one.verdict = Verdict::broken;
    } else if (any_ended) {
      one.verdict = Verdict::held;
    }
  }
  const ToldCases ready(told);
  const auto cases = ready.cases();
  // What goes to standard output is for a program to read: people look elsewhere then.
  const bool piped = writes_to_output(plan.reports);
  write_terminal_report(piped ? std::cerr : std::cout, cases, terminal_options());
  std::cout.flush();
  int status = write_reports(plan.reports, cases);
  // After an error of Heddle's own there is nothing new to go on from.
  if (resumes && !results.front()->engines.empty() &&
      !results.front()->engines.front().error.has_value()) {
    if (const auto wrong = write_saved_search(options.resume, saved)) {
      status = complain(kUsage, fmt::format("cannot write {}: {}; the report above is complete",
                                            options.resume, *wrong));
    }
  }

  for (const NamedProgram& program : plan.programs) {
    const auto tests = std::count_if(results.begin(), results.end(), [&](const auto& result) {
      return result->google_test && result->program == program.path;
    });
    const auto skipped = std::count_if(results.begin(), results.end(), [&](const auto& result) {
      return result->skipped && result->program == program.path;
    });
    if (tests != 0 && skipped == tests && !g_interrupted) {
      status = complain(kOwnError, fmt::format("{}: nothing was controlled: none of its tests ({}) "
                                               "ever starts a second thread",
                                               program.name, tests));
    }
  }
  for (const auto& result : results) {
    if (result->skipped) continue;
    auto own = error_of_engines(*result, plan.chosen_engines);
    if (!own.has_value()) own = nothing_finished(*result);
    if (own.has_value()) complain(kOwnError, *own);
    const auto broken = broken_expectation(plan.expectation, *result);
    const bool found_bug =
        broken.has_value() && plan.expectation.verdict == Expectation::Verdict::pass;
    if (own.has_value() && !found_bug) {
      status = kOwnError;
    } else if (broken.has_value()) {
      // A bug that one engine has found is one, whatever has kept another from its work.
      if (status == kHeld) status = kNotHeld;
      complain(kNotHeld, *broken);
    }
  }
  return g_interrupted ? interrupted_status() : status;
}

}  // namespace

void add_run_command(CLI::App& app, Action& action, const std::vector<std::string>& program_args) {
  auto options = std::make_shared<RunOptions>();
  options->program_args = program_args;
  CLI::App* command =
      app.add_subcommand("run", "Runs programs under the engines and reports how they fail");
  command->add_option("programs", options->words,
                      "paths of programs (with a '/'), or names of built cases; behind -- the "
                      "programs' own arguments");
  command
      ->add_option("-e,--engine", options->engines,
                   "stress, tsan, fuzz, relacy, or all; several with commas")
      ->delimiter(',')
      // One word each time: the next is a program.
      ->allow_extra_args(false)
      ->capture_default_str();
  command->add_option("-n,--runs", options->runs, fmt::format("runs per engine [{}]", kRuns))
      ->check(whole_number(0, kMostCounted));
  command->add_option("-t,--time", options->time,
                      "how long per engine, e.g. 30s or 5m; beside --runs: whichever ends first");
  command->add_option("--budget", options->budget,
                      "how long the whole command may take, shared out over cases and engines");
  command->add_option("-s,--seed", options->seed, "the same seed gives the same runs")
      ->check(whole_number(0, ~std::uint64_t{0}))
      ->capture_default_str();
  command
      ->add_option("-j,--jobs", options->jobs,
                   "worker processes; default: one per processor, one for real threads")
      ->check(whole_number(1, kMostJobs));
  command->add_option("--strategy", options->strategy, "fuzz: who goes next")
      ->capture_default_str();
  command->add_option("--delay", options->delay, "stress, tsan: the random delays")
      ->capture_default_str();
  command
      ->add_option("--relacy-search", options->relacy_search,
                   "relacy: random, full, or bound:N for at most N preemptions")
      ->capture_default_str();
  command
      ->add_option("--expect", options->expect,
                   "pass, fail, fail:KIND or any; the exit status says whether it is so")
      ->capture_default_str();
  command
      ->add_option("--report", options->reports,
                   "also write FORMAT:FILE, e.g. json:out.json, junit:out.xml, markdown:out.md; - "
                   "is standard output")
      ->allow_extra_args(false);
  command->add_option("--resume", options->resume,
                      "fuzz, with strategy dfs or dpor: go on from FILE, and write it at the end");
  command->add_option("--gtest_filter", options->google_test_filter,
                      "GoogleTest programs: only the tests that match, as GoogleTest has it");
  command->add_flag("--stop-at-race", options->stop_at_race,
                    "fuzz: a run ends at its first data race");
  command->add_flag("--leaks", options->leaks,
                    "fuzz: heap memory that nothing leads to at the end of a run is a failure");
  add_shared_options(*command, options->shared);
  command->add_option("--step-limit", options->step_limit, "fuzz: steps after which a run gives up")
      ->check(whole_number(1, kMostCounted))
      ->capture_default_str();
  command
      ->add_option("--hang-ms", options->hang_ms,
                   "stress, tsan: processor time without a change until circles are looked for")
      ->check(whole_number(1, kMostHangMs))
      ->capture_default_str();
  command
      ->add_option("--hunt-runs", options->hunt_runs,
                   "runs of fuzz to find a failure of stress or tsan again; 0: no hunt")
      ->check(whole_number(0, kMostCounted))
      ->capture_default_str();
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace heddle
