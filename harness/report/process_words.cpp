#include "harness/report/process_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/report/text.h"

namespace heddle {
namespace {

std::string share(std::uint64_t count, std::uint64_t runs) {
  return count == 0 ? "none of " + grouped(runs)
                    : fmt::format("{} of {}", grouped(count), grouped(runs));
}

std::string failure_text(const ProcessFailure& failure, Names& names) {
  const std::string what = headline(failure.failure, names);
  if (failure.runs == ProcessRuns{}) {
    return fmt::format(
        "\"{}\" in {} did not come again when its run was repeated in a fresh process", what,
        plural(failure.count, "run"));
  }
  return fmt::format("\"{}\" in {} first runs of a process, and in {} later ones", what,
                     share(failure.failed.first, failure.runs.first),
                     share(failure.failed.later, failure.runs.later));
}

}  // namespace

std::string not_as_fresh_text(const NotAsFresh& unlike, Names& names) {
  // Past a few a report helps nobody; that of format json has all.
  constexpr std::size_t kTold = 3;
  std::vector<std::string> parts;
  for (const ProcessFailure& failure : unlike.failures) {
    if (parts.size() == kTold) {
      parts.push_back(plural(unlike.failures.size() - kTold, "other failure"));
      break;
    }
    parts.push_back(failure_text(failure, names));
  }
  const bool only_in_first =
      !unlike.divergence && !unlike.failures.empty() &&
      std::all_of(unlike.failures.begin(), unlike.failures.end(),
                  [](const ProcessFailure& failure) { return failure.failed.first != 0; });
  if (only_in_first) {
    // The program's, for certain, and perhaps a matter of time: a first run begins slowly.
    return fmt::format("seen only in the first run of a process: {}; {}", fmt::join(parts, "; "),
                       unlike.own_processes ? "so the runs above had a process each"
                                            : "--isolation process gives each run one");
  }
  if (unlike.divergence) parts.push_back(fresh_difference_text(*unlike.divergence, names));
  // Of real threads time decides too, and the first run of a process has another than later ones.
  const bool by_numbers = !unlike.divergence && unlike.failures.front().runs.first != 0;
  return fmt::format(
      "not repeatable inside one process, {}: {}; {}",
      by_numbers
          ? "by what a run leaves behind, which is Heddle's fault, or by the time that first "
            "runs take"
          : "which is Heddle's fault and none of the program's",
      fmt::join(parts, "; "),
      unlike.own_processes ? "so the runs above had a process each"
                           : "what does not come in fresh processes is not confirmed and does not "
                             "count; --isolation process gives each run one");
}

std::vector<std::string> process_remarks(const EngineResult& engine, Names& names) {
  std::vector<std::string> remarks;
  if (engine.lost_workers == 1) {
    remarks.emplace_back("a worker was killed from outside; its run was made again");
  } else if (engine.lost_workers > 1) {
    remarks.push_back(fmt::format("{} workers were killed from outside; their runs were made again",
                                  engine.lost_workers));
  }
  if (engine.known_well) {
    remarks.emplace_back(
        engine.gave_up == engine.runs
            ? "ended before all runs were made: none of them ends, and each takes long"
            : "ended before all runs were made: they take long, and the rate is known well enough");
  }
  if (engine.out_of_budget && !engine.known_well) {
    remarks.emplace_back("ended before all runs were made: --budget was used up");
  }
  if (engine.features.interrupted) {
    remarks.emplace_back(
        "a thread waits in a loop of code that is not instrumented: after a second of processor "
        "time "
        "it is interrupted there");
  }
  if (engine.own_processes) remarks.push_back(own_processes_text(*engine.own_processes));
  if (engine.not_as_fresh) remarks.push_back(not_as_fresh_text(*engine.not_as_fresh, names));
  if (engine.divergence) {
    remarks.push_back("not repeatable: " + divergence_text(*engine.divergence, names));
  }
  const auto not_tried = std::count_if(
      engine.findings.begin(), engine.findings.end(),
      [](const Finding& finding) { return finding.fresh == FreshProcess::not_tried; });
  if (not_tried != 0) {
    remarks.push_back(plural(static_cast<std::uint64_t>(not_tried), "failure") +
                      " not tried in a fresh process");
  }
  return remarks;
}

std::string ordering_text(const OrderedPlaces& ordered, Names& names) {
  const Place& by = ordered.by;
  const Event event{.thread = by.thread, .op = by.op};
  return fmt::format(
      "in each of {} that came to both places something ordered them: {}'s {}, at {}",
      plural(ordered.runs, "run"), thread_name(by.thread), operation_text(event, {}, names),
      short_place(source_of(names.symbols(), by.op.pc, by.stack)));
}

std::string finding_text(const Finding& finding, const EngineResult& engine, Names& names) {
  std::string text = headline(finding.failure, names);
  if (finding.fresh == FreshProcess::not_yet) {
    text += fmt::format(" (not yet seen in a fresh process, {} tried)",
                        grouped(engine.process_runs.value_or(ProcessRuns{}).first));
  } else if (finding.fresh == FreshProcess::not_tried) {
    text += " (not tried in a fresh process)";
  }
  return text;
}

std::string_view to_string(FreshProcess fresh) {
  switch (fresh) {
    case FreshProcess::shown:
      return "shown";
    case FreshProcess::not_yet:
      return "not_yet";
    case FreshProcess::not_tried:
      return "not_tried";
  }
  return "";
}

}  // namespace heddle
