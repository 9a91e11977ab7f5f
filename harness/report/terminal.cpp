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

#include "harness/report/cause_words.h"
#include "harness/report/claim_words.h"
#include "harness/report/interleaving.h"
#include "harness/report/issues.h"
#include "harness/report/process_words.h"
#include "harness/report/text.h"
#include "harness/report/waits.h"

namespace heddle {
namespace {

enum class Style : std::uint8_t { plain, bold, dim, red, green, yellow };

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::red:
      return "\x1b[31m";
    case Style::green:
      return "\x1b[32m";
    case Style::yellow:
      return "\x1b[33m";
  }
  return "";
}

std::string_view reason_text(SwitchReason why) {
  switch (why) {
    case SwitchReason::none:
      return "stops";
    case SwitchReason::preempted:
      return "preempted";
    case SwitchReason::blocked:
      return "blocked";
    case SwitchReason::ended:
      return "ended";
    case SwitchReason::gave_way:
      return "gave way";
  }
  return "";
}

std::string switch_text(const InterleavingRow& row) {
  if (row.switched_from == kNoThread || row.kind == InterleavingRow::Kind::pending) return "";
  // A failure of several threads at once has no order to explain.
  if (row.kind == InterleavingRow::Kind::failure && row.why == SwitchReason::none) return "";
  return fmt::format("{} {}", thread_name(row.switched_from), reason_text(row.why));
}

class Screen {
 public:
  Screen(std::ostream& out, const TerminalOptions& options)
      : out_(out), width_(std::max<std::size_t>(options.width, 40)), color_(options.color) {}

  std::size_t width() const { return width_; }

  // Styles change nothing about the width: callers pad first and paint afterwards.
  std::string paint(std::string text, Style style) const {
    if (!color_ || style == Style::plain || text.empty()) return text;
    return fmt::format("{}{}\x1b[0m", escape_of(style), text);
  }

  void blank() { out_ << '\n'; }

  // A line as it is, however wide: padding at its end is cut off.
  void line(std::string text) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
    out_ << text << '\n';
  }

  // A paragraph: the first line after `lead`, the others indented by as much.
  void paragraph(std::string_view lead, std::string_view text, Style style = Style::plain,
                 Style lead_style = Style::plain) {
    const std::size_t indent = width_of(lead);
    const std::size_t room = width_ > indent + 16 ? width_ - indent : 16;
    std::string before = paint(std::string{lead}, lead_style);
    for (std::string& part : wrap(text, room)) {
      line(before + paint(std::move(part), style));
      before = std::string(indent, ' ');
    }
  }

 private:
  std::ostream& out_;
  std::size_t width_;
  bool color_;
};

// ---- the table of all cases ---------------------------------------------------------------------

struct TableRow {
  std::string name;
  std::string engine;
  std::string runs;
  std::string failed;
  std::string rate;
  std::string first;
  std::string speed;
  Style style = Style::plain;
  std::string claim;   // what the rate says, if it is a claim: not to be cut
  std::string remark;  // instead of, or below, the figures
  std::string replay;  // below the remark: a command
};

// With three digits: what measurements and estimates are good for.
std::string rounded(double number) {
  double unit = 1;
  while (number / unit >= 1000) unit *= 10;
  return grouped(static_cast<std::uint64_t>(std::llround(number / unit) * std::llround(unit)));
}

std::string speed_text(const EngineResult& engine) {
  if (engine.seconds <= 0 || engine.runs == 0) return "-";
  const double speed = static_cast<double>(engine.runs) / engine.seconds;
  if (speed < 9.95) return fmt::format("{:.1f}", speed);
  return rounded(speed);
}

// How many interleavings there are, as an exhaustive search that has not come to its end would
// guess; nothing of other searches.
std::optional<double> forecast_of(const EngineResult& engine) {
  const bool searches = engine.exploration.has_value() && !engine.exploration->complete &&
                        engine.exploration->fraction > 0 && engine.method.starts_with("dpor");
  if (!searches) return std::nullopt;
  return static_cast<double>(engine.exploration->executions) / engine.exploration->fraction;
}

std::string coverage_text(const EngineResult& engine) {
  const Coverage& coverage = *engine.coverage;
  const auto number = [&](std::uint64_t count) {
    return coverage.exact ? grouped(count) : "about " + rounded(static_cast<double>(count));
  };
  std::string text = fmt::format("{} distinct interleaving{}", number(coverage.distinct),
                                 coverage.distinct == 1 ? "" : "s");
  if (const std::string searched = words_of(engine).covered; !searched.empty()) {
    // By the count of the search, which tells more apart: two numbers for one thing would puzzle.
    text = searched;
  } else if (const auto forecast = forecast_of(engine)) {
    text += fmt::format(", of perhaps {}", rounded(*forecast));
  } else if (coverage.late.has_value()) {
    text += fmt::format(", {} new in the last tenth of the runs",
                        *coverage.late == 0 ? "none" : number(*coverage.late));
  }
  text += coverage.fewest_decisions == coverage.most_decisions
              ? fmt::format("; {} a run", plural(coverage.most_decisions, "decision"))
              : fmt::format("; {} to {} decisions a run, {:.1f} on average",
                            grouped(coverage.fewest_decisions), grouped(coverage.most_decisions),
                            coverage.mean_decisions);
  if (engine.gave_up > 0) text += fmt::format("; {} hit a limit", plural(engine.gave_up, "run"));
  return text;
}

std::string bound_text(const EngineResult& engine, const DepthBound& bound) {
  const std::uint64_t complete = engine.runs - std::min(engine.gave_up, engine.runs);
  const double missed = bound.missed_by(complete);
  constexpr double kNegligible = 1e-6;
  return fmt::format(
      "a bug that needs {} shows in one run of {} or more often ({}, at most {} a run): these runs "
      "miss it with a probability {} %",
      plural(bound.depth, "ordering constraint"), rounded(std::ceil(1 / bound.per_run)),
      plural(bound.threads, "thread"), plural(bound.decisions, "decision"),
      missed < kNegligible ? "below " + percent(kNegligible)
                           : "of at most " + percent_at_most(missed));
}

TableRow table_row(const ReportCase& report_case, const EngineResult& engine) {
  const CaseResult& result = *report_case.result;
  TableRow row;
  row.name = printable(result.name);
  row.engine = to_string(engine.engine);
  row.runs = grouped(engine.runs);
  row.failed = grouped(engine.failed);
  if (engine.runs > 0) {
    // The bound counts only runs that came to their end: those that gave up showed nothing.
    const std::uint64_t complete = engine.runs - std::min(engine.gave_up, engine.runs);
    row.rate = engine.failed == 0 ? rate_text({0, complete - std::min(engine.explored, complete)})
                                  : rate_text(engine.rate());
    const ClaimWords words = words_of(engine);
    if (!words.row.empty()) row.rate = row.claim = words.row;
    row.remark = words.remark;
    row.first = engine.first_failure ? grouped(*engine.first_failure) : "-";
    row.speed = speed_text(engine);
  } else {
    row.failed = row.rate = row.first = row.speed = "-";
  }
  row.style = engine.failed > 0 ? Style::red : Style::green;
  const auto add_remark = [&row](const std::string& text) {
    row.remark += (row.remark.empty() ? "" : "; ") + text;
  };
  if (engine.gave_up > 0) {
    add_remark(fmt::format("{} gave up at a limit and {} neither as passed nor as failed",
                           plural(engine.gave_up, "run"),
                           engine.gave_up == 1 ? "counts" : "count"));
    if (engine.limit) {
      Names limit_names{*report_case.symbols};
      row.remark += "; the first: " + limit_text(*engine.limit, limit_names);
    }
    if (engine.limit_token) {
      row.replay = replay_command(report_case, *engine.limit_token, {}, engine.limit_step_limit);
    }
  }
  if (engine.failed_late > 0) add_remark(late_wake_remark(engine));
  const bool not_proved = engine.exhausted && std::holds_alternative<NotProved>(engine.claim);
  if (not_proved) row.style = Style::yellow;
  if (engine.error) {
    if (engine.failed == 0) row.style = Style::yellow;
    row.remark = "error: " + printable(*engine.error);
  }
  Names names{*report_case.symbols};
  for (const std::string& remark : process_remarks(engine, names)) add_remark(remark);
  return row;
}

void write_table(Screen& screen, std::span<const ReportCase> cases) {
  std::vector<TableRow> rows;
  for (const ReportCase& report_case : cases) {
    for (const EngineResult& engine : report_case.result->engines) {
      rows.push_back(table_row(report_case, engine));
    }
  }

  struct Column {
    std::string TableRow::*text;
    std::string_view title;
    bool left;
    bool shown = true;
    std::size_t width = 0;
  };
  std::array<Column, 7> columns{{{&TableRow::name, "case", true},
                                 {&TableRow::engine, "engine", true},
                                 {&TableRow::runs, "runs", false},
                                 {&TableRow::failed, "failed", false},
                                 {&TableRow::rate, "failure rate (95 %)", true},
                                 {&TableRow::first, "first in run", false},
                                 {&TableRow::speed, "runs/s", false}}};
  for (Column& column : columns) {
    column.width = column.title.size();
    for (const TableRow& row : rows)
      column.width = std::max(column.width, width_of(row.*column.text));
  }
  constexpr std::size_t kGap = 2;
  const auto total = [&] {
    std::size_t sum = 0;
    for (const Column& column : columns) sum += column.shown ? column.width + kGap : 0;
    return sum - kGap;
  };
  // What a narrow terminal can do without, least missed first; then names are cut.
  for (const std::size_t expendable : {6U, 5U}) {
    if (total() > screen.width()) columns[expendable].shown = false;
  }
  if (total() > screen.width()) {
    const std::size_t excess = total() - screen.width();
    columns[0].width = columns[0].width > excess + 8 ? columns[0].width - excess : 8;
  }
  if (total() > screen.width()) columns[2].shown = false;
  if (total() > screen.width()) {
    const std::size_t excess = total() - screen.width();
    columns[4].width = columns[4].width > excess + 8 ? columns[4].width - excess : 8;
  }

  const auto line = [&](const auto& text_of, Style style, Style figures) {
    std::string text;
    for (const Column& column : columns) {
      if (!column.shown) continue;
      if (!text.empty()) text += std::string(kGap, ' ');
      const std::string cell = shortened(text_of(column), column.width);
      const bool figure = column.text == &TableRow::failed || column.text == &TableRow::rate;
      text += screen.paint(
          column.left ? padded_right(cell, column.width) : padded_left(cell, column.width),
          figure ? figures : style);
    }
    screen.line(text);
  };
  line([](const Column& column) { return std::string{column.title}; }, Style::bold, Style::bold);
  std::string_view previous;
  for (const TableRow& row : rows) {
    const bool same_case = row.name == previous;
    previous = row.name;
    line(
        [&](const Column& column) {
          return same_case && column.text == &TableRow::name ? "" : row.*column.text;
        },
        Style::plain, row.style);
    // What a claim is bound to may stand in the part that was cut.
    if (width_of(row.claim) > columns[4].width) screen.paragraph("    ", row.claim, row.style);
    if (!row.remark.empty()) screen.paragraph("    ", row.remark, Style::yellow);
    // Never wrapped: it is to be pasted.
    if (!row.replay.empty()) screen.line("    " + row.replay);
  }
}

// ---- one interleaving ---------------------------------------------------------------------------

class InterleavingTable {
 public:
  // `mark_races`: the failure is a race, so its accesses are what to look at.
  InterleavingTable(Screen& screen, const Interleaving& interleaving, bool mark_races)
      : screen_(screen), interleaving_(interleaving), mark_races_(mark_races) {
    std::set<std::string> files;
    for (const InterleavingRow& row : interleaving.rows) {
      if (row.source.known()) files.insert(row.source.file);
    }
    if (files.size() == 1) only_file_ = *files.begin();
  }

  // The file of all rows, if it is one: then the heading names it and the rows need not.
  const std::string& only_file() const { return only_file_; }

  void write() {
    measure();
    if (interleaving_.truncated) {
      screen_.paragraph(kIndent, "(the beginning of this run was not recorded)", Style::dim);
    }
    write_heading();
    for (std::size_t i = 0; i < interleaving_.rows.size(); ++i) write_row(i);
  }

 private:
  static constexpr std::string_view kIndent = "  ";
  static constexpr std::size_t kWideGap = 2;
  static constexpr std::size_t kNarrowGap = 1;
  static constexpr std::size_t kNarrowest =
      16;  // of a thread's column, before columns are given up

  std::string place_of(const InterleavingRow& row) const {
    if (row.kind == InterleavingRow::Kind::elided) return "";
    // An exit status has no line, and a question mark would be no answer.
    if (row.kind == InterleavingRow::Kind::failure && !row.source.known()) return "";
    if (!only_file_.empty() && row.source.known()) return std::to_string(row.source.line);
    return short_place(row.source);
  }

  std::string action_of(const InterleavingRow& row) const {
    std::string text = row.text;
    if (row.racy && mark_races_) text += " (race)";
    if (row.fold_rows == 1) text += fmt::format("  x {} times", grouped(row.times));
    return text;
  }

  void measure() {
    place_width_ = width_of(place_title());
    switch_width_ = 0;
    std::vector<std::size_t> natural(interleaving_.threads.size(), 2);
    for (const InterleavingRow& row : interleaving_.rows) {
      number_width_ = std::max(number_width_, std::to_string(row.number).size());
      place_width_ = std::max(place_width_, width_of(place_of(row)));
      switch_width_ = std::max(switch_width_, width_of(switch_text(row)));
      // A failure may run on to the right of its column: nothing else is said on its line.
      if (row.kind != InterleavingRow::Kind::operation &&
          row.kind != InterleavingRow::Kind::pending) {
        continue;
      }
      std::size_t& width = natural[column_of(row)];
      width = std::max(width, width_of(action_of(row)));
    }
    place_width_ = std::min<std::size_t>(place_width_, screen_.width() / 3);
    if (switch_width_ > 0) switch_width_ = std::max(switch_width_, kSwitchTitle.size());

    const std::size_t columns = natural.size() + (switch_width_ > 0 ? 1 : 0);
    const auto sum = [&] {
      return std::accumulate(natural.begin(), natural.end(), std::size_t{0});
    };
    const auto room_with = [&](std::size_t gap) {
      const std::size_t used =
          kIndent.size() + number_width_ + place_width_ + switch_width_ + (columns + 1) * gap;
      return screen_.width() > used ? screen_.width() - used : 0;
    };
    // Rather little space between columns than text broken inside of them.
    const bool squeeze = sum() > room_with(kWideGap) && sum() <= room_with(kNarrowGap);
    gap_ = squeeze ? kNarrowGap : kWideGap;
    const std::size_t room = room_with(gap_);
    one_column_ = false;
    // Take from the widest until all fit.
    while (sum() > room) {
      const auto widest = std::max_element(natural.begin(), natural.end());
      if (widest == natural.end() || *widest <= kNarrowest) {
        one_column_ = true;
        break;
      }
      --*widest;
    }
    thread_widths_ = natural;
    if (one_column_) {
      std::size_t names = 0;
      for (const ThreadId thread : interleaving_.threads) {
        names = std::max(names, thread_name(thread).size());
      }
      name_width_ = names;
      // Why a thread stopped goes into the text: a column for it would leave none for the action.
      place_width_ = std::min<std::size_t>(place_width_, screen_.width() / 4);
      const std::size_t used =
          kIndent.size() + number_width_ + gap_ + place_width_ + gap_ + name_width_ + gap_;
      action_width_ = screen_.width() > used + 10 ? screen_.width() - used : 10;
    }
  }

  std::size_t column_of(const InterleavingRow& row) const {
    const auto at =
        std::lower_bound(interleaving_.threads.begin(), interleaving_.threads.end(), row.thread);
    return static_cast<std::size_t>(at - interleaving_.threads.begin());
  }

  std::string_view place_title() const { return only_file_.empty() ? "source" : "line"; }

  std::string front(const std::string& number, const std::string& place) const {
    const std::string shown = shortened(place, place_width_);
    return std::string{kIndent} + padded_left(number, number_width_) + std::string(gap_, ' ') +
           (only_file_.empty() ? padded_right(shown, place_width_)
                               : padded_left(shown, place_width_)) +
           std::string(gap_, ' ');
  }

  void write_heading() {
    std::string text = front(std::string(number_width_, ' '), std::string{place_title()});
    if (one_column_) {
      text += "thread, action";
    } else {
      for (std::size_t i = 0; i < thread_widths_.size(); ++i) {
        text += padded_right(thread_name(interleaving_.threads[i]), thread_widths_[i]) +
                std::string(gap_, ' ');
      }
      if (switch_width_ > 0) text += kSwitchTitle;
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    screen_.line(screen_.paint(text, Style::bold));
  }

  void write_row(std::size_t index) {
    const InterleavingRow& row = interleaving_.rows[index];
    if (row.kind == InterleavingRow::Kind::elided) {
      screen_.paragraph(kIndent, "... " + row.text + " ...", Style::dim);
      return;
    }
    const bool failure = row.kind == InterleavingRow::Kind::failure;
    const Style other = row.kind == InterleavingRow::Kind::pending ? Style::dim : Style::plain;
    const Style style = failure || (row.racy && mark_races_) ? Style::red : other;
    const std::string number = std::to_string(row.number);
    if (one_column_) {
      std::string action = action_of(row);
      const std::string why = switch_text(row);
      if (!why.empty()) action += fmt::format("  [{}]", why);
      std::string before = front(number, place_of(row)) +
                           padded_right(thread_name(row.thread), name_width_) +
                           std::string(gap_, ' ');
      for (std::string& part : wrap(action, action_width_)) {
        screen_.line(before + screen_.paint(std::move(part), style));
        before = std::string(width_of(before), ' ');
      }
    } else {
      const std::size_t column = column_of(row);
      std::string before = front(number, place_of(row));
      std::string after;
      for (std::size_t i = 0; i < column; ++i) {
        before += std::string(thread_widths_[i] + gap_, ' ');
      }
      for (std::size_t i = column + 1; i < thread_widths_.size(); ++i) {
        after += std::string(gap_ + thread_widths_[i], ' ');
      }
      const std::string why = switch_text(row);
      std::size_t room = thread_widths_[column];
      if (failure) {
        room += width_of(after);
        after.clear();
      }
      if (!why.empty()) {
        const Style why_style = row.why == SwitchReason::preempted ? Style::yellow : Style::dim;
        after += std::string(gap_, ' ') + screen_.paint(why, why_style);
      } else if (failure) {
        room = std::max(room, screen_.width() - std::min(screen_.width(), width_of(before)));
      }
      for (const std::string& part : wrap(action_of(row), room)) {
        screen_.line(before +
                     screen_.paint(after.empty() ? part : padded_right(part, room), style) + after);
        before = std::string(width_of(before), ' ');
        after.clear();
      }
    }
    if (row.fold_rows > 1) {
      screen_.paragraph(
          kIndent, fmt::format("^ these {} rows x {} times", row.fold_rows, grouped(row.times)),
          Style::dim);
    }
  }

  static constexpr std::string_view kSwitchTitle = "because";

  Screen& screen_;
  const Interleaving& interleaving_;
  bool mark_races_;
  std::size_t gap_ = kWideGap;
  std::string only_file_;
  std::size_t number_width_ = 1;
  std::size_t place_width_ = 0;
  std::size_t switch_width_ = 0;
  std::vector<std::size_t> thread_widths_;
  bool one_column_ = false;
  std::size_t name_width_ = 0;
  std::size_t action_width_ = 0;
};

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
        where += printable(fmt::format(" ({}:{})", file_name(frame.file), frame.line));
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
                        const Interleaving& interleaving) {
  InterleavingTable table{screen, interleaving, failure.kind == FailureKind::data_race};
  std::string heading{title};
  if (!table.only_file().empty()) {
    heading += fmt::format(", lines of {}", printable(file_name(table.only_file())));
  }
  screen.paragraph("  ", heading + ":", Style::bold);
  if (interleaving.rows.empty()) {
    screen.paragraph("    ", "(no step of it touches anything that threads share)", Style::dim);
    return;
  }
  table.write();
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
    const std::size_t listed = std::min(engine.findings.size(), kListed);
    for (std::size_t i = 0; i < listed; ++i) {
      const Finding& finding = engine.findings[i];
      Names names{*case_.symbols};
      write_count(finding.count, engine.runs, finding_text(finding, engine, names),
                  finding.failure.late_wake ? Style::yellow : Style::red);
      if (!finding.minimal && !finding.token) write_places(screen_, finding.failure, names);
    }
    if (listed < engine.findings.size()) {
      screen_.paragraph("      ", fmt::format("... {} more, all of them in a report of format json",
                                              plural(engine.findings.size() - listed, "way")));
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

    std::size_t shown = 0;
    for (std::size_t i = 0; i < listed; ++i) {
      const Finding& finding = engine.findings[i];
      if (finding.minimal) {
        write_minimal(finding, shown++);
      } else if (finding.token) {
        write_unreduced(finding.failure.kind, *finding.token);
      } else if (finding.hunt) {
        write_hunt(finding, *finding.hunt, shown);
      }
    }
    write_found_by_fuzz(std::span(engine.findings).first(listed));
  }

  void write_found_by_fuzz(std::span<const Finding> findings) {
    std::string kinds;
    std::set<FailureKind> told;
    for (const Finding& finding : findings) {
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
    Names names{*case_.symbols};
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
    if (minimal.cause.has_value()) write_cause(*minimal.cause, interleaving, names);
    write_interleaving(
        screen_,
        fmt::format("{} ({})", is_minimal ? "Minimal interleaving" : "Shortest interleaving found",
                    kind),
        finding.failure, interleaving);
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

  void write_cause(const Cause& cause, const Interleaving& interleaving, Names& names) {
    const std::string why = cause_text(cause, names);
    if (!why.empty()) screen_.paragraph("  Cause:   ", why, Style::plain, Style::bold);
    const auto row = [&](const std::optional<Event>& event) {
      return event.has_value() ? row_of(interleaving, *event) : 0;
    };
    const std::string swap = swap_text(cause, row(cause.first), row(cause.second), names);
    if (!swap.empty()) screen_.paragraph("  Proof:   ", swap, Style::plain, Style::bold);
    if (!why.empty() || !swap.empty()) screen_.blank();
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
  std::vector<Token> shown_;                            // whose interleavings the report shows
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
    write_table(screen, cases);
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

void write_interleaving_text(std::ostream& out, const Interleaving& interleaving, bool mark_races,
                             const TerminalOptions& options) {
  Screen screen{out, options};
  InterleavingTable table{screen, interleaving, mark_races};
  if (!table.only_file().empty()) {
    screen.line(fmt::format("  lines of {}:", printable(file_name(table.only_file()))));
  }
  table.write();
}

}  // namespace heddle
