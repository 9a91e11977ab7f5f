#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/report/play_report.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

constexpr std::size_t kMostOperation = 40;  // columns

struct Line {
  std::string mark;  // '>' before what is so by default
  std::string number;
  std::string thread;
  std::string operation;
  std::string place;
  std::string text;  // of the source
};

std::string place_of(const SourceLine& source) {
  return source.known() ? short_place(source) : "";
}

std::string place_and_function(const SourceLine& source) {
  const std::string function = printable(short_function(source.function));
  const std::string place = place_of(source);
  return place.empty() || function.empty() ? place + function
                                           : fmt::format("{} {}", place, function);
}

class PlayText final : public PlayReport {
 public:
  PlayText(std::ostream& out, const TerminalOptions& options, bool is_terminal)
      : out_(out),
        width_(std::max<std::size_t>(options.width, 40)),
        color_(options.color),
        is_terminal_(is_terminal) {}

  void begin(const PlayBegin& begin) override {
    paragraph("", fmt::format("You decide which thread of {} goes next. Type the number of a "
                              "thread, or ? for what else there is.",
                              printable(begin.program)));
    if (!begin.has_lines) {
      paragraph("", "It was built without -g: there are no lines to show, and no moves.");
    }
    if (begin.racy == 0) {
      paragraph("",
                "No two accesses to plain memory of it are known to race: you are asked at "
                "synchronisation and atomics only.");
    }
  }

  void state(const PlayAt& at, const PlayState& state) override {
    show_moves(at.moves);
    out_ << '\n';
    show_locks(state);
    std::vector<Line> lines;
    for (const PlayThread& thread : state.threads) {
      const bool open = thread.state == ThreadAt::State::ready && !state.question.has_value();
      if (thread.state == ThreadAt::State::finished) continue;
      lines.push_back({.mark = open && thread.thread == state.usual ? ">" : "",
                       .number = open ? std::to_string(thread.thread) : "",
                       .thread = thread_name(thread.thread),
                       .operation = thread.operation,
                       .place = place_and_function(thread.source),
                       .text = thread.source_text});
    }
    show(lines);
    if (!state.question.has_value()) return;
    paragraph("", state.question->text);
    for (std::size_t i = 0; i < state.question->alternatives.size(); ++i) {
      paragraph(fmt::format("{} {:>2}  ", i == state.usual ? '>' : ' ', i),
                state.question->alternatives[i]);
    }
  }

  void end(const PlayAt& at, const PlayEnd& end) override {
    show_moves(at.moves);
    out_ << '\n';
    const char* const color = end.outcome == PlayEnd::Outcome::passed   ? "32"
                              : end.outcome == PlayEnd::Outcome::failed ? "31"
                                                                        : "33";
    paragraph("", end.text, color);
    for (const PlayFailure& failure : end.failures) {
      if (end.text.find(failure.text) == std::string::npos) paragraph("  also: ", failure.text);
    }
    for (const WaitText& wait : end.waiting) {
      paragraph(fmt::format("  {} ", thread_name(wait.thread)), printable(wait.text));
    }
    if (!end.cause.empty()) paragraph("Cause:   ", end.cause);
    show_output(end.output);
    // To be pasted whole, however wide.
    out_ << "Replay:  " << printable(end.replay) << '\n';
    paragraph("", "(u takes your last command back, q ends)");
  }

  void error(std::string_view text) override { paragraph("", text); }

  void moves(const Interleaving& moves) override { show_moves(moves); }

  void help(std::string_view text) override { out_ << text; }

  void prompt() override { out_ << "play> " << std::flush; }

  void echo(std::string_view line) override {
    if (!is_terminal_) out_ << printable(line) << '\n';
  }

  void end_of_input() override { out_ << '\n'; }

  void farewell(std::string_view replay) override {
    if (replay.empty()) return;
    paragraph("", "Left in the middle. What you decided, and then the default order:");
    out_ << "Replay:  " << printable(replay) << '\n';
  }

 private:
  void paragraph(std::string_view lead, std::string_view text, std::string_view color = "") {
    std::string before(lead);
    const std::size_t indent = width_of(before);
    for (const std::string& line : wrap(printable(text), width_ - std::min(indent, width_ - 16))) {
      out_ << before << painted(line, color) << '\n';
      before = std::string(indent, ' ');
    }
  }

  std::string painted(const std::string& text, std::string_view color) const {
    if (!color_ || color.empty()) return text;
    return fmt::format("\x1b[{}m{}\x1b[0m", color, text);
  }

  // In columns, as wide as they have to be; the last gets what is left.
  void show(std::vector<Line>& lines) {
    std::size_t operation = 0;
    std::size_t place = 0;
    for (Line& line : lines) {
      line.operation = shortened(line.operation, kMostOperation);
      operation = std::max(operation, width_of(line.operation));
      place = std::max(place, width_of(line.place));
    }
    for (const Line& line : lines) {
      std::string text = fmt::format("{:1} {:>2}  {:<3}  {}  {}  {}", line.mark, line.number,
                                     line.thread, padded_right(line.operation, operation),
                                     padded_right(line.place, place), line.text);
      while (!text.empty() && text.back() == ' ') text.pop_back();
      text = shortened(text, width_);
      out_ << (line.mark.empty() ? text : painted(text, "1")) << '\n';
    }
  }

  void show_moves(const Interleaving& moves) {
    if (moves.truncated) out_ << "       (what came before is left out)\n";
    std::vector<Line> lines;
    for (const InterleavingRow& row : moves.rows) {
      if (row.kind == InterleavingRow::Kind::failure) continue;
      Line line{.mark = {},
                .number = {},
                .thread = row.kind == InterleavingRow::Kind::elided ? "" : thread_name(row.thread),
                .operation = printable(row.text),
                .place = place_of(row.source),
                .text = {}};
      if (row.times > 1) {
        line.text = row.fold_rows > 1
                        ? fmt::format("these {} lines x {} times", row.fold_rows, row.times)
                        : fmt::format("x {} times", row.times);
      }
      lines.push_back(std::move(line));
    }
    show(lines);
  }

  void show_locks(const PlayState& state) {
    for (const PlayLock& lock : state.locks) {
      const std::string since =
          lock.since.known() ? fmt::format(" since {}", short_place(lock.since)) : "";
      paragraph("       ",
                fmt::format("{} holds {}{}", thread_name(lock.holder), lock.name, since));
    }
  }

  void show_output(std::string_view output) {
    if (output.empty()) return;
    out_ << "It printed:\n";
    while (!output.empty()) {
      const std::size_t end = std::min(output.find('\n'), output.size());
      out_ << "  " << shortened(printable(output.substr(0, end)), width_ - 2) << '\n';
      output.remove_prefix(std::min(end + 1, output.size()));
    }
  }

  std::ostream& out_;
  std::size_t width_;
  bool color_;
  bool is_terminal_;
};

}  // namespace

std::unique_ptr<PlayReport> make_play_text(std::ostream& out, const TerminalOptions& options,
                                           bool is_terminal) {
  return std::make_unique<PlayText>(out, options, is_terminal);
}

}  // namespace heddle
