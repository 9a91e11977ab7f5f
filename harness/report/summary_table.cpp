#include "harness/report/summary_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/claim_words.h"
#include "harness/report/names.h"
#include "harness/report/process_words.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

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

std::string speed_text(const EngineResult& engine) {
  if (engine.seconds <= 0 || engine.runs == 0) return "-";
  const double speed = static_cast<double>(engine.runs) / engine.seconds;
  if (speed < 9.95) return fmt::format("{:.1f}", speed);
  return rounded(speed);
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

}  // namespace

void write_summary_table(Screen& screen, std::span<const ReportCase> cases) {
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

}  // namespace heddle
