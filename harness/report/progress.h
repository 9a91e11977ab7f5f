// The one line that tells, while Heddle works, that it does.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace heddle {

struct Progress {
  std::string_view case_name;
  std::string_view engine;
  std::string_view activity;  // e.g. "shrinking"; empty while runs are made
  std::uint64_t runs = 0;
  std::uint64_t planned = 0;  // 0: unknown, the search is limited by time
  std::uint64_t failed = 0;
  double seconds = 0;
};

// For terminals only: the line is overwritten in place, which would fill a log file with garbage.
class ProgressLine {
 public:
  using Clock = std::chrono::steady_clock;

  // `width` in columns, at least 1.
  ProgressLine(std::ostream& out, std::size_t width) : out_(out), width_(width) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  // Leaves the terminal as it was.
  ~ProgressLine() { clear(); }

  // Shows `progress` if the line has not changed for a tenth of a second, or is about another case,
  // engine or activity: a terminal is slower than an engine. `now` is passed so that tests need no
  // clock.
  void show(const Progress& progress, Clock::time_point now = Clock::now());

  // A line that stays, above this one.
  void write(std::string_view text);

  // Before anything else is written to the terminal.
  void clear();

 private:
  std::ostream& out_;
  std::size_t width_;
  std::string about_;
  std::optional<Clock::time_point> shown_at_;
  bool visible_ = false;
};

// The text of the line, at most `width` columns.
std::string progress_text(const Progress& progress, std::size_t width);

}  // namespace heddle
