#include "harness/cli/explain_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "harness/cli/case_list.h"
#include "harness/cli/command_line.h"
#include "harness/cli/commands.h"
#include "harness/report/markdown.h"
#include "harness/report/source_place.h"
#include "harness/report/symbolizer.h"
#include "harness/report/text.h"
#include "harness/search/place_hunt.h"
#include "harness/search/program_build.h"
#include "harness/search/program_check.h"
#include "harness/search/tsan_log.h"

namespace heddle {
namespace {

constexpr std::uint32_t kPatienceMs = 60'000;
// Past a few a log repeats itself, and each costs runs.
constexpr std::size_t kMostRaces = 16;

std::optional<std::string> read_log(const std::string& name) {
  if (name == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  std::ifstream file(name, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// The innermost line of the person's own.
SourcePlace place_of(const LoggedAccess& access) {
  for (const LoggedFrame& frame : access.frames) {
    if (frame.line == 0 || is_library({frame.function, frame.file, frame.line})) continue;
    return {.file = frame.file, .line = frame.line, .function = frame.function};
  }
  return {};
}

struct Wanted {
  SourcePlace later;
  SourcePlace earlier;
  bool later_writes = false;
  bool earlier_writes = false;

  std::string text() const { return place_text(later) + " and " + place_text(earlier); }
  // A read and a write of one line are two warnings, and one thing to look for.
  bool is_like(const Wanted& other) const {
    return (later == other.later && earlier == other.earlier) ||
           (later == other.earlier && earlier == other.later);
  }
};

// What is wrong with the log, if nothing of it can be looked for.
std::optional<std::string> find_wanted(const std::string& name, const TsanLog& log,
                                       std::vector<Wanted>& wanted) {
  if (log.races.empty()) {
    return log.others == 0
               ? fmt::format("{}: no warning of ThreadSanitizer is in it", name)
               : fmt::format("{}: none of its warnings is a data race with both stacks", name);
  }
  for (const LoggedRace& race : log.races) {
    Wanted one{.later = place_of(race.later),
               .earlier = place_of(race.earlier),
               .later_writes = race.later.writes,
               .earlier_writes = race.earlier.writes};
    if (one.later.line == 0 || one.earlier.line == 0) continue;
    if (std::none_of(wanted.begin(), wanted.end(),
                     [&](const Wanted& other) { return other.is_like(one); })) {
      wanted.push_back(std::move(one));
    }
  }
  if (wanted.empty()) {
    return fmt::format(
        "{}: its stacks name no source lines: build the program with -g, and let ThreadSanitizer "
        "find llvm-symbolizer (TSAN_OPTIONS=external_symbolizer_path=...)",
        name);
  }
  return std::nullopt;
}

class LogExplainer {
 public:
  LogExplainer(const ExplainLogOptions& options, const NamedProgram& program,
               std::vector<Wanted> wanted)
      : options_(options), program_(program), wanted_(std::move(wanted)) {}

  // The exit status.
  int run() {
    result_.name = program_.name;
    result_.program = program_.path;
    result_.args = options_.program_args;
    if (options_.log != "-") result_.input = standard_input_file();
    result_.any_rwlock = options_.job.any_rwlock;
    result_.free_deadlines = options_.job.free_deadlines;
    const SearchOptions search{.worker = {.program = program_.path,
                                          .args = result_.args,
                                          .input = result_.input,
                                          .google_test = has_google_test(program_.path),
                                          .library_dir = default_library_dir()},
                               .job = options_.job,
                               .lost_ms = kPatienceMs};
    KnownPlaces places;
    for (const Wanted& one : wanted_) {
      places.writes.emplace_back(one.later_writes, one.earlier_writes);
    }
    places.is_later = [this](std::size_t race, Address pc, std::span<const Address> stack) {
      return stands_at(wanted_[race].later, pc, stack);
    };
    places.is_earlier = [this](std::size_t race, Address pc, std::span<const Address> stack) {
      return stands_at(wanted_[race].earlier, pc, stack);
    };
    std::vector<HuntedPlaces> hunted;
    const auto error = hunt_places(
        search, places, {.runs = options_.runs},
        [this](std::vector<Module> modules) {
          result_.modules = std::move(modules);
          symbols_.emplace(result_.modules);
        },
        hunted);
    if (error.has_value()) {
      return complain(kOwnError, fmt::format("{}: {}", program_.name, *error));
    }
    if (!knows_lines_) {
      return complain(kOwnError,
                      fmt::format("{} was built without -g: which of its accesses the log means "
                                  "cannot be told",
                                  program_.name));
    }
    bool any = false;
    for (std::size_t race = 0; race < hunted.size(); ++race) {
      any |= write(wanted_[race], hunted[race]);
    }
    std::cout.flush();
    return any ? kNotHeld : kHeld;
  }

 private:
  bool stands_at(const SourcePlace& place, Address pc, std::span<const Address> stack) {
    const SourceLine source = source_of(*symbols_, pc, stack);
    knows_lines_ |= source.known() && !source.in_library;
    return is_at(source, place);
  }

  // Whether it was found.
  bool write(const Wanted& wanted, HuntedPlaces& hunted) {
    if (!hunted.found.has_value()) {
      write_markdown_absence(
          std::cout, program_.name, "not reached in " + plural(hunted.runs, "run"),
          fmt::format("The race of {}: {}.", wanted.text(), why_not(wanted, hunted)));
      return false;
    }
    result_.engines.clear();
    EngineResult& engine = result_.engines.emplace_back();
    engine.engine = EngineKind::fuzz;
    engine.findings.push_back(std::move(*hunted.found));
    const ReportCase report_case{.result = &result_,
                                 .symbols = &*symbols_,
                                 .replay_as = program_.name,
                                 .build = program_build(program_.path),
                                 .environment = environment_of(program_.path, command_line())};
    write_markdown_report(std::cout, std::span(&report_case, 1));
    return true;
  }

  std::string why_not(const Wanted& wanted, const HuntedPlaces& hunted) const {
    const auto never = [](const SourcePlace& place) {
      return fmt::format("no run that was looked at came to {}", place_text(place));
    };
    if (!hunted.later_reached && !hunted.earlier_reached && !(wanted.later == wanted.earlier)) {
      return "no run that was looked at came to either";
    }
    if (!hunted.later_reached) return never(wanted.later);
    if (!hunted.earlier_reached) return never(wanted.earlier);
    if (!hunted.ordered.has_value()) return "both places were reached, and never unordered";
    const Place& by = hunted.ordered->by;
    Names names{*symbols_};
    return fmt::format("both places were reached, and ordered each time by what T{} does at {}: {}",
                       by.thread, short_place(source_of(*symbols_, by.op.pc, by.stack)),
                       place_text(by, names));
  }

  const ExplainLogOptions& options_;
  const NamedProgram& program_;
  std::vector<Wanted> wanted_;
  CaseResult result_;
  std::optional<Symbolizer> symbols_;
  bool knows_lines_ = false;
};

}  // namespace

int explain_log(const ExplainLogOptions& options) {
  const auto text = read_log(options.log);
  if (!text.has_value()) return complain(kUsage, options.log + ": no such file");
  const TsanLog log = parse_tsan_log(*text);
  std::vector<Wanted> wanted;
  if (const auto wrong = find_wanted(options.log, log, wanted)) return complain(kUsage, *wrong);
  if (wanted.size() > kMostRaces) wanted.resize(kMostRaces);
  const auto program = usable_program(options.program);
  if (const auto* refusal = std::get_if<Refusal>(&program)) {
    return complain(refusal->status, refusal->message);
  }
  const auto& named = std::get<NamedProgram>(program);
  return LogExplainer(options, named, std::move(wanted)).run();
}

}  // namespace heddle
