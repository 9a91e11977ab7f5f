#include "fuzz/strategy/execution.h"

#include <algorithm>

namespace heddle {
namespace {

constexpr std::size_t kFirstSlots = 256;

// Cannot go on before there is one.
bool waits_for_unit(const Execution::Event& event) {
  return event.pending == OpKind::sem_wait && !event.alone.depends();
}

std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9e3779b97f4a7c15U;
  value ^= value >> 32U;
  value *= 0xd6e8feb86659fd93U;
  return value ^ value >> 32U;
}

}  // namespace

void Execution::begin(std::size_t kept) {
  cut(kept);
  position_ = 0;
}

void Execution::cut(std::size_t kept) {
  kept = std::min(kept, events_.size());
  if (kept < events_.size()) {
    const std::uint32_t first_access = events_[kept].first_access;
    while (entries_.size() > first_access) {
      heads_[entries_.back().object] = entries_.back().previous;
      entries_.pop_back();
    }
    races_.resize(events_[kept].first_race);
    while (!lives_.empty() && lives_.back().event >= kept) lives_.pop_back();
    while (events_.size() > kept) {
      const Event& event = events_.back();
      Thread& thread = threads_[event.thread];
      thread.last = event.previous;
      thread.woken_by = event.woken_by;
      events_.pop_back();
    }
    clocks_.resize(kept * stride_);
    for (Thread& thread : threads_) {
      if (thread.woken_by != kNone && thread.woken_by >= kept) thread.woken_by = kNone;
      if (thread.creator != kNone && thread.creator >= kept) thread.creator = kNone;
    }
  }
  position_ = events_.size();
  repeats_ = false;
}

void Execution::grow_threads(ThreadId thread) {
  if (thread < threads_.size()) return;
  threads_.resize(thread + 1);
  if (threads_.size() <= stride_) return;
  const std::size_t wider = std::max<std::size_t>(threads_.size(), stride_ * 2);
  std::vector<std::uint32_t> clocks(events_.size() * wider);
  for (std::size_t i = 0; i < events_.size(); ++i) {
    std::copy_n(&clocks_[i * stride_], stride_, &clocks[i * wider]);
  }
  clocks_ = std::move(clocks);
  stride_ = wider;
}

void Execution::step(ThreadId id, OpKind pending, Address pc) {
  repeats_ = position_++ < events_.size();
  if (repeats_) return;
  grow_threads(id);
  Thread& thread = threads_[id];
  const auto index = static_cast<std::uint32_t>(events_.size());
  Event& event = events_.emplace_back();
  event.thread = id;
  event.pending = pending;
  event.pc = pc;
  event.first_access = static_cast<std::uint32_t>(entries_.size());
  event.first_race = static_cast<std::uint32_t>(races_.size());
  event.previous = thread.last;
  event.woken_by = thread.woken_by;
  clocks_.resize(clocks_.size() + stride_);
  if (thread.last == kNone) {
    event.number = 1;
    event.creator = thread.creator;
    if (thread.creator != kNone) join(thread.creator);
  } else {
    const Event& last = events_[thread.last];
    event.number = last.number + 1;
    if (!last.leaves_loop) {
      event.loop = last.loop;
      event.rounds = last.rounds;
      event.elsewhere = last.elsewhere;
      event.patience = last.patience;
    }
    std::copy_n(clock(thread.last), stride_, clock(index));
  }
  clock(index)[id] = event.number;
  if (thread.woken_by != kNone) {
    join(thread.woken_by);
    thread.woken_by = kNone;
  }
  thread.last = index;
}

void Execution::join(std::uint32_t from) {
  std::uint32_t* mine = clock(events_.size() - 1);
  const std::uint32_t* other = clock(from);
  for (std::size_t i = 0; i < stride_; ++i) mine[i] = std::max(mine[i], other[i]);
}

void Execution::found(std::uint64_t value, const LeavesAlone& alone) {
  if (repeats_ || events_.empty()) return;
  events_.back().found = value;
  events_.back().alone = alone;
}

void Execution::executed(const Op& op, bool changed) {
  if (repeats_ || events_.empty()) return;
  Event& event = events_.back();
  if (op.kind == OpKind::thread_create) {
    grow_threads(op.other);
    threads_[op.other].creator = static_cast<std::uint32_t>(events_.size() - 1);
    event.other = op.other;
    return;
  }
  if (op.kind == OpKind::thread_join) {
    if (const std::uint32_t last = last_of(op.other); last != kNone) join(last);
    event.other = op.other;
    return;
  }
  if (event.found.has_value() && event.address == 0) {
    event.address = op.address;
    event.size = op.size;
  }
  const AccessList list = accesses_of(op, event.pending, changed);
  for (const Access& access : list) event.accesses.add(access);
  access(list);
  note_round(op, changed);
}

void Execution::step_as(ThreadId thread, const Event& other) {
  step(thread, other.pending, other.pc);
  Event& event = events_.back();
  event.size = other.size;
  event.address = other.address;
  event.found = other.found;
  event.alone = other.alone;
  event.accesses = other.accesses;
  access(other.accesses);
}

void Execution::note_round(const Op& op, bool changed) {
  if (op.kind == OpKind::fence) return;
  Event& event = events_.back();
  if (changed && event.looked) {
    event.leaves_loop = true;
    return;
  }
  event.looked = true;
  if (changed) {
    event.rounds = 0;
    event.loop = 0;
    event.patience = 1;
    return;
  }
  // A loop that comes by the same place with another address is searching, not waiting.
  const std::uint64_t place = mixed(op.pc ^ mixed(op.address)) | 1;
  if (event.loop == place) {
    ++event.rounds;
    event.elsewhere = 0;
    return;
  }
  if (event.loop != 0 && ++event.elsewhere < event.patience) return;
  // What came before the loop is never come by again (a compiler puts the first look before it),
  // and the search would follow the loop for ever: so the place moves on, each time with twice the
  // patience, until it lies in the loop and the patience is longer than a round (R. P. Brent, "An
  // improved Monte Carlo factorization algorithm", 1980).
  if (event.loop != 0) event.patience *= 2;
  event.rounds = 1;
  event.elsewhere = 0;
  event.loop = place;
}

void Execution::woke(ThreadId thread) {
  if (repeats_ || events_.empty()) return;
  grow_threads(thread);
  threads_[thread].woken_by = static_cast<std::uint32_t>(events_.size() - 1);
}

std::uint32_t Execution::object_index(std::uint64_t object) {
  if (heads_.size() * 2 >= slots_.size()) {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(std::max(kFirstSlots, old.size() * 2), {});
    for (const Slot& slot : old) {
      if (slot.index == kNone) continue;
      std::size_t at = mixed(slot.object) & (slots_.size() - 1);
      while (slots_[at].index != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }
  std::size_t at = mixed(object) & (slots_.size() - 1);
  while (slots_[at].index != kNone) {
    if (slots_[at].object == object) return slots_[at].index;
    at = (at + 1) & (slots_.size() - 1);
  }
  slots_[at] = {.object = object, .index = static_cast<std::uint32_t>(heads_.size())};
  heads_.push_back(kNone);
  objects_.push_back(object);
  return slots_[at].index;
}

bool Execution::known_by_waiting(const Event& other) const {
  return std::any_of(waiting_.begin(), waiting_.end(), [&](std::uint32_t event) {
    return clock(event)[other.thread] >= other.number;
  });
}

bool Execution::would_wait(const Entry& entry, AccessMode mode) const {
  const Event& first = events_[entry.event];
  // Who tried in vain found it taken. (Of locks that were let go it is behind the unlock that comes
  // after the try; so this is of who waits at the end.)
  if (entry.mode == AccessMode::try_fail && first.found.has_value()) {
    if (mode == AccessMode::lock) return true;
    if (mode == AccessMode::shared_lock) return *first.found == 1;
  }
  if (!waits_for_unit(events_.back()) || !first.found.has_value()) return false;
  std::uint64_t units = *first.found;
  // Posts that have nothing to do with it can be in front of both.
  for (std::uint32_t at = heads_[entry.object]; at != kNone; at = entries_[at].previous) {
    const Entry& later = entries_[at];
    if (later.event <= entry.event) break;
    if (later.mode == AccessMode::post && !happens_before(entry.event, later.event)) ++units;
  }
  return units == 0;
}

void Execution::meet_entry(const Entry& entry, AccessMode mode) {
  const auto self = static_cast<std::uint32_t>(events_.size() - 1);
  const Event& other = events_[entry.event];
  Relation how = relation(entry.mode, mode);
  if (how == Relation::none || clock(self)[other.thread] >= other.number) return;
  if (how == Relation::race && would_wait(entry, mode)) how = Relation::edge;
  // What was taken stands in the way, whatever gives it back in between.
  const bool taken =
      takes(entry.mode) || (entry.mode == AccessMode::write && waits_for_unit(events_.back()));
  if (how == Relation::race && (taken || !known_by_waiting(other))) {
    races_.push_back({.first = entry.event, .second = self});
    join(entry.event);
  } else if (how == Relation::edge) {
    // The lock before that unlock may yet be a race: its order with this one is not given by
    // anything else.
    waiting_.push_back(entry.event);
  }
}

void Execution::look_at_object(std::uint32_t object, const Access& access) {
  const ThreadId thread = events_.back().thread;
  for (std::uint32_t at = heads_[object]; at != kNone; at = entries_[at].previous) {
    const Entry& entry = entries_[at];
    if ((entry.mask & access.mask) == 0) continue;
    if (events_[entry.event].thread != thread) met_.push_back({entry, access.mode});
    if (covers(entry.mode) && (entry.mask & access.mask) == access.mask) break;
  }
}

// What it is to, and what has been done there before.
void Execution::look_at(const Access& access) {
  if (access.cells == 0) {
    look_at_object(object_index(access.object), access);
  } else {
    for (std::uint32_t object = 0; object < objects_.size(); ++object) {
      if (meet(access, {.object = objects_[object], .mask = 0xff})) look_at_object(object, access);
    }
  }
  for (const Life& life : lives_) {
    if (!meet(life.access, access) || events_[life.event].thread == events_.back().thread) continue;
    met_.push_back({{.event = life.event, .mode = life.access.mode}, access.mode});
  }
}

void Execution::access(const AccessList& list) {
  const auto self = static_cast<std::uint32_t>(events_.size() - 1);
  met_.clear();
  waiting_.clear();
  for (const Access& access : list) look_at(access);
  // The latest first: what comes before that by way of it is no race. Those of one object are in
  // order already, and most operations are to no more than one.
  const bool in_order = list.size == 1 && list.items[0].cells == 0 && lives_.empty();
  for (auto it = met_.begin(); it != met_.end() && !in_order; ++it) {
    const auto place = std::upper_bound(met_.begin(), it, *it, [](const Met& a, const Met& b) {
      return a.entry.event > b.entry.event;
    });
    if (place != it) std::rotate(place, it, it + 1);
  }
  for (const Met& met : met_) meet_entry(met.entry, met.mode);
  for (const std::uint32_t event : waiting_) join(event);
  for (const Access& access : list) {
    if (access.cells != 0) {
      lives_.push_back({access, self});
      continue;
    }
    const std::uint32_t object = object_index(access.object);
    entries_.push_back({.object = object,
                        .event = self,
                        .previous = heads_[object],
                        .mask = access.mask,
                        .mode = access.mode});
    heads_[object] = static_cast<std::uint32_t>(entries_.size() - 1);
  }
}

std::span<const Execution::Race> Execution::races(std::size_t from) const {
  if (from >= events_.size()) return {};
  return std::span(races_).subspan(events_[from].first_race);
}

std::uint64_t Execution::fingerprint() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const Event& event = events_[i];
    std::uint64_t hash = mixed((std::uint64_t{event.thread} << 32U) + event.number);
    const std::uint32_t* times = clock(i);
    for (std::size_t t = 0; t < threads_.size(); ++t) {
      if (times[t] != 0) hash = mixed(hash ^ (t << 40U) ^ times[t]);
    }
    sum += hash;
  }
  return sum;
}

}  // namespace heddle
