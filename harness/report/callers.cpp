#include "harness/report/callers.h"

#include <fmt/format.h>

#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "harness/report/source_line.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

class Callers {
 public:
  explicit Callers(const Symbols& symbols) : symbols_(symbols) {}

  void add(ThreadId thread, const Op& op, std::span<const Address> stack) {
    Called called{.thread = thread,
                  .place = {},
                  .caller = {},
                  .synchronises = !is_memory_access(op.kind) && op.address != 0};
    for (const Frame& frame : frames_of(symbols_, op.pc, stack)) {
      if (is_library(frame) || frame.line == 0) continue;
      if (called.place.line == 0) {
        called.place = frame;
        continue;
      }
      // A loop whose condition has a line of its own, a lambda in it: still the same function.
      if (frame.function == called.place.function) continue;
      called.caller = frame;
      break;
    }
    if (called.caller.line == 0) return;
    const auto key = std::tuple(thread, called.place.file, called.place.line, called.caller.file,
                                called.caller.line);
    if (told_.insert(key).second) result_.push_back(std::move(called));
  }

  std::vector<Called> take() { return std::move(result_); }

 private:
  const Symbols& symbols_;
  std::set<std::tuple<ThreadId, std::string, unsigned, std::string, unsigned>> told_;
  std::vector<Called> result_;
};

}  // namespace

std::vector<Called> callers_of(const Failed& failure, const MinimalInterleaving* minimal,
                               const Symbols& symbols) {
  Callers callers{symbols};
  const Cause* cause = nullptr;
  if (minimal != nullptr && minimal->cause.has_value()) cause = &*minimal->cause;
  if (cause != nullptr && cause->pattern != CausePattern::none) {
    for (const Event& step : cause->steps) callers.add(step.thread, step.op, step.stack);
  } else {
    for (const Place& place : failure.places) callers.add(place.thread, place.op, place.stack);
  }
  return callers.take();
}

std::string callers_text(const std::vector<Called>& callers, const Symbols& symbols) {
  std::string text;
  std::string last_file;
  const auto where = [&](const Frame& frame) {
    const std::string line =
        std::exchange(last_file, frame.file) == frame.file
            ? fmt::format(":{}", frame.line)
            : printable(fmt::format("{}:{}", symbols.file_label(frame.file), frame.line));
    const std::string function = short_function(frame.function);
    return fmt::format("{} ({})", function.empty() ? "?" : printable(function), line);
  };
  for (const Called& called : callers) {
    text += fmt::format("{}{} in {}", text.empty() ? "" : "; ", thread_name(called.thread),
                        where(called.place));
    text += ", called from " + where(called.caller);
  }
  return text;
}

}  // namespace heddle
