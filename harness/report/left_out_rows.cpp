#include "harness/report/left_out_rows.h"

#include <fmt/format.h>

#include <utility>

#include "harness/report/text.h"

namespace heddle {
namespace {

bool says_the_same(const InterleavingRow& a, const InterleavingRow& b) {
  return a.kind == InterleavingRow::Kind::operation && b.kind == a.kind && a.thread == b.thread &&
         a.why == b.why && a.times == b.times && a.fold_rows == b.fold_rows &&
         a.source.line == b.source.line && a.text == b.text && a.preempted == b.preempted &&
         !b.decides && preemptions_in(b) == 0;
}

}  // namespace

void leave_out_turns(std::vector<InterleavingRow>& rows) {
  constexpr std::size_t kLongestRound = 12;  // rows
  constexpr std::size_t kFewest = 3;         // rounds
  std::vector<InterleavingRow> kept;
  for (std::size_t at = 0; at < rows.size();) {
    std::size_t length = 0;
    std::size_t times = 1;
    for (std::size_t tried = 1; tried <= kLongestRound && length == 0; ++tried) {
      std::size_t end = at + tried;
      while (end < rows.size() && says_the_same(rows[end - tried], rows[end])) ++end;
      times = (end - at) / tried;
      if (times >= kFewest && rows[at].times > 1) length = tried;
    }
    const std::size_t shown = length == 0 ? 1 : length;
    for (std::size_t i = 0; i < shown; ++i) kept.push_back(std::move(rows[at + i]));
    at += shown;
    if (length == 0) continue;
    InterleavingRow& gap = kept.emplace_back();
    gap.kind = InterleavingRow::Kind::elided;
    gap.text = fmt::format("{} again, {} more times",
                           length == 1 ? "that" : fmt::format("these {} rows", length),
                           grouped(times - 1));
    at += length * (times - 1);
  }
  rows = std::move(kept);
}

void leave_out_the_middle(std::vector<InterleavingRow>& rows, std::size_t max_rows) {
  if (rows.size() <= max_rows) return;
  // Failures are explained by what came right before them.
  const std::size_t first = max_rows / 4;
  const std::size_t last = max_rows - first - 1;
  const std::size_t gone = rows.size() - first - last;
  InterleavingRow gap;
  gap.kind = InterleavingRow::Kind::elided;
  gap.text = fmt::format("{} rows left out", grouped(gone));
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(first);
  std::size_t preemptions = 0;
  for (auto row = begin; row != begin + static_cast<std::ptrdiff_t>(gone); ++row) {
    preemptions += preemptions_in(*row);
  }
  if (preemptions > 0) gap.text += fmt::format(", with {}", plural(preemptions, "preemption"));
  rows.erase(begin, begin + static_cast<std::ptrdiff_t>(gone));
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(first), std::move(gap));
}

}  // namespace heddle
