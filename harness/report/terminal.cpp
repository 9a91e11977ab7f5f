#include "harness/report/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/report/callers.h"
#include "harness/report/cause_words.h"
#include "harness/report/claim_words.h"
#include "harness/report/coverage_words.h"
#include "harness/report/interleaving.h"
#include "harness/report/interleaving_table.h"
#include "harness/report/issues.h"
#include "harness/report/process_words.h"
#include "harness/report/screen.h"
#include "harness/report/source_text.h"
#include "harness/report/summary_table.h"
#include "harness/report/text.h"
#include "harness/report/waits.h"

namespace heddle {
namespace {

// Where the blocks of the heap come from that the rows name.
void write_origins(Screen& screen, const Names& names) {
  const auto origins = names.origins();
  if (!origins.empty()) screen.blank();
  for (const auto& [name, origin] : origins) screen.paragraph("  ", name + ": " + origin);
}

// Who waits on what, held by whom.
void write_waits(Screen& screen, const Failed& failure, const Trace& trace, Names& names) {
  for (const WaitText& wait : wait_texts(failure, trace, names)) {
    screen.paragraph(fmt::format("    {}  ", thread_name(wait.thread)), wait.text);
  }
}

// What is known of a failure without a schedule: who did what, and how it came there.
void write_places(Screen& screen, const Failed& failure, Names& names) {
  constexpr std::size_t kFramesShown = 6;
  // The headline has said it all.
  if (failure.places.size() == 1 && failure.places.front().stack.empty() &&
      failure.places.front().note.empty()) {
    return;
  }
  for (const Place& place : failure.places) {
    std::vector<Frame> frames = frames_of(names.symbols(), place.op.pc, place.stack);
    // From the person's own code on: how the library goes about it inside is not the point.
    const auto own = std::find_if_not(frames.begin(), frames.end(), is_library);
    if (own != frames.end()) {
      frames.erase(frames.begin(), own);
      while (is_library(frames.back())) frames.pop_back();
    }
    std::string what = place_text(place, names);
    if (!place.note.empty() && place.note != what) {
      what += (what.empty() ? "" : " - ") + printable(place.note);
    }
    std::string text = thread_name(place.thread) + (what.empty() ? "" : " ") + what;
    if (frames.empty() && place.op.pc != 0) text += fmt::format(" at {:#x}", place.op.pc);
    if (frames.empty()) screen.paragraph("      ", text);
    for (std::size_t i = 0; i < frames.size() && i < kFramesShown; ++i) {
      const Frame& frame = frames[i];
      const std::string function = short_function(frame.function);
      std::string where = printable(function.empty() ? "?" : function);
      if (frame.line != 0) {
        where +=
            printable(fmt::format(" ({}:{})", names.symbols().file_label(frame.file), frame.line));
      }
      if (i == 0) {
        screen.paragraph("      ", fmt::format("{} in {}", text, where));
      } else {
        screen.paragraph("        called from ", where, Style::dim, Style::dim);
      }
    }
    if (frames.size() > kFramesShown) {
      screen.paragraph("        ",
                       fmt::format("... {} more", plural(frames.size() - kFramesShown, "caller")),
                       Style::dim);
    }
  }
}

// ---- one case -----------------------------------------------------------------------------------

void write_interleaving(Screen& screen, std::string_view title, const Failed& failure,
                        const Interleaving& interleaving, MarkedLines shown = {}) {
  std::string heading{title};
  if (const std::string file = only_file(interleaving); !file.empty()) {
    heading += fmt::format(", lines of {}", file);
  }
  screen.paragraph("  ", heading + ":", Style::bold);
  if (interleaving.rows.empty()) {
    screen.paragraph("    ", "(no step of it touches anything that threads share)", Style::dim);
    return;
  }
  write_table(screen, interleaving,
              {.mark_races = failure.kind == FailureKind::data_race, .shown = std::move(shown)});
}

// The source round the places that the cause names.
MarkedLines places_of(const Cause& cause, const Symbols& symbols) {
  constexpr std::size_t kMost = 4;
  MarkedLines places;
  std::size_t left = kMost;
  for (const Event& event : cause.steps) {
    const SourceLine source = source_of(symbols, event.op.pc, event.stack);
    if (!source.known() || source.in_library || left == 0) continue;
    if (places[source.file].insert(source.line).second) --left;
  }
  return places;
}

void write_excerpts(Screen& screen, const MarkedLines& places, const Symbols& symbols) {
  constexpr unsigned kContext = 2;  // lines before and after
  for (const auto& [file, lines] : places) {
    const std::vector<ExcerptLine> text = excerpt(file, lines, kContext);
    if (text.empty()) continue;
    if (places.size() > 1) screen.line(fmt::format("  {}:", printable(symbols.file_label(file))));
    for (const ExcerptLine& one : text) {
      if (one.after_gap) screen.line("      ...");
      const std::string line =
          fmt::format("  {} {:>4}  {}", one.marked ? '>' : ' ', one.line.number, one.line.text);
      screen.line(
          screen.paint(shortened(line, screen.width()), one.marked ? Style::plain : Style::dim));
    }
    screen.blank();
  }
}

class CaseWriter {
 public:
  CaseWriter(Screen& screen, const ReportCase& report_case)
      : screen_(screen), case_(report_case), result_(*report_case.result) {}

  void write() {
    const std::string name = printable(result_.name);
    screen_.line(screen_.paint(name, Style::bold));
    screen_.line(
        screen_.paint(std::string(std::min(width_of(name), screen_.width()), '='), Style::bold));
    for (const EngineResult& engine : result_.engines) {
      if (!engine.findings.empty()) {
        write_engine(engine);
      } else if (engine.coverage.has_value() && !engine.error.has_value()) {
        screen_.blank();
        screen_.paragraph(fmt::format("{}: ", to_string(engine.engine)),
                          fmt::format("no failure in {} ({})", plural(engine.runs, "run"),
                                      printable(method_text(engine))),
                          Style::plain, Style::bold);
      }
      write_coverage(engine);
    }
  }

 private:
  // In characters: a page of them is no use on a terminal.
  static constexpr std::size_t kLongestToken = 4'000;
  // Ways to fail per engine: who has more needs another kind of report.
  static constexpr std::size_t kListed = 10;

  void write_engine(const EngineResult& engine) {
    screen_.blank();
    std::string title =
        fmt::format("{} of {} failed", grouped(engine.failed), plural(engine.runs, "run"));
    if (!engine.method.empty()) title += fmt::format(" ({})", printable(method_text(engine)));
    screen_.paragraph(fmt::format("{}: ", to_string(engine.engine)), title, Style::plain,
                      Style::bold);
    const std::vector<MergedFinding> findings = merged_findings(engine, *case_.symbols);
    const std::size_t listed = std::min(findings.size(), kListed);
    for (std::size_t i = 0; i < listed; ++i) {
      const Finding& finding = *findings[i].finding;
      Names names = names_for(finding.failure, trace_of(finding, engine), *case_.symbols);
      write_count(findings[i].count, engine.runs, finding_text(finding, engine, names),
                  finding.failure.late_wake ? Style::yellow : Style::red);
      if (!finding.minimal && !finding.token) write_places(screen_, finding.failure, names);
    }
    if (listed < findings.size()) {
      screen_.paragraph("      ", fmt::format("... {} more, all of them in a report of format json",
                                              plural(findings.size() - listed, "way")));
    }
    const std::uint64_t not_passed = engine.failed + engine.failed_late + engine.gave_up;
    if (engine.gave_up > 0) {
      Names names{*case_.symbols};
      write_count(engine.gave_up, engine.runs,
                  engine.limit ? "gave up: " + limit_text(*engine.limit, names)
                               : std::string("gave up at a limit"),
                  Style::yellow);
    }
    if (not_passed <= engine.runs) {
      write_count(engine.runs - not_passed, engine.runs, "passed", Style::green);
    }

    std::vector<ToldFailure> told;
    for (std::size_t i = 0; i < listed; ++i) told.push_back(told_of(*findings[i].finding));
    const std::vector<BesideWhich> beside = one_bug_each(told, *case_.symbols);
    const auto is_told_beside = [&](std::size_t i) {
      return beside[i].why != SameBug::no && token_of(*findings[i].finding) != nullptr &&
             token_of(*findings[beside[i].head].finding) != nullptr;
    };
    std::size_t shown = 0;
    for (std::size_t i = 0; i < listed; ++i) {
      const Finding& finding = *findings[i].finding;
      if (is_told_beside(i)) continue;
      if (finding.minimal) {
        write_minimal(finding, shown++);
      } else if (finding.token) {
        write_unreduced(finding.failure.kind, *finding.token);
      } else if (finding.hunt) {
        write_hunt(finding, *finding.hunt, shown);
      }
      // Where fuzz shows it, it shows those as well.
      if (finding.hunt && finding.hunt->by_search) continue;
      for (std::size_t j = 0; j < listed; ++j) {
        if (j != i && beside[j].head == i && is_told_beside(j)) {
          const Finding& other = *findings[j].finding;
          const Trace* trace =
              told[j].minimal != nullptr ? &told[j].minimal->trace : trace_of(other, engine);
          write_also(*told[j].failure, trace, *token_of(other), beside[j].why);
        }
      }
    }
    write_found_by_fuzz(std::span(findings).first(listed));
  }

  // As fuzz has it, where a hunt has found it.
  static ToldFailure told_of(const Finding& finding) {
    if (finding.minimal) return {&finding.failure, &*finding.minimal};
    if (finding.hunt && finding.hunt->found) {
      const auto& minimal = finding.hunt->minimal;
      return {&*finding.hunt->found, minimal ? &*minimal : nullptr};
    }
    return {&finding.failure, nullptr};
  }

  // Of the run by which it is told; nullptr: of none.
  static const Token* token_of(const Finding& finding) {
    if (finding.minimal) return &finding.minimal->token;
    if (finding.token) return &*finding.token;
    if (!finding.hunt || !finding.hunt->found) return nullptr;
    if (finding.hunt->minimal) return &finding.hunt->minimal->token;
    return finding.hunt->token ? &*finding.hunt->token : nullptr;
  }

  // A failure that is the bug above.
  void write_also(const Failed& failure, const Trace* trace, const Token& token, SameBug why) {
    seen_.insert(failure_key(failure));
    same_lines_.insert(lines_key(failure, *case_.symbols));
    Names names = names_for(failure, trace, *case_.symbols);
    screen_.paragraph(
        "  Also:    ", fmt::format("{}, {}", headline(failure, names), to_string(why)),
        Style::plain, Style::bold);
    if (std::find(shown_.begin(), shown_.end(), token) == shown_.end()) {
      write_replay(token, failure.kind);
    }
  }

  void write_found_by_fuzz(std::span<const MergedFinding> findings) {
    std::string kinds;
    std::set<FailureKind> told;
    for (const MergedFinding& merged : findings) {
      const Finding& finding = *merged.finding;
      if (!finding.hunt || !finding.hunt->by_search) continue;
      if (!told.insert(finding.failure.kind).second) continue;
      kinds += (kinds.empty() ? "" : ", ") + std::string(to_string(finding.failure.kind));
    }
    if (kinds.empty()) return;
    screen_.blank();
    screen_.paragraph("  ", kinds + ": fuzz has found the same, and shows the interleaving");
  }

  // What fuzz knows of a failure that was seen on real threads.
  void write_hunt(const Finding& finding, const Hunt& hunt, std::size_t& shown) {
    const std::string kind{to_string(finding.failure.kind)};
    std::string text;
    if (hunt.error) {
      text = "no interleaving of it is known: " + printable(*hunt.error);
    } else if (hunt.by_search) {
      return;
    } else if (hunt.found) {
      text = fmt::format("found in fuzz, by run {} of a hunt ({})", grouped(hunt.runs),
                         printable(hunt.strategy));
    } else if (hunt.runs > 0) {
      text = fmt::format("not reproduced within {} of fuzz ({})", plural(hunt.runs, "run"),
                         printable(hunt.strategy));
      if (hunt.ordered) {
        Names names{*case_.symbols};
        text = "ThreadSanitizer alone: " + text + "; " + ordering_text(*hunt.ordered, names);
      }
    } else {
      return;
    }
    screen_.blank();
    screen_.paragraph("  ", kind + ": " + text, hunt.found ? Style::plain : Style::yellow);
    if (!hunt.found) return;
    Finding found{.failure = *hunt.found, .token = hunt.token, .minimal = hunt.minimal};
    if (found.minimal) {
      write_minimal(found, shown++);
    } else if (found.token) {
      write_unreduced(found.failure.kind, *found.token);
    }
  }

  void write_coverage(const EngineResult& engine) {
    if (!engine.coverage.has_value() || engine.error.has_value()) return;
    if (!engine.findings.empty()) screen_.blank();
    screen_.paragraph("  Covered: ", coverage_text(engine), Style::plain, Style::bold);
    if (engine.coverage->bound.has_value()) {
      screen_.paragraph("           ", bound_text(engine, *engine.coverage->bound));
    }
  }

  void write_count(std::uint64_t count, std::uint64_t runs, std::string_view what, Style style) {
    constexpr std::size_t kBar = 10;
    const double part = fraction({count, runs});
    const auto filled = static_cast<std::size_t>(std::lround(part * kBar));
    const std::string bar =
        std::string(std::min(filled, kBar), '#') + std::string(kBar - std::min(filled, kBar), '.');
    const std::string number = padded_left(grouped(count), 9);
    const std::string rate = padded_left(percent(part) + " %", 8);
    const std::string lead = screen_.width() >= 70 ? fmt::format("{} {}  {}  ", number, rate, bar)
                                                   : fmt::format("{} {}  ", number, rate);
    screen_.paragraph(lead, what, style);
  }

  void write_minimal(const Finding& finding, std::size_t shown) {
    constexpr std::size_t kShown = 3;  // per engine; the others are a replay away
    const MinimalInterleaving& minimal = *finding.minimal;
    const std::string kind{to_string(finding.failure.kind)};
    screen_.blank();
    if (!seen_.insert(failure_key(finding.failure)).second) {
      screen_.paragraph("  ", fmt::format("{}: the same failure as above, replayed by", kind));
      write_replay(minimal.token, finding.failure.kind);
      return;
    }
    if (!same_lines_.insert(lines_key(finding.failure, *case_.symbols)).second) {
      screen_.paragraph("  ", fmt::format("{}: in the same lines as one above, replayed by", kind));
      write_replay(minimal.token, finding.failure.kind);
      return;
    }
    if (shown >= kShown) {
      screen_.paragraph("  ", fmt::format("{}: its shortest interleaving is shown by", kind));
      write_replay(minimal.token, finding.failure.kind);
      return;
    }
    shown_.push_back(minimal.token);
    Names names = names_for(finding.failure, &minimal.trace, *case_.symbols);
    const bool is_minimal =
        minimal.one_minimal || is_proved(minimal) ||
        (minimal.canonical && minimal.preemptions == 0) ||
        (minimal.token.engine == EngineKind::fuzz && minimal.token.schedule.deviations.empty());
    const Interleaving interleaving =
        select_rows(minimal.trace, finding.failure, names, rows_of(minimal));
    if (finding.failure.late_wake) {
      screen_.paragraph("  Needs:   ", kLateWakeText, Style::plain, Style::bold);
      screen_.blank();
    }
    MarkedLines places;
    if (minimal.cause.has_value()) places = write_cause(*minimal.cause, interleaving, names);
    const std::string callers =
        callers_text(callers_of(finding.failure, &minimal, *case_.symbols), *case_.symbols);
    if (!callers.empty()) {
      screen_.paragraph("  Called:  ", callers, Style::plain, Style::bold);
      screen_.blank();
    }
    write_interleaving(
        screen_,
        fmt::format("{} ({})", is_minimal ? "Minimal interleaving" : "Shortest interleaving found",
                    kind),
        finding.failure, interleaving, std::move(places));
    write_origins(screen_, names);
    if (is_stuck(finding.failure.kind)) {
      screen_.blank();
      screen_.paragraph("  ", "Who waits on what:", Style::bold);
      write_waits(screen_, finding.failure, minimal.trace, names);
    }
    screen_.blank();
    screen_.paragraph(is_minimal ? "  Minimal: " : "  Found:   ", minimality_text(minimal),
                      Style::plain, Style::bold);
    write_replay(minimal.token, finding.failure.kind);
  }

  // The lines of source that it has shown.
  MarkedLines write_cause(const Cause& cause, const Interleaving& interleaving, Names& names) {
    const std::string why = cause_text(cause, names);
    if (!why.empty()) screen_.paragraph("  Cause:   ", why, Style::plain, Style::bold);
    const auto row = [&](const std::optional<Event>& event) {
      return event.has_value() ? row_of(interleaving, *event) : 0;
    };
    const std::string swap = swap_text(cause, row(cause.first), row(cause.second), names);
    if (!swap.empty()) {
      screen_.paragraph(swap_proves(cause) ? "  Proof:   " : "  Tried:   ", swap, Style::plain,
                        Style::bold);
    }
    if (!why.empty() || !swap.empty()) screen_.blank();
    if (why.empty()) return {};
    MarkedLines places = places_of(cause, names.symbols());
    if (excerpts_.insert(places).second) write_excerpts(screen_, places, names.symbols());
    return places;
  }

  void write_unreduced(FailureKind kind, const Token& token) {
    if (std::find(shown_.begin(), shown_.end(), token) != shown_.end()) {
      if (!told_.insert({kind, to_text(token)}).second) return;
      screen_.blank();
      screen_.paragraph("  ",
                        fmt::format("{}: in the interleaving above as well", to_string(kind)));
      return;
    }
    screen_.blank();
    screen_.paragraph("  ",
                      fmt::format("{}: one run that fails so, not made smaller", to_string(kind)));
    write_replay(token, kind);
  }

  void write_replay(const Token& token, FailureKind kind) {
    const std::string text = replay_word(case_, token);
    if (text.size() > kLongestToken) {
      screen_.paragraph("  Replay:  ",
                        fmt::format("its token has {} characters; it is in a report of format json",
                                    grouped(text.size())),
                        Style::plain, Style::bold);
      return;
    }
    // Never wrapped: a command with line breaks in it cannot be pasted.
    screen_.line(screen_.paint("  Replay:  ", Style::bold) + replay_command(case_, token, kind));
  }

  Screen& screen_;
  const ReportCase& case_;
  const CaseResult& result_;
  std::set<std::uint64_t> seen_;
  std::set<std::string> same_lines_;
  std::set<std::pair<FailureKind, std::string>> told_;  // that they are in the interleaving above
  std::set<MarkedLines> excerpts_;
  std::vector<Token> shown_;  // whose interleavings the report shows
};

void write_skipped(Screen& screen, std::span<const ReportCase> cases) {
  std::set<std::string> told;
  for (const ReportCase& report_case : cases) {
    const std::string& path = report_case.result->program;
    if (!report_case.result->skipped || !told.insert(path).second) continue;
    std::uint64_t tests = 0;
    std::uint64_t skipped = 0;
    for (const ReportCase& other : cases) {
      if (other.result->program != path) continue;
      ++tests;
      if (other.result->skipped) ++skipped;
    }
    const std::string& program = report_case.replay_as.empty() ? path : report_case.replay_as;
    screen.paragraph("", fmt::format("{}: {} of {} never {} a second thread: skipped",
                                     printable(program), grouped(skipped), plural(tests, "test"),
                                     skipped == 1 ? "starts" : "start"));
  }
}

bool has_details(const CaseResult& result) {
  return std::any_of(result.engines.begin(), result.engines.end(), [](const EngineResult& engine) {
    return !engine.findings.empty() || (engine.coverage.has_value() && !engine.error.has_value());
  });
}

}  // namespace

void write_terminal_report(std::ostream& out, std::span<const ReportCase> cases,
                           const TerminalOptions& options) {
  Screen screen{out, options};
  const bool all_skipped =
      !cases.empty() && std::all_of(cases.begin(), cases.end(), [](const ReportCase& report_case) {
        return report_case.result->skipped;
      });
  write_skipped(screen, cases);
  bool details = false;
  for (const ReportCase& report_case : cases) {
    if (!has_details(*report_case.result)) continue;
    if (details) screen.blank();
    CaseWriter{screen, report_case}.write();
    details = true;
  }
  if (!all_skipped) {
    // Last, where the eye is when the command has ended.
    if (details) screen.blank();
    write_summary_table(screen, cases);
    screen.paragraph(
        "",
        "Rates with their 95 % confidence interval; after \"below\", the largest rate that "
        "so many runs without a failure leave possible (95 %).",
        Style::dim);
  }
  const bool interrupted =
      std::any_of(cases.begin(), cases.end(),
                  [](const ReportCase& report_case) { return report_case.result->interrupted; });
  if (interrupted) {
    screen.blank();
    screen.paragraph("", "Interrupted: this is the report of the runs made until then.",
                     Style::yellow);
  }
}

void write_terminal_replay(std::ostream& out, const ReportCase& report_case, const Token& token,
                           const Outcome& outcome, std::span<const Failed> reports,
                           const Trace& trace, const TerminalOptions& options,
                           const LongReplay& long_replay) {
  Screen screen{out, options};
  Names names{*report_case.symbols};
  names.know(trace);
  const auto* failed = std::get_if<Failed>(&outcome);
  if (failed == nullptr && !reports.empty()) failed = &reports.front();
  const auto* gave_up = std::get_if<GaveUp>(&outcome);
  const std::string name = printable(report_case.result->name) + ": ";
  if (gave_up != nullptr) {
    screen.paragraph(
        name,
        fmt::format("gave up: {} ({})", limit_text(*gave_up, names), printable(gave_up->reason)),
        Style::yellow, Style::bold);
  } else if (failed != nullptr) {
    screen.paragraph(name, headline(*failed, names), Style::red, Style::bold);
  } else if (const auto* error = std::get_if<HarnessError>(&outcome)) {
    screen.paragraph(name, "error: " + printable(error->message), Style::yellow, Style::bold);
  } else {
    screen.paragraph(name, "passed", Style::green, Style::bold);
  }
  for (const Failed& report : reports) {
    if (&report == failed && gave_up == nullptr) continue;
    screen.paragraph("  also: ", headline(report, names), Style::red);
  }
  screen.blank();
  const Failed none{FailureKind::assertion, "", {}};
  const Failed& shown = failed == nullptr ? none : *failed;
  if (gave_up == nullptr || failed != nullptr) {
    write_interleaving(
        screen, "Interleaving", shown,
        select_rows(trace, shown, names, {.weak_memory = token.engine == EngineKind::relacy}));
    write_origins(screen, names);
  }
  if (gave_up != nullptr) {
    if (failed != nullptr) screen.blank();
    write_interleaving(screen, "Last steps", none, select_last_rows(long_replay.last_steps, names));
  }
  if (failed != nullptr && is_stuck(failed->kind)) {
    screen.blank();
    screen.paragraph("  ", "Who waits on what:", Style::bold);
    write_waits(screen, *failed, trace, names);
  }
  screen.blank();
  std::optional<FailureKind> kind;
  if (failed != nullptr) kind = failed->kind;
  screen.line(screen.paint("  Replay:  ", Style::bold) +
              replay_command(report_case, token, kind, long_replay.step_limit));
}

}  // namespace heddle
