#include "harness/search/tsan_alone.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "fuzz/random.h"
#include "harness/search/happens_before.h"
#include "harness/search/own_code.h"

namespace heddle {
namespace {

// Of runs whose order is left to chance: so many other decisions at most.
constexpr std::uint64_t kMostDeviations = 4;

// Of an object that is used its first byte is as good as all: its life is of the whole.
Address end_of_use(const Op& op) {
  return is_memory_access(op.kind) || is_life(op.kind) ? end_of(op) : op.address + 1;
}

bool overlap(const Op& a, const Op& b) {
  return a.address < end_of_use(b) && b.address < end_of_use(a);
}

struct Accesses {
  std::vector<std::size_t> first;   // events of the trace
  std::vector<std::size_t> second;  // likewise, of the other place
};

Accesses accesses_at(const Trace& trace, Address first, Address second,
                     std::span<const Module> modules) {
  Accesses found;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const Event& event = trace.events[i];
    if (event.op.address == 0) continue;
    const Address pc = own_pc(event.op.pc, event.stack, modules);
    if (pc == first) found.first.push_back(i);
    if (pc == second) found.second.push_back(i);
  }
  return found;
}

enum class Seen : std::uint8_t { not_both, ordered, unordered };

struct Look {
  Seen seen = Seen::not_both;
  std::optional<Place> by;
};

Look look_at(const Trace& trace, const Accesses& accesses) {
  const HappensBefore before(trace);
  Look look;
  for (const std::size_t a : accesses.first) {
    for (const std::size_t b : accesses.second) {
      const auto [i, j] = std::minmax(a, b);
      const Event& earlier = trace.events[i];
      const Event& later = trace.events[j];
      if (earlier.thread == later.thread || !overlap(earlier.op, later.op)) continue;
      if (!before.ordered(i, j)) return {Seen::unordered, std::nullopt};
      look.seen = Seen::ordered;
      if (look.by.has_value()) continue;
      if (const auto learned = before.learned_by(i, j)) {
        const Event& edge = trace.events[*learned];
        look.by = Place{.thread = edge.thread, .op = edge.op, .stack = edge.stack, .note = {}};
      }
    }
  }
  return look;
}

// Another order: at some decisions of the run another of its threads goes on.
Schedule varied(const Trace& trace, Random& random) {
  std::vector<ThreadId> threads;
  for (const Event& event : trace.events) threads.push_back(event.thread);
  std::sort(threads.begin(), threads.end());
  threads.erase(std::unique(threads.begin(), threads.end()), threads.end());
  Schedule schedule;
  for (std::uint64_t left = 1 + random.below(kMostDeviations); left != 0; --left) {
    const Event& event = trace.events[random.below(trace.events.size())];
    if (event.decided_by == kNoThread) continue;
    const ThreadId other = threads[random.below(threads.size())];
    schedule.deviations.push_back({event.decided_by, event.decided_at, other});
  }
  std::sort(schedule.deviations.begin(), schedule.deviations.end());
  // One decision is made once.
  const auto repeated = std::unique(schedule.deviations.begin(), schedule.deviations.end(),
                                    [](const Deviation& a, const Deviation& b) {
                                      return a.thread == b.thread && a.step == b.step;
                                    });
  schedule.deviations.erase(repeated, schedule.deviations.end());
  return schedule;
}

}  // namespace

std::optional<OrderedPlaces> find_ordering(Replayer& replayer, Job job, const Failed& race,
                                           std::span<const Module> modules,
                                           const OrderingLimits& limits) {
  if (race.places.size() < 2) return std::nullopt;
  const auto pc_of = [&](const Place& place) { return own_pc(place.op.pc, place.stack, modules); };
  const Address first = pc_of(race.places[0]);
  const Address second = pc_of(race.places[1]);
  if (first == 0 || second == 0) return std::nullopt;
  job.record_trace = true;
  // So that they are steps of the trace, and others may come between.
  job.racy_pcs = {first, second};
  const auto deadline = std::chrono::steady_clock::now() + limits.time;
  Random random(job.seed, 0);
  OrderedPlaces ordered;
  Trace last;
  for (std::uint64_t run = 0; run < limits.runs; ++run) {
    if (std::chrono::steady_clock::now() >= deadline) break;
    job.schedule = last.events.empty() ? Schedule{} : varied(last, random);
    auto replayed = replayer.replay(job);
    auto* done = std::get_if<JobDone>(&replayed);
    if (done == nullptr || done->trace.truncated || done->trace.events.empty()) return std::nullopt;
    const Look look = look_at(done->trace, accesses_at(done->trace, first, second, modules));
    if (look.seen == Seen::unordered) return std::nullopt;
    if (look.seen == Seen::ordered) {
      if (!look.by.has_value()) return std::nullopt;
      if (ordered.runs++ == 0) ordered.by = *look.by;
    }
    last = std::move(done->trace);
  }
  return ordered.runs == 0 ? std::nullopt : std::optional(std::move(ordered));
}

}  // namespace heddle
