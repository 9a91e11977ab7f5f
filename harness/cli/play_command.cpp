#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "harness/cli/case_list.h"
#include "harness/cli/commands.h"
#include "harness/cli/numbers.h"
#include "harness/cli/play_input.h"
#include "harness/cli/terminal_size.h"
#include "harness/cli/token_files.h"
#include "harness/model/replay_token.h"
#include "harness/report/cause_words.h"
#include "harness/report/play_report.h"
#include "harness/report/symbolizer.h"
#include "harness/search/cause.h"
#include "harness/search/play.h"
#include "harness/search/program_build.h"
#include "harness/search/program_check.h"

namespace heddle {
namespace {

struct PlayOptions {
  std::string program;
  std::vector<std::string> program_args;
  std::string input;
  bool json = false;
  bool leaks = false;
  SharedOptions shared;
  std::uint64_t step_limit = Job{}.step_limit;
};

constexpr std::uint32_t kPatienceMs = 60'000;
constexpr std::size_t kMovesShown = 12;  // of one command
constexpr std::size_t kAllMoves = 1'000;
constexpr std::size_t kOutputShown = 2'000;  // characters, the last

class Game {
 public:
  Game(const PlayOptions& options, const NamedProgram& program, WorkerOptions worker, Job job,
       PlayReport& report)
      : program_(program),
        worker_(std::move(worker)),
        job_(std::move(job)),
        report_(report),
        replayer_(worker_, kPatienceMs),
        play_(replayer_, job_),
        default_step_limit_(options.step_limit == Job{}.step_limit) {
    result_.name = program_.name;
    result_.program = program_.path;
    result_.args = worker_.args;
    result_.input = worker_.input;
    result_.any_rwlock = job_.any_rwlock;
    result_.free_deadlines = job_.free_deadlines;
  }

  // What is wrong, if the program cannot be played.
  std::optional<std::string> begin() {
    if (auto error = play_.run()) return error;
    result_.modules = replayer_.modules();
    symbols_.emplace(result_.modules);
    names_.emplace(*symbols_);
    case_ = {.result = &result_,
             .symbols = &*symbols_,
             .replay_as = program_.name,
             .build = program_build(program_.path)};
    pass_by();
    if (error_.has_value()) return error_;
    report_.begin(
        {.program = program_.name, .racy = job_.racy_pcs.size(), .has_lines = has_lines()});
    show_state();
    return std::nullopt;
  }

  // False: it is over. What is wrong stands in error().
  bool obey(const PlayCommand& command) {
    switch (command.kind) {
      case PlayCommand::Kind::quit:
        return false;
      case PlayCommand::Kind::help:
        report_.help(play_help());
        return true;
      case PlayCommand::Kind::state:
        shown_ = play_.decisions_made();
        show_state();
        return true;
      case PlayCommand::Kind::moves:
        report_.moves(rows(play_.events(), kAllMoves));
        return true;
      case PlayCommand::Kind::undo:
        return undo(command.number.value_or(1));
      default:
        return decide(command);
    }
  }

  void leave() {
    std::string replay;
    if (play_.decision() != nullptr && play_.decisions_made() != 0) replay = replay_of({});
    report_.farewell(replay);
  }

  bool has_failed() const { return failed_; }
  const std::optional<std::string>& error() const { return error_; }

 private:
  bool undo(std::uint32_t count) {
    if (!play_.can_undo()) {
      report_.error("there is nothing to take back");
      return true;
    }
    for (; count > 1 && play_.can_undo(); --count) play_.unmark();
    if (!play_.can_undo()) {
      // More than there were: back to the beginning, which the last of them began.
      report_.error("there are not so many to take back");
      return true;
    }
    error_ = play_.undo();
    if (error_.has_value()) return false;
    shown_ = play_.decisions_made();
    show_state();
    return true;
  }

  // A line that says why the command cannot be obeyed.
  std::optional<std::string> refuse(const PlayCommand& command) const {
    const Decision* const now = play_.decision();
    if (now == nullptr) return "the run is over: undo, or quit";
    const bool asks = now->choice.has_value();
    if (command.names_thread.has_value() && *command.names_thread == asks) {
      return asks ? "a question is open: answer it with an alternative"
                  : "no question is open: say which thread goes next";
    }
    const bool of_thread =
        command.kind == PlayCommand::Kind::meet || command.kind == PlayCommand::Kind::block;
    if (of_thread && asks && command.number.has_value()) {
      return "a question is open: answer it first";
    }
    if (command.kind == PlayCommand::Kind::steps || !command.number.has_value())
      return std::nullopt;
    const std::uint32_t number = *command.number;
    if (asks) {
      if (number < now->alternatives) return std::nullopt;
      return fmt::format("the answers go from 0 to {}", now->alternatives - 1);
    }
    if (std::find(now->ready.begin(), now->ready.end(), number) != now->ready.end()) {
      return std::nullopt;
    }
    if (number >= now->threads.size()) return fmt::format("there is no T{}", number);
    const bool ended = now->threads[number].state == ThreadAt::State::finished;
    return fmt::format("T{} {}", number, ended ? "has ended" : "waits and cannot go on");
  }

  bool decide(const PlayCommand& command) {
    if (const auto refusal = refuse(command)) {
      report_.error(*refusal);
      return true;
    }
    shown_ = play_.decisions_made();
    play_.mark();
    const std::uint32_t first = command.kind == PlayCommand::Kind::steps
                                    ? play_.decision()->usual
                                    : command.number.value_or(play_.decision()->usual);
    const bool was_choice = play_.decision()->choice.has_value();
    error_ = play_.take(first);
    pass_by();
    std::uint32_t left = command.kind == PlayCommand::Kind::steps ? *command.number - 1 : 0;
    // Whoever is to go on after a question is the one that was asked.
    std::optional<ThreadId> follows;
    if (!was_choice) follows = first;
    while (!error_.has_value() && play_.decision() != nullptr && goes_on(command, follows, left)) {
      error_ = play_.take(play_.decision()->usual);
      pass_by();
    }
    if (error_.has_value()) return false;
    show_state();
    return true;
  }

  bool has_lines() const {
    const std::vector<Event>& events = play_.trace().events;
    return events.empty() || std::any_of(events.begin(), events.end(), [&](const Event& event) {
             return source_of(*symbols_, event.op.pc, event.stack).known();
           });
  }

  // Where the running thread is in the middle of a library that no code of the person's has called,
  // as it is at the end of a std::thread, there is nothing to decide.
  void pass_by() {
    while (!error_.has_value() && play_.decision() != nullptr) {
      const Decision& now = *play_.decision();
      if (now.choice.has_value() || now.usual != now.thread) return;
      const ThreadAt& at = now.threads[now.thread];
      if (at.op.kind == OpKind::thread_start) return;
      const SourceLine source = source_of(*symbols_, at.op.pc, at.stack);
      if (!source.known() || !source.in_library) return;
      error_ = play_.take(now.usual);
    }
  }

  bool goes_on(const PlayCommand& command, std::optional<ThreadId> follows,
               std::uint32_t& left) const {
    const Decision& now = *play_.decision();
    switch (command.kind) {
      case PlayCommand::Kind::steps:
        return left > 0 && left-- > 0;
      case PlayCommand::Kind::finish:
        return true;
      case PlayCommand::Kind::block:
      case PlayCommand::Kind::meet: {
        if (now.choice.has_value() || !follows.has_value()) return false;
        if (now.thread != *follows || now.usual != *follows) return false;
        return command.kind == PlayCommand::Kind::block ||
               !meets_another(now, *follows, play_.events());
      }
      default:
        return false;
    }
  }

  // `events`: the last of the run.
  Interleaving rows(std::span<const Event> events, std::size_t most) {
    const std::span<const Event> all = play_.events();
    const auto before = all.first(all.size() - events.size());
    const Trace trace{.events = shown_events(all, play_.trace()), .truncated = false};
    return select_last_rows(trace, *names_, most, shown_events(before, play_.trace()).size());
  }

  std::span<const Event> news() const {
    return shown_.has_value() ? play_.events_since(*shown_) : play_.events();
  }

  void show_state() {
    const PlayAt at{.decisions = play_.decisions_made(),
                    .moves = rows(news(), kMovesShown),
                    .token = to_text(ReplayToken{.token = play_.token(), .build = case_.build})};
    failed_ = false;
    if (const Decision* const now = play_.decision()) {
      report_.state(at, play_state(*now, play_.events(), play_.trace(), *names_));
    } else {
      report_.end(at, end_of_run());
    }
  }

  std::string replay_of(std::optional<FailureKind> kind) const {
    std::optional<std::uint64_t> step_limit;
    if (!default_step_limit_) step_limit = job_.step_limit;
    return replay_command(case_, play_.token(), kind, step_limit);
  }

  PlayEnd end_of_run() {
    PlayEnd end;
    const auto* failure = std::get_if<Failed>(&play_.outcome());
    for (const Failed* one : failures(failure)) {
      end.failures.push_back({.kind = one->kind, .text = headline(*one, *names_)});
    }
    failed_ = !end.failures.empty();
    if (failed_) end.outcome = PlayEnd::Outcome::failed;
    if (failure != nullptr) {
      end.text = "It failed: " + end.failures.front().text;
      if (is_stuck(failure->kind)) end.waiting = wait_texts(*failure, play_.trace(), *names_);
    } else if (const auto* gave_up = std::get_if<GaveUp>(&play_.outcome())) {
      end.text = fmt::format("It gave up, neither passed nor failed: {} ({})",
                             limit_text(*gave_up, *names_), gave_up->reason);
      if (!failed_) end.outcome = PlayEnd::Outcome::gave_up;
    } else if (failed_) {
      failure = &play_.reports().front();
      end.text = "It came to its end, and failed on its way: " + end.failures.front().text;
    } else {
      end.text = "It passed.";
    }
    if (failure != nullptr) end.cause = cause_of(*failure);
    end.output = output();
    std::optional<FailureKind> kind;
    if (failure != nullptr) kind = failure->kind;
    end.replay = replay_of(kind);
    return end;
  }

  std::vector<const Failed*> failures(const Failed* ending) const {
    std::vector<const Failed*> all;
    if (ending != nullptr) all.push_back(ending);
    for (const Failed& report : play_.reports()) all.push_back(&report);
    return all;
  }

  // Of this very run: it is not made smaller before.
  std::string cause_of(const Failed& failure) {
    const MinimalInterleaving run{.token = play_.token(), .trace = play_.trace()};
    // Long runs take long to tell apart.
    constexpr std::size_t kLongest = 20'000;
    if (run.trace.events.size() > kLongest) return {};
    const auto cause = find_cause(replayer_, job_, failure, run,
                                  {.max_runs = 300, .max_time = std::chrono::milliseconds(1'000)});
    return cause.has_value() ? cause_text(*cause, *names_) : std::string();
  }

  std::string output() const {
    Job job = job_;
    job.record_trace = false;
    job.schedule = play_.token().schedule;
    WorkerOptions worker = worker_;
    worker.errors_too = true;
    std::string text = output_of(std::move(worker), job, kPatienceMs);
    if (text.size() > kOutputShown) text = "..." + text.substr(text.size() - kOutputShown);
    return text;
  }

  const NamedProgram& program_;
  const WorkerOptions worker_;
  const Job job_;
  PlayReport& report_;
  Replayer replayer_;
  Play play_;
  const bool default_step_limit_;
  CaseResult result_;
  std::optional<Symbolizer> symbols_;
  std::optional<Names> names_;
  ReportCase case_;
  // Decisions before what the person has seen of the run; nothing: it has seen none.
  std::optional<std::size_t> shown_;
  bool failed_ = false;
  std::optional<std::string> error_;
};

int play(const PlayOptions& options) {
  const auto program = usable_program(options.program);
  if (const auto* refusal = std::get_if<Refusal>(&program)) {
    return complain(refusal->status, refusal->message);
  }
  const auto& named = std::get<NamedProgram>(program);
  const WorkerOptions worker{.program = named.path,
                             .args = options.program_args,
                             .input = options.input,
                             .google_test = has_google_test(named.path),
                             .library_dir = default_library_dir()};
  Job job;
  job.leaks = options.leaks;
  job.step_limit = options.step_limit;
  if (const auto wrong = options.shared.apply(job, 1)) return complain(kUsage, *wrong);
  const auto racing = find_racing(worker, job);
  if (const auto* error = std::get_if<StartError>(&racing)) {
    return complain(kOwnError, fmt::format("{}: {}", named.name, error->message));
  }
  job.racy_pcs = std::get<std::vector<Address>>(racing);

  const bool is_terminal = isatty(STDIN_FILENO) != 0;
  const auto report = options.json ? make_play_json(std::cout)
                                   : make_play_text(std::cout, terminal_options(), is_terminal);
  Game game(options, named, worker, std::move(job), *report);
  if (const auto error = game.begin()) {
    return complain(kOwnError, fmt::format("{}: {}", named.name, *error));
  }
  std::string line;
  for (;;) {
    report->prompt();
    if (!std::getline(std::cin, line)) {
      report->end_of_input();
      break;
    }
    report->echo(line);
    const PlayInput input = options.json ? parse_play_json(line) : parse_play_line(line);
    if (const auto* error = std::get_if<PlayInputError>(&input)) {
      report->error(error->message);
    } else if (!game.obey(std::get<PlayCommand>(input))) {
      break;
    }
  }
  if (game.error().has_value()) {
    return complain(kOwnError, fmt::format("{}: {}", named.name, *game.error()));
  }
  game.leave();
  return game.has_failed() ? kNotHeld : kHeld;
}

}  // namespace

void add_play_command(CLI::App& app, Action& action, const std::vector<std::string>& program_args) {
  auto options = std::make_shared<PlayOptions>();
  options->program_args = program_args;
  CLI::App* command = app.add_subcommand("play",
                                         "You decide which thread goes next; exit status 1 if the "
                                         "run that you end with fails, else 0");
  command->add_option("program", options->program, "as for run, and its arguments behind --")
      ->required();
  command->add_flag("--json", options->json,
                    "commands and answers are JSON, an object a line, for other programs");
  command->add_option("--input", options->input, "file that is the program's standard input")
      ->check(CLI::ExistingFile);
  command->add_flag("--leaks", options->leaks, "as for run");
  add_shared_options(*command, options->shared);
  command->add_option("--step-limit", options->step_limit, "as for run")
      ->check(whole_number(1, kMostCounted))
      ->capture_default_str();
  command->footer("Commands, while you play:\n" + std::string(play_help()));
  command->callback([options, &action] { action = [options] { return play(*options); }; });
}

}  // namespace heddle
