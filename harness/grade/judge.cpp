#include "harness/grade/judge.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "harness/grade/files.h"
#include "harness/report/claim_words.h"
#include "harness/report/describe.h"
#include "harness/report/symbolizer.h"
#include "harness/report/terminal.h"
#include "harness/search/engine_search.h"
#include "harness/search/grounds.h"
#include "harness/search/minimize.h"

namespace heddle::grade {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SeenFailure, part, kind, headline, count)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Seen, engine, hidden_test, runs, failed, gave_up, claim, error,
                                   failures)

namespace {

using Json = nlohmann::json;

Part part_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::data_race:
      return Part::race_free;
    case FailureKind::deadlock:
    case FailureKind::lost_wakeup:
    case FailureKind::self_deadlock:
    case FailureKind::hang:
    case FailureKind::lock_inversion:
      return Part::deadlock_free;
    case FailureKind::assertion:
    case FailureKind::abort:
    case FailureKind::uncaught_exception:
    case FailureKind::exit_status:
    case FailureKind::signal:
    case FailureKind::bad_unlock:
    case FailureKind::destroyed_locked:
    case FailureKind::use_after_free:
    case FailureKind::use_after_destroy:
    case FailureKind::use_after_return:
    case FailureKind::double_free:
    case FailureKind::other_report:
    case FailureKind::use_of_uninitialized:
    case FailureKind::leak:
    case FailureKind::out_of_memory:
      return Part::correct;
  }
  return Part::correct;
}

// Of a worker, with what Heddle itself needs: less than all that is inside may take together.
constexpr std::uint64_t kMemory = 1ULL << 30;

SearchOptions options_for(const std::filesystem::path& program, EngineKind engine,
                          std::uint64_t runs, const Budget& budget,
                          const std::string& library_dir) {
  SearchOptions options;
  options.worker.program = program;
  options.worker.library_dir = library_dir;
  options.job.engine = engine;
  options.job.step_limit = budget.steps;
  // A sleep orders nothing: what fails only because somebody wakes up late has to be mended too.
  options.job.free_deadlines = true;
  options.runs = runs;
  options.job.memory = kMemory;
  // A run takes milliseconds; one that ends neither by itself nor at its steps costs this once.
  options.lost_ms = 10'000;
  // One at a time: the class has the processors.
  options.workers = 1;
  return options;
}

// A failure that ends the search: on real threads one is as good as many, since it adds no marks;
// and a run that does not end by itself takes its whole time.
bool ends_search(EngineKind engine, const Failed& failure) {
  return engine == EngineKind::stress || engine == EngineKind::tsan ||
         failure.kind == FailureKind::hang || failure.kind == FailureKind::out_of_memory;
}

struct Searched {
  EngineResult result;
  std::vector<Module> modules;
};

Searched run_engine(const SearchOptions& options,
                    const std::function<bool(const Failed&)>& enough) {
  std::atomic<bool> stop = false;
  SearchEvents events;
  events.interrupted = &stop;
  events.found = [&](const Failed& failure) {
    if (enough(failure)) stop = true;
  };
  SearchOutcome outcome = search(options, events);
  return {std::move(outcome.result), std::move(outcome.modules)};
}

Seen seen_by(const EngineResult& result, const Symbols& symbols) {
  Seen seen{.engine = std::string(to_string(result.engine)),
            .hidden_test = false,
            .runs = result.runs,
            .failed = result.failed,
            .gave_up = result.gave_up,
            .claim = words_of(result).row,
            .error = result.error.value_or(""),
            .failures = {}};
  for (const Finding& finding : result.findings) {
    Names names{symbols};
    seen.failures.push_back({.part = part_of(finding.failure.kind),
                             .kind = std::string(to_string(finding.failure.kind)),
                             .headline = headline(finding.failure, names),
                             .count = finding.count});
  }
  return seen;
}

// The minimal interleaving of the first failures, as `heddle run` shows it.
std::string report_of(Searched& searched, const SearchOptions& options, const std::string& name) {
  constexpr std::size_t kShown = 2;
  Replayer replayer(options.worker, options.lost_ms);
  std::size_t shown = 0;
  for (Finding& finding : searched.result.findings) {
    if (!finding.token.has_value() || shown == kShown) continue;
    ++shown;
    finding.minimal = minimize(replayer, options.job, finding, {});
    if (!finding.minimal.has_value()) continue;
    finding.token = finding.minimal->token;
    finding.failure = finding.minimal->failure;
  }
  CaseResult result;
  result.name = name;
  result.program = name;
  result.free_deadlines = true;
  result.modules = searched.modules;
  result.engines.push_back(searched.result);
  const Symbolizer symbols(result.modules);
  const std::vector<ReportCase> cases = {
      {.result = &result, .symbols = &symbols, .replay_as = name}};
  std::ostringstream out;
  write_terminal_report(out, cases, {.width = 100, .color = false});
  return out.str();
}

void say(int out, const Json& line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = write(out, rest.data(), rest.size());
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Of tests with other numbers than those of the handout. One failure is enough.
Seen seen_with(const std::filesystem::path& test, const Budget& budget,
               const std::string& library_dir) {
  const SearchOptions options =
      options_for(test, EngineKind::fuzz, budget.fuzz, budget, library_dir);
  Searched searched = run_engine(
      options, [](const Failed& failed) { return part_of(failed.kind) != Part::race_free; });
  Seen seen = seen_by(searched.result, Symbolizer(searched.modules));
  seen.hidden_test = true;
  return seen;
}

// Runs inside. A line for each engine as soon as it is done: whatever ends this process later, that
// is known.
int judge_inside(int out, const Built& built, const Rubric& rubric, const std::string& library_dir,
                 const std::string& name, bool interleavings) {
  const Budget& budget = rubric.budget;
  struct Asked {
    EngineKind engine;
    std::uint64_t runs;
  };
  const Asked asked[] = {{EngineKind::fuzz, budget.fuzz},
                         {EngineKind::relacy, budget.relacy},
                         {EngineKind::stress, budget.stress},
                         {EngineKind::tsan, budget.tsan}};
  for (const auto& [engine, runs] : asked) {
    if (runs == 0) continue;
    say(out, {{"begins", to_string(engine)}});
    const SearchOptions options = options_for(built.program, engine, runs, budget, library_dir);
    const auto enough = [kind = engine](const Failed& failed) { return ends_search(kind, failed); };
    // Of a program that always comes to the limit of steps the first runs tell as much as all do.
    constexpr std::uint64_t kScouts = 40;
    SearchOptions scouts = options;
    scouts.runs = std::min(runs, kScouts);
    Searched searched = run_engine(scouts, enough);
    const bool comes_to_no_end = searched.result.gave_up == searched.result.runs;
    if (!comes_to_no_end) searched = run_engine(options, enough);
    std::vector<EngineResult> results = {std::move(searched.result)};
    settle_claims(results, unseen_in(results));
    searched.result = std::move(results.front());
    const Symbolizer symbols(searched.modules);
    say(out, {{"seen", seen_by(searched.result, symbols)}});
    const bool ended_at_once = std::any_of(
        searched.result.findings.begin(), searched.result.findings.end(),
        [](const Finding& finding) { return ends_search(EngineKind::fuzz, finding.failure); });
    // Each engine would wait for it, and none could say more.
    if ((ended_at_once || comes_to_no_end) && engine == EngineKind::fuzz) break;
    if (engine == EngineKind::fuzz && interleavings && !searched.result.findings.empty()) {
      say(out, {{"report", report_of(searched, options, name)}});
    }
    if (engine == EngineKind::fuzz && !built.meeting_program.empty()) {
      SearchOptions meeting = options_for(built.meeting_program, engine, runs, budget, library_dir);
      meeting.confirms = false;
      bool met = false;
      run_engine(meeting, [&](const Failed& failed) {
        met = met || failed.message.find(kMeeting) != std::string::npos;
        return met || ends_search(EngineKind::fuzz, failed);
      });
      say(out, {{"met", met}});
    }
    if (engine == EngineKind::fuzz) {
      for (const std::filesystem::path& test : built.hidden_tests) {
        say(out, {{"seen", seen_with(test, budget, library_dir)}});
      }
    }
  }
  return 0;
}

std::string why_cut_short(const Inside& inside, const std::string& engine) {
  const std::string where = engine.empty() ? "" : " under " + engine;
  switch (inside.end) {
    case Inside::End::ended:
      return inside.status == 0
                 ? ""
                 : fmt::format("the search{} ended with status {}", where, inside.status);
    case Inside::End::out_of_time:
      return fmt::format("it takes too long{}", where);
    case Inside::End::out_of_memory:
      return fmt::format("it takes too much memory{}", where);
    case Inside::End::too_many_processes:
      return fmt::format("it starts too many processes or threads{}", where);
    case Inside::End::not_started:
      return "the sandbox failed: " + inside.output;
  }
  return "";
}

}  // namespace

const Seen* Evidence::find(const std::string& engine) const {
  const auto at = std::find_if(seen.begin(), seen.end(), [&](const Seen& entry) {
    return entry.engine == engine && !entry.hidden_test;
  });
  return at == seen.end() ? nullptr : &*at;
}

Evidence judge(const Built& built, const Rubric& rubric, const Sandbox& sandbox, const Room& room,
               const std::string& library_dir, const std::string& name, bool interleavings) {
  const Inside inside = sandbox.run(room, {}, [&](int out) {
    try {
      return judge_inside(out, built, rubric, library_dir, name, interleavings);
    } catch (const std::exception& error) {
      // It may have left nothing to go on with.
      say(out, {{"error", error.what()}});
      return 1;
    }
  });
  Evidence evidence;
  std::string engine;
  std::string error;
  std::istringstream lines(inside.output);
  for (std::string text; std::getline(lines, text);) {
    const Json line = Json::parse(text, nullptr, false);
    if (!line.is_object()) continue;  // cut off in the middle
    if (line.contains("begins")) engine = line["begins"];
    if (line.contains("seen")) {
      Seen seen = line["seen"].get<Seen>();
      seen.error = without_folder(std::move(seen.error), room.folder);
      evidence.seen.push_back(std::move(seen));
    }
    if (line.contains("report")) evidence.report = line["report"];
    if (line.contains("met")) evidence.met = line["met"];
    if (line.contains("error")) error = line["error"];
  }
  evidence.cut_short =
      error.empty() ? why_cut_short(inside, engine) : fmt::format("{} stopped: {}", engine, error);
  return evidence;
}

}  // namespace heddle::grade
