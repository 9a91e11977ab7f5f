#include "harness/report/interleaving_table.h"

#include "harness/report/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/report/text.h"

namespace heddle {
namespace {

std::string switch_text(const InterleavingRow& row) {
  std::string text;
  // A failure of several threads at once has no order to explain.
  const bool in_order = row.kind != InterleavingRow::Kind::failure || row.why != SwitchReason::none;
  if (row.switched_from != kNoThread && row.kind != InterleavingRow::Kind::pending && in_order) {
    text = fmt::format("{} {}", thread_name(row.switched_from), reason_text(row.why, "stops"));
  }
  // In steps between the rows: who counts preemptions finds them all.
  for (const ThreadId thread : row.preempted) {
    text += fmt::format("{}({} preempted)", text.empty() ? "" : " ", thread_name(thread));
  }
  return text;
}

// Words that are wider, names that is, lose the scopes that they are in, or else their middle:
// broken in two they could not be read.
std::string fitted_word(std::string_view word, std::size_t width) {
  constexpr std::string_view kGap = "...";
  // Names are of one byte a character where they are this long; others are left to be broken.
  if (word.size() <= width || width_of(word) != word.size() || width <= 2 * kGap.size()) {
    return std::string{word};
  }
  // A call may go on in the next line with what it is of.
  const std::size_t open = word.find('(');
  if (open != std::string_view::npos && open + 2 < word.size()) {
    return fitted_word(word.substr(0, open + 1), width) + ' ' +
           fitted_word(word.substr(open + 1), width);
  }
  const std::size_t scope = word.find("::");
  if (scope != std::string_view::npos && scope + 2 < word.size()) {
    return fitted_word(word.substr(scope + 2), width);
  }
  const std::size_t kept = width - kGap.size();
  return fmt::format("{}{}{}", word.substr(0, kept / 2), kGap,
                     word.substr(word.size() - (kept - kept / 2)));
}

std::string fitted(std::string_view text, std::size_t width) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    result += fitted_word(text.substr(at, end - at), width);
    if (end < text.size()) result += ' ';
    at = end + 1;
  }
  return result;
}

class InterleavingTable {
 public:
  InterleavingTable(Screen& screen, const Interleaving& interleaving, const TableOptions& options)
      : screen_(screen),
        interleaving_(interleaving),
        options_(options),
        mark_races_(options.mark_races),
        only_file_(only_file(interleaving)) {
    std::map<std::pair<std::string, unsigned>, std::string> known;
    for (const InterleavingRow& row : interleaving.rows) {
      std::string& text = texts_.emplace_back();
      if (!row.source.known() || row.source.in_library) continue;
      const auto [at, is_new] = known.try_emplace({row.source.file, row.source.line});
      if (is_new) at->second = source_line(row.source.file, row.source.line);
      text = at->second;
    }
  }

  void write() {
    measure();
    if (interleaving_.truncated) {
      screen_.paragraph(kIndent, "(the beginning of this run was not recorded)", Style::dim);
    }
    write_heading();
    for (std::size_t i = 0; i < interleaving_.rows.size(); ++i) write_row(i);
    if (source_width_ == 0) write_lines();
  }

 private:
  static constexpr std::string_view kIndent = "  ";
  static constexpr std::string_view kDeciding = "> ";  // as wide
  static constexpr std::size_t kWideGap = 2;
  static constexpr std::size_t kNarrowGap = 1;
  // Of a thread's column, before columns are given up.
  static constexpr std::size_t kNarrowest = 16;
  static constexpr std::size_t kWidestFailure = 40;
  // Of the source: what is shorter is as good as none.
  static constexpr std::size_t kNarrowestSource = 18;

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
      // It may run on to the right of its column: below.
      if (row.kind != InterleavingRow::Kind::operation &&
          row.kind != InterleavingRow::Kind::pending) {
        continue;
      }
      std::size_t& width = natural[column_of(row)];
      width = std::max(width, width_of(action_of(row)));
    }
    for (const InterleavingRow& row : interleaving_.rows) {
      // To the end of the line, where nothing else is said on it.
      if (row.kind != InterleavingRow::Kind::failure || switch_text(row).empty()) continue;
      const std::size_t column = column_of(row);
      std::size_t room = natural[column];
      for (std::size_t i = column + 1; i < natural.size(); ++i) room += kNarrowGap + natural[i];
      // Room of its own as far as those to the right have none. Long messages are broken in lines.
      const std::size_t needed = std::min(width_of(action_of(row)), kWidestFailure);
      if (needed > room) natural[column] += needed - room;
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
    std::size_t longest = 0;
    for (const std::string& text : texts_) longest = std::max(longest, width_of(text));
    // A column of its own where it takes nothing from the others.
    const auto give_source = [&](std::size_t left) {
      left -= std::min(left, gap_);
      if (longest > 0 && left >= std::min(longest, kNarrowestSource)) {
        source_width_ = std::min(longest, left);
      }
    };
    source_width_ = 0;
    if (!one_column_) give_source(room - std::min(room, sum()));
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
      std::size_t widest = 0;
      for (const InterleavingRow& row : interleaving_.rows) {
        widest = std::max(widest, width_of(one_column_action(row)));
      }
      if (widest < action_width_) give_source(action_width_ - widest);
      if (source_width_ > 0) action_width_ = widest;
    }
  }

  std::size_t column_of(const InterleavingRow& row) const {
    const auto at =
        std::lower_bound(interleaving_.threads.begin(), interleaving_.threads.end(), row.thread);
    return static_cast<std::size_t>(at - interleaving_.threads.begin());
  }

  std::string_view place_title() const { return only_file_.empty() ? "place" : "line"; }

  std::string front(const std::string& number, const std::string& place,
                    std::string_view indent = kIndent) const {
    const std::string shown = shortened(place, place_width_);
    return std::string{indent} + padded_left(number, number_width_) + std::string(gap_, ' ') +
           (only_file_.empty() ? padded_right(shown, place_width_)
                               : padded_left(shown, place_width_)) +
           std::string(gap_, ' ');
  }

  std::string one_column_action(const InterleavingRow& row) const {
    const std::string why = switch_text(row);
    return action_of(row) + (why.empty() ? "" : fmt::format("  [{}]", why));
  }

  // With the gap before it; empty where there is none or no room. A failure's words run on there.
  std::string source_of_row(std::size_t index) const {
    if (source_width_ == 0 || texts_[index].empty()) return "";
    if (interleaving_.rows[index].kind == InterleavingRow::Kind::failure) return "";
    return std::string(gap_, ' ') + shortened(texts_[index], source_width_);
  }

  // Below the table, each once, where there was no room beside it.
  void write_lines() {
    std::map<std::pair<std::string, unsigned>, std::size_t> rows;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const SourceLine& source = interleaving_.rows[i].source;
      if (texts_[i].empty()) continue;
      const auto shown = options_.shown.find(source.file);
      if (shown != options_.shown.end() && shown->second.contains(source.line)) continue;
      rows.try_emplace({source.file, source.line}, i);
    }
    if (rows.empty()) return;
    screen_.blank();
    for (const auto& [place, row] : rows) {
      const std::string lead =
          front(std::string(number_width_, ' '), place_of(interleaving_.rows[row]));
      const std::size_t used = width_of(lead);
      const std::size_t room = screen_.width() > used ? screen_.width() - used : 1;
      screen_.line(lead + screen_.paint(shortened(texts_[row], room), Style::dim));
    }
  }

  void write_heading() {
    std::string text = front(std::string(number_width_, ' '), std::string{place_title()});
    if (one_column_) {
      text += padded_right("thread, action", name_width_ + gap_ + action_width_);
    } else {
      for (std::size_t i = 0; i < thread_widths_.size(); ++i) {
        text += padded_right(thread_name(interleaving_.threads[i]), thread_widths_[i]) +
                std::string(gap_, ' ');
      }
      if (switch_width_ > 0)
        text += padded_right(std::string{kSwitchTitle}, switch_width_);
      else if (source_width_ > 0)
        text.resize(text.size() - gap_);
    }
    if (source_width_ > 0) text += std::string(gap_, ' ') + std::string{kSourceTitle};
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
    const std::string_view indent = row.decides ? kDeciding : kIndent;
    if (one_column_) {
      const std::string action = one_column_action(row);
      std::string before = front(number, place_of(row), indent) +
                           padded_right(thread_name(row.thread), name_width_) +
                           std::string(gap_, ' ');
      std::string after = source_of_row(index);
      for (std::string& part : wrap(fitted(action, action_width_), action_width_)) {
        if (!after.empty()) part = padded_right(std::move(part), action_width_);
        screen_.line(before + screen_.paint(std::move(part), style) +
                     screen_.paint(std::exchange(after, ""), Style::dim));
        before = std::string(width_of(before), ' ');
      }
    } else {
      const std::size_t column = column_of(row);
      std::string before = front(number, place_of(row), indent);
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
      const std::string source = source_of_row(index);
      if (!why.empty()) {
        const Style why_style = row.why == SwitchReason::preempted ? Style::yellow : Style::dim;
        after += std::string(gap_, ' ') +
                 screen_.paint(source.empty() ? why : padded_right(why, switch_width_), why_style);
      } else if (!source.empty() && switch_width_ > 0) {
        after += std::string(gap_ + switch_width_, ' ');
      } else if (failure && source.empty()) {
        room = std::max(room, screen_.width() - std::min(screen_.width(), width_of(before)));
      }
      if (!source.empty()) after += screen_.paint(source, Style::dim);
      for (const std::string& part : wrap(fitted(action_of(row), room), room)) {
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
  static constexpr std::string_view kSourceTitle = "source";

  Screen& screen_;
  const Interleaving& interleaving_;
  const TableOptions& options_;
  bool mark_races_;
  std::size_t gap_ = kWideGap;
  std::string only_file_;
  std::vector<std::string> texts_;  // of the source, by row
  std::size_t source_width_ = 0;    // of their column; 0: there is none
  std::size_t number_width_ = 1;
  std::size_t place_width_ = 0;
  std::size_t switch_width_ = 0;
  std::vector<std::size_t> thread_widths_;
  bool one_column_ = false;
  std::size_t name_width_ = 0;
  std::size_t action_width_ = 0;
};

}  // namespace

std::string only_file(const Interleaving& interleaving) {
  std::set<std::string> files;
  for (const InterleavingRow& row : interleaving.rows) {
    if (row.source.known()) files.insert(shown_file(row.source));
  }
  return files.size() == 1 ? *files.begin() : "";
}

void write_table(Screen& screen, const Interleaving& interleaving, const TableOptions& options) {
  InterleavingTable{screen, interleaving, options}.write();
}

}  // namespace heddle
