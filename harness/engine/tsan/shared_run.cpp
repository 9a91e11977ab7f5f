#include "harness/engine/tsan/shared_run.h"

#include <algorithm>

namespace heddle::tsan {
namespace {

Failed to_failed(const ReportRecord& report) {
  Failed failed{.kind = report.kind, .message = report.message.data(), .places = {}};
  for (std::uint32_t i = 0; i < report.place_count; ++i) {
    const PlaceRecord& place = report.places[i];
    const auto begin = place.stack.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(place.depth);
    failed.places.push_back({.thread = place.thread,
                             .op = {.kind = place.kind,
                                    .size = place.size,
                                    .address = place.address,
                                    .address2 = place.held,
                                    .pc = place.depth == 0 ? 0 : *begin},
                             .stack = {place.depth == 0 ? begin : begin + 1, end},
                             .note = place.note.data()});
  }
  return failed;
}

}  // namespace

void SharedRun::reset() {
  const std::uint32_t used = threads_used();
  for (std::uint32_t i = 0; i < used; ++i) threads[i].slot.reset();
  reusable = false;
  gate = 0;
  joins = 0;
  thread_count = 0;
  end.reset();
  notifications.reset();
  report_count = 0;
  left_behind.fill(0);
}

std::uint32_t SharedRun::threads_used() const {
  return std::min<std::uint32_t>(thread_count.load(), kMaxThreads);
}

std::vector<Failed> collect_reports(const SharedRun& run) {
  const std::size_t count = std::min<std::size_t>(run.report_count.load(), kMaxReports);
  std::vector<Failed> result;
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < count; ++i) {
    Failed failed = to_failed(run.reports[i]);
    const std::uint64_t key = failure_key(failed);
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    keys.push_back(key);
    result.push_back(std::move(failed));
  }
  return result;
}

}  // namespace heddle::tsan
