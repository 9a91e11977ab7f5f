#include "harness/report/progress.h"

#include <fmt/format.h>

#include "harness/report/text.h"

namespace heddle {

std::string progress_text(const Progress& progress, std::size_t width) {
  std::string text = fmt::format("{}  {}  ", printable(progress.case_name), progress.engine);
  if (!progress.activity.empty()) text += fmt::format("{}  ", progress.activity);
  text += grouped(progress.runs);
  if (progress.planned > 0) text += fmt::format(" of {}", grouped(progress.planned));
  text += progress.runs == 1 ? " run" : " runs";
  text += fmt::format(", {} failed", grouped(progress.failed));
  if (progress.seconds > 0) {
    const double speed = static_cast<double>(progress.runs) / progress.seconds;
    text += fmt::format(", {} runs/s", grouped(static_cast<std::uint64_t>(speed)));
  }
  return shortened(text, width);
}

void ProgressLine::show(const Progress& progress, Clock::time_point now) {
  constexpr std::chrono::milliseconds kPause{100};
  std::string about =
      fmt::format("{}\n{}\n{}", progress.case_name, progress.engine, progress.activity);
  if (visible_ && about == about_ && now - *shown_at_ < kPause) return;
  about_ = std::move(about);
  shown_at_ = now;
  visible_ = true;
  // One column is left free: a line that fills the last one makes some terminals scroll.
  out_ << "\r\x1b[K" << progress_text(progress, width_ > 1 ? width_ - 1 : 1) << std::flush;
}

void ProgressLine::write(std::string_view text) {
  clear();
  out_ << text << '\n' << std::flush;
}

void ProgressLine::clear() {
  if (!visible_) return;
  visible_ = false;
  out_ << "\r\x1b[K" << std::flush;
}

}  // namespace heddle
