#include "harness/report/anchors.h"

#include <algorithm>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/report/describe.h"

namespace heddle {
namespace {

// How an operation ends is settled after the decision to come before it. In the words of a token.
OpKind before_outcome(OpKind kind) {
  switch (kind) {
    case OpKind::atomic_cas_fail:
      return OpKind::atomic_rmw;
    case OpKind::mutex_trylock_fail:
      return OpKind::mutex_lock;
    case OpKind::sem_trywait_fail:
      return OpKind::sem_wait;
    case OpKind::once_done:
      return OpKind::once;
    default:
      return kind;
  }
}

// Likewise, as one kind: a try, or a wait until some time, has one name if it takes the lock and
// another if it does not, and that does not say of which kind of object it is.
OpKind begun_as(OpKind kind) {
  switch (kind) {
    case OpKind::mutex_trylock_fail:
    case OpKind::rwlock_read_lock:
    case OpKind::rwlock_write_lock:
    case OpKind::sem_wait:
    case OpKind::sem_trywait_fail:
    case OpKind::timeout:
      return OpKind::mutex_lock;
    default:
      return before_outcome(kind);
  }
}

struct Where {
  OpKind kind = OpKind::none;  // begun_as()
  std::string function;
  std::uint32_t line = 0;
  std::string object;

  auto on_line() const { return std::tie(kind, function, line); }
  auto on_object() const { return std::tie(kind, function, object); }
  auto anywhere() const { return std::tie(kind, object); }
};

std::pair<std::string, std::uint32_t> line_in_function(const Symbols& symbols, Address pc,
                                                       std::span<const Address> stack) {
  const SourceLine source = source_of(symbols, pc, stack);
  const unsigned first = source.function_line;
  const std::uint32_t line = first != 0 && source.line >= first ? source.line - first : 0;
  return {short_function(source.function), line};
}

Where where(const Event& event, const Symbols& symbols) {
  Where result;
  result.kind = begun_as(event.op.kind);
  std::tie(result.function, result.line) = line_in_function(symbols, event.op.pc, event.stack);
  result.object = object_name(symbols, event.op.address);
  return result;
}

// Whether an event is there only because a wait ended so, or a lock was of another policy: part of
// an operation that has an event of its own.
bool is_outcome(const Event& event, const std::vector<const Event*>& before) {
  if (event.op.kind == OpKind::failure || event.op.kind == OpKind::rwlock_other) return true;
  return event.op.kind == OpKind::timeout && !before.empty() &&
         before.back()->op.kind == OpKind::cond_wait &&
         before.back()->op.address == event.op.address;
}

// Whether a call that copies or fills memory goes on with the part after that of its last access
// to the same: it is made in parts only where a schedule departs within it.
bool is_next_part(const Event& event, const std::vector<const Event*>& before) {
  if (!is_plain_access(event.op.kind) || event.op.address2 == 0) return false;
  constexpr std::size_t kMostBetween = 2;  // a copy reads, and writes
  for (std::size_t i = 1; i <= kMostBetween && i <= before.size(); ++i) {
    const Op& op = before[before.size() - i]->op;
    if (op.pc != event.op.pc || op.address2 == 0 || !is_plain_access(op.kind)) return false;
    // Upwards, or downwards.
    if (op.kind == event.op.kind) {
      return op.address2 == event.op.address || event.op.address2 == op.address;
    }
  }
  return false;
}

// The operations of a thread, in their order. Each call is one.
std::vector<const Event*> events_of(const Trace& trace, ThreadId thread) {
  std::vector<const Event*> all;
  std::vector<const Event*> events;
  for (const Event& event : trace.events) {
    if (event.thread != thread || is_outcome(event, all)) continue;
    // Nobody goes first there, and how much a program allocates hangs on how it is compiled.
    if (event.op.kind == OpKind::heap_allocate) continue;
    if (!is_next_part(event, all)) events.push_back(&event);
    all.push_back(&event);
  }
  return events;
}

// Whether a decision so many steps after the operation is still part of it: when it has begun to
// wait, or to wake others.
bool goes_on_for(const Event& event, std::uint64_t steps, const Event* next) {
  constexpr std::uint64_t kMost = 2;  // by its time, or not; and then who goes
  switch (event.op.kind) {
    case OpKind::cond_wait:
      return true;  // until it has the mutex again, which is what comes next
    case OpKind::futex_wait:
    case OpKind::sleep:
    case OpKind::barrier_wait:
    case OpKind::cond_signal:
    case OpKind::futex_wake:
      return steps <= kMost;
    default:
      // A plain access has no decision before its own step.
      return next != nullptr && is_plain_access(next->op.kind) && next->step > event.step + steps;
  }
}

// A plain access to what no other thread is seen to touch: its own variables. Compilers have as
// many of these as they like, and it is all one before which of them a thread stops.
bool is_private(const Event& event, const Trace& trace) {
  if (!is_plain_access(event.op.kind)) return false;
  return std::none_of(trace.events.begin(), trace.events.end(), [&](const Event& other) {
    return other.thread != event.thread && other.op.address < end_of(event.op) &&
           event.op.address < end_of(other.op);
  });
}

// Whether another thread may go first where it begins, one step after the operation before it. Not
// so where it waits until some time.
bool is_point(const Event& event, const Event& before) {
  constexpr std::uint64_t kMost = 2;  // it may have had to wait
  return event.step - before.step <= kMost;
}

Anchor anchor_of(const Deviation& deviation, const Trace& trace, const Symbols& symbols) {
  Anchor anchor;
  anchor.thread = deviation.thread;
  anchor.value = deviation.value;
  const std::vector<const Event*> events = events_of(trace, deviation.thread);
  auto next = std::find_if(events.begin(), events.end(),
                           [&](const Event* event) { return event->step >= deviation.step; });
  const std::uint64_t done = next == events.begin() ? 0 : (*std::prev(next))->step;
  anchor.distance = deviation.step - done;
  const bool goes_on =
      next != events.begin() &&
      goes_on_for(**std::prev(next), anchor.distance, next == events.end() ? nullptr : *next);
  const auto shared = std::find_if(next, events.end(),
                                   [&](const Event* event) { return !is_private(*event, trace); });
  // Of what a call copies or fills other parts may be shared.
  const bool skips =
      shared != next && shared != events.end() && is_point(**shared, **std::prev(shared)) &&
      std::all_of(next, shared, [](const Event* event) { return event->op.address2 == 0; });
  if (!goes_on && skips) {
    next = shared;
    anchor.distance = 1;
  }
  anchor.after = goes_on || next == events.end();
  const auto at = anchor.after ? std::prev(next) : next;
  if (events.empty()) {
    // It has done nothing, ever.
    anchor.after = true;
    return anchor;
  }
  const Where here = where(**at, symbols);
  for (auto event = events.begin(); event <= at; ++event) {
    const Where there = where(**event, symbols);
    if (there.on_line() == here.on_line()) ++anchor.count;
    if (there.on_object() == here.on_object()) ++anchor.alike;
    if (there.anywhere() == here.anywhere()) ++anchor.anywhere;
  }
  anchor.kind = before_outcome((*at)->op.kind);
  anchor.function = here.function;
  anchor.line = here.line;
  anchor.object = here.object;
  return anchor;
}

// How many events precede the deviation.
std::size_t time_of(const Deviation& deviation, const Trace& trace) {
  std::size_t time = 0;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const Event& event = trace.events[i];
    if (event.decided_by == deviation.thread && event.decided_at == deviation.step) return i;
    if (event.thread == deviation.thread && event.step < deviation.step) time = i + 1;
  }
  return time;
}

}  // namespace

std::optional<AnchoredToken> anchored_token(const Token& token, const Failed& failure,
                                            const Trace& trace, const Symbols& symbols) {
  if (token.engine != EngineKind::fuzz || trace.truncated || trace.events.empty()) {
    return std::nullopt;
  }
  AnchoredToken result{.anchors = {}, .kind = failure.kind, .function = {}, .line = 0};
  if (!failure.places.empty()) {
    const Place& place = failure.places.front();
    std::tie(result.function, result.line) = line_in_function(symbols, place.op.pc, place.stack);
  }
  std::vector<Deviation> deviations = token.schedule.deviations;
  std::sort(deviations.begin(), deviations.end(), [&](const Deviation& a, const Deviation& b) {
    return std::pair(time_of(a, trace), a) < std::pair(time_of(b, trace), b);
  });
  for (const Deviation& deviation : deviations) {
    result.anchors.push_back(anchor_of(deviation, trace, symbols));
  }
  return result;
}

std::string anchored_word(const MinimalInterleaving& minimal, const Failed& failure,
                          const Symbols& symbols) {
  constexpr std::size_t kMostDepartures = 32;
  if (minimal.token.schedule.deviations.size() > kMostDepartures) return {};
  const auto token = anchored_token(minimal.token, failure, minimal.trace, symbols);
  return token.has_value() ? to_text(*token) : std::string();
}

std::optional<FoundAnchor> find_anchor(const Anchor& anchor, const Trace& trace,
                                       const Symbols& symbols) {
  FoundAnchor found{.deviation = {.thread = anchor.thread, .step = 0, .value = anchor.value}};
  if (anchor.count == 0) {
    found.deviation.step = anchor.distance;
    return found;
  }
  const Where wanted{.kind = begun_as(anchor.kind),
                     .function = anchor.function,
                     .line = anchor.line,
                     .object = anchor.object};
  const std::vector<const Event*> events = events_of(trace, anchor.thread);
  const auto take = [&](std::size_t index) {
    const std::size_t before = anchor.after ? index + 1 : index;
    found.deviation.step = anchor.distance + (before == 0 ? 0 : events[before - 1]->step);
    return found;
  };
  // The run ended before it, by a failure or a standstill: it is what the thread was about to do.
  // Whether that is so shows in a run that departs there.
  const auto pending = [&](std::uint64_t done) -> std::optional<FoundAnchor> {
    if (anchor.after || done + 1 != anchor.count || events.empty()) return std::nullopt;
    const OpKind last = events.back()->op.kind;
    if (last == OpKind::thread_exit || last == OpKind::process_exit) return std::nullopt;
    found.deviation.step = anchor.distance + events.back()->step;
    return found;
  };
  std::uint64_t on_line = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (where(*events[i], symbols).on_line() != wanted.on_line()) continue;
    if (++on_line == anchor.count) return take(i);
  }
  found.moved = true;
  if (on_line != 0 || anchor.object.empty()) return pending(on_line);
  std::uint64_t alike = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (where(*events[i], symbols).on_object() != wanted.on_object()) continue;
    if (++alike == anchor.alike) return take(i);
  }
  if (alike != 0) return pending(on_line);
  // In a function of a library that the other build had inlined.
  std::uint64_t anywhere = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (where(*events[i], symbols).anywhere() != wanted.anywhere()) continue;
    if (++anywhere == anchor.anywhere) return take(i);
  }
  return pending(on_line);
}

bool names_function(const AnchoredToken& token, const Trace& trace, const Symbols& symbols) {
  if (token.function.empty()) return true;
  return std::any_of(trace.events.begin(), trace.events.end(), [&](const Event& event) {
    return line_in_function(symbols, event.op.pc, event.stack).first == token.function;
  });
}

bool is_failure_of(const AnchoredToken& token, const Failed& failure, const Symbols& symbols) {
  if (failure.kind != token.kind) return false;
  if (failure.places.empty()) return token.function.empty();
  // Of a race any of the two may come first.
  return std::any_of(failure.places.begin(), failure.places.end(), [&](const Place& place) {
    return line_in_function(symbols, place.op.pc, place.stack).first == token.function;
  });
}

}  // namespace heddle
