#include "harness/report/interleaving.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

#include "harness/report/text.h"

namespace heddle {
namespace {

// Objects that threads meet at, condition variables aside.
bool is_lock_op(OpKind kind) {
  switch (kind) {
    case OpKind::mutex_lock:
    case OpKind::mutex_trylock_fail:
    case OpKind::mutex_unlock:
    case OpKind::rwlock_read_lock:
    case OpKind::rwlock_write_lock:
    case OpKind::rwlock_unlock:
    case OpKind::rwlock_shared_unlock:
    case OpKind::sem_wait:
    case OpKind::sem_trywait_fail:
    case OpKind::sem_post:
    case OpKind::sem_read:
    case OpKind::barrier_wait:
    case OpKind::once:
    case OpKind::once_done:
    case OpKind::once_end:
    case OpKind::futex_wait:
    case OpKind::futex_wake:
      return true;
    default:
      return false;
  }
}

bool is_cond_op(OpKind kind) {
  return kind == OpKind::cond_wait || kind == OpKind::cond_signal || kind == OpKind::cond_broadcast;
}

// The order of events that comes from starting and joining threads alone.
class ForkJoinClocks {
 public:
  // Call for every event in order; afterwards knows(t, n) answers for that event.
  void advance(const Event& event) {
    thread_ = event.thread;
    if (const auto join = joining_.find(event.thread); join != joining_.end()) {
      // A join is recorded when it begins; it has ended by the thread's next event.
      merge(clocks_[event.thread], clocks_[join->second]);
      joining_.erase(join);
    }
    ++clocks_[event.thread][event.thread];
    if (event.op.kind == OpKind::thread_create) {
      merge(clocks_[event.op.other], clocks_[event.thread]);
    }
    if (event.op.kind == OpKind::thread_join) joining_[event.thread] = event.op.other;
  }

  std::uint64_t now() { return clocks_[thread_][thread_]; }
  bool knows(ThreadId thread, std::uint64_t count) { return clocks_[thread_][thread] >= count; }

 private:
  using Clock = std::map<ThreadId, std::uint64_t>;

  static void merge(Clock& into, Clock from) {
    for (const auto& [thread, count] : from) into[thread] = std::max(into[thread], count);
  }

  ThreadId thread_ = 0;
  std::map<ThreadId, Clock> clocks_;
  std::map<ThreadId, ThreadId> joining_;
};

// Whether two threads have conflicting uses of one object that fork and join do not order.
class Contention {
 public:
  void use(ForkJoinClocks& clocks, ThreadId thread, bool writing) {
    for (const auto& [other, last] : last_) {
      if (other == thread) continue;
      const std::uint64_t conflicting = writing ? last.use : last.write;
      if (conflicting != 0 && !clocks.knows(other, conflicting)) contended_ = true;
    }
    last_[thread].use = clocks.now();
    if (writing) last_[thread].write = clocks.now();
  }

  bool contended() const { return contended_; }

 private:
  struct Last {
    std::uint64_t use = 0;
    std::uint64_t write = 0;
  };
  std::map<ThreadId, Last> last_;
  bool contended_ = false;
};

// Memory as the accesses of a run divide it: accesses that overlap share a location.
class Locations {
 public:
  explicit Locations(const Trace& trace) {
    std::vector<std::pair<Address, Address>> ranges;
    for (const Event& event : trace.events) {
      if (!is_memory_access(event.op.kind)) continue;
      ranges.emplace_back(event.op.address, end_of(event.op));
    }
    std::sort(ranges.begin(), ranges.end());
    for (const auto& [begin, end] : ranges) {
      if (begins_.empty() || begin >= end_) {
        begins_.push_back(begin);
        end_ = end;
      }
      end_ = std::max(end_, end);
    }
  }

  // Of an address that the trace accesses; any number for others.
  std::size_t of(Address address) const {
    return static_cast<std::size_t>(std::upper_bound(begins_.begin(), begins_.end(), address) -
                                    begins_.begin());
  }

 private:
  std::vector<Address> begins_;
  Address end_ = 0;
};

// "(nobody waits)" and its kin, for the notifications of a run.
class Waiters {
 public:
  std::string note_for(const Event& event) {
    // Whatever a waiting thread does next, it waits no more.
    for (auto& [cond, waiting] : waiting_) {
      if (waiting.threads.erase(event.thread) != 0 && waiting.woken > 0) --waiting.woken;
    }
    if (event.op.kind == OpKind::cond_wait) {
      waiting_[event.op.address].threads.insert(event.thread);
      return "";
    }
    if (event.op.kind != OpKind::cond_signal && event.op.kind != OpKind::cond_broadcast) return "";
    Waiting& waiting = waiting_[event.op.address];
    const std::size_t asleep = waiting.threads.size() - waiting.woken;
    if (asleep == 0) return " (nobody waits)";
    if (event.op.kind == OpKind::cond_broadcast) {
      waiting.woken = waiting.threads.size();
      return asleep == 1 ? " (wakes 1 thread)" : fmt::format(" (wakes {} threads)", asleep);
    }
    ++waiting.woken;
    if (event.op.other != kNoThread) return fmt::format(" (wakes {})", thread_name(event.op.other));
    if (waiting.threads.size() == 1) {
      return fmt::format(" (wakes {})", thread_name(*waiting.threads.begin()));
    }
    return fmt::format(" (wakes 1 of {})", asleep);
  }

 private:
  struct Waiting {
    std::set<ThreadId> threads;
    std::size_t woken = 0;  // of these, notified but not yet running again
  };
  std::map<Address, Waiting> waiting_;
};

// A row on its way: what it is about, before it becomes text.
struct Draft {
  std::size_t at = 0;  // index of the (first) event
  std::optional<std::uint64_t> last_value;
  std::size_t accesses = 1;  // events in one library call
  std::string object;        // the first of its objects that has a name, for a library call
  InterleavingRow row;
};

enum class Shown : std::uint8_t { what_matters, everything };

class Selection {
 public:
  Selection(const Trace& trace, const Failed& failure, Names& names,
            Shown shown = Shown::what_matters)
      : trace_(trace), failure_(failure), names_(names), shown_(shown), locations_(trace) {
    measure_contention();
    for (const Place& place : failure.places) {
      named_.insert(place.op.address);
      named_.insert(place.op.address2);
      if (is_memory_access(place.op.kind)) {
        named_locations_.insert(locations_.of(place.op.address));
      }
    }
    for (const Event& event : trace.events) {
      if (event.racy) named_locations_.insert(locations_.of(event.op.address));
    }
    named_.erase(0);
  }

  std::vector<Draft> drafts() {
    std::vector<Draft> result;
    const std::size_t end = end_of_interest();
    for (std::size_t at = 0; at < end; ++at) {
      const Event& event = trace_.events[at];
      if (!matters(at)) continue;
      const SourceLine source = source_of_event(event);
      if (!result.empty() && continues_call(result.back(), event, source)) {
        Draft& call = result.back();
        ++call.accesses;
        call.row.racy = call.row.racy || event.racy;
        if (call.object.empty()) call.object = object_name(names_.symbols(), event.op.address);
        continue;
      }
      Draft draft;
      draft.at = at;
      draft.last_value = event.value;
      draft.row.thread = event.thread;
      draft.row.step = event.step;
      draft.row.source = source;
      draft.row.racy = event.racy;
      if (is_memory_access(event.op.kind))
        draft.object = object_name(names_.symbols(), event.op.address);
      if (event.op.kind == OpKind::failure) draft.row.kind = InterleavingRow::Kind::failure;
      result.push_back(std::move(draft));
    }
    add_failure(result);
    explain_switches(result);
    return result;
  }

  // What the row says, values aside: rows that agree in this are iterations of a loop.
  std::string key(const Draft& draft) const {
    if (draft.row.kind != InterleavingRow::Kind::operation) return "";
    const Op& op = trace_.events[draft.at].op;
    return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", draft.row.thread, draft.row.source.file,
                       draft.row.source.line, static_cast<int>(op.kind), op.address, op.other,
                       draft.accesses, notes_[draft.at]);
  }

  std::optional<std::uint64_t> value(const Draft& draft) const {
    return trace_.events[draft.at].value;
  }

  void write_text(Draft& draft) {
    InterleavingRow& row = draft.row;
    if (row.kind == InterleavingRow::Kind::failure) return;
    const Event& event = trace_.events[draft.at];
    // What a library keeps in its objects means nothing to a person; that it was called does.
    const bool call = is_plain_access(event.op.kind) && !row.source.library_call.empty();
    row.text = call ? printable(fmt::format("{}({})", row.source.library_call, draft.object))
                    : operation_text(event, draft.last_value, names_) + notes_[draft.at];
  }

 private:
  void measure_contention() {
    ForkJoinClocks clocks;
    Waiters waiters;
    notes_.reserve(trace_.events.size());
    for (const Event& event : trace_.events) {
      clocks.advance(event);
      notes_.push_back(waiters.note_for(event));
      const Op& op = event.op;
      if (is_memory_access(op.kind)) {
        memory_[locations_.of(op.address)].use(clocks, event.thread, writes(op.kind));
      } else if (is_lock_op(op.kind) || is_cond_op(op.kind)) {
        objects_[op.address].use(clocks, event.thread, true);
        if (op.kind == OpKind::cond_wait) objects_[op.address2].use(clocks, event.thread, true);
      }
    }
    for (const Event& event : trace_.events) {
      if (!is_memory_access(event.op.kind)) continue;
      const std::size_t location = locations_.of(event.op.address);
      if (!memory_[location].contended()) continue;
      if (!source_of_event(event).in_library) own_users_[location].insert(event.thread);
    }
  }

  SourceLine source_of_event(const Event& event) {
    const auto [at, is_new] = sources_.try_emplace({event.op.pc, event.stack});
    if (is_new) at->second = source_of(names_.symbols(), event.op.pc, event.stack);
    return at->second;
  }

  // A race is complete with its second access; what the program did with the damage afterwards is
  // another finding.
  std::size_t end_of_interest() const {
    if (failure_.kind != FailureKind::data_race) return trace_.events.size();
    for (std::size_t at = trace_.events.size(); at > 0; --at) {
      if (trace_.events[at - 1].racy) return at;
    }
    return trace_.events.size();
  }

  bool matters(std::size_t at) {
    const Event& event = trace_.events[at];
    const Op& op = event.op;
    if (shown_ == Shown::everything) return !source_of_event(event).in_library;
    if (op.kind == OpKind::failure) return !is_stuck(failure_.kind);
    if (op.kind == OpKind::rwlock_other) return true;
    if (op.kind == OpKind::timeout || op.kind == OpKind::fence) {
      return !source_of_event(event).in_library;
    }
    if (is_lock_op(op.kind) || is_cond_op(op.kind)) {
      return named_.count(op.address) != 0 || objects_[op.address].contended();
    }
    if (op.kind == OpKind::heap_free) {
      return std::any_of(named_.begin(), named_.end(), [&op](Address address) {
        return address >= op.address && address < op.address2;
      });
    }
    if (!is_memory_access(op.kind)) return false;
    const std::size_t location = locations_.of(op.address);
    if (named_locations_.count(location) != 0) return true;
    if (source_of_event(event).in_library) return false;
    if (!memory_[location].contended() || own_users_[location].size() < 2) return false;
    if (is_atomic(op.kind)) return true;
    return failure_.kind != FailureKind::data_race && failure_.kind != FailureKind::deadlock &&
           failure_.kind != FailureKind::self_deadlock;
  }

  bool continues_call(const Draft& draft, const Event& event, const SourceLine& source) const {
    const Event& first = trace_.events[draft.at];
    // The first access again: the call was made once more.
    return is_plain_access(event.op.kind) && is_plain_access(first.op.kind) &&
           event.thread == first.thread && !source.library_call.empty() &&
           source == draft.row.source && (event.op.pc != first.op.pc || event.stack != first.stack);
  }

  void add_failure(std::vector<Draft>& drafts) {
    if (is_stuck(failure_.kind)) {
      const bool only_joins =
          std::all_of(failure_.places.begin(), failure_.places.end(),
                      [](const Place& place) { return place.op.kind == OpKind::thread_join; });
      for (const Place& place : failure_.places) {
        // That main waits for a thread that waits is a consequence.
        if (place.op.kind == OpKind::thread_join && !only_joins) continue;
        if (is_shown_waiting(drafts, place)) continue;
        const std::string what = place_text(place, names_);
        add_place(drafts, place, "still " + (what.empty() ? "runs" : what));
      }
      return;
    }
    std::string text{to_string(failure_.kind)};
    if (!failure_.message.empty()) text += ": " + printable(failure_.message);
    if (!drafts.empty() && drafts.back().row.kind == InterleavingRow::Kind::failure) {
      drafts.back().row.text = text;
      return;
    }
    // The last access of a race is marked as such and needs no row behind it.
    if (failure_.kind == FailureKind::data_race || failure_.places.empty()) return;
    add_place(drafts, failure_.places.front(), text);
  }

  // The last that the thread did is the wait that never ended: that row is the failure.
  bool is_shown_waiting(std::vector<Draft>& drafts, const Place& place) {
    if (place.op.kind != OpKind::cond_wait) return false;
    const auto last = std::find_if(drafts.rbegin(), drafts.rend(), [&](const Draft& draft) {
      return draft.row.thread == place.thread;
    });
    if (last == drafts.rend() || last->at >= trace_.events.size()) return false;
    const Op& op = trace_.events[last->at].op;
    if (op.kind != OpKind::cond_wait || op.address != place.op.address) return false;
    last->row.kind = InterleavingRow::Kind::failure;
    last->row.text = fmt::format("wait on {}: never woken", names_.of(op.address, op.kind));
    return true;
  }

  void add_place(std::vector<Draft>& drafts, const Place& place, std::string text) {
    Draft draft;
    draft.at = trace_.events.size();
    draft.row.kind = InterleavingRow::Kind::failure;
    draft.row.thread = place.thread;
    draft.row.source = source_of(names_.symbols(), place.op.pc, place.stack);
    draft.row.text = std::move(text);
    drafts.push_back(std::move(draft));
  }

  void explain_switches(std::vector<Draft>& drafts) const {
    for (std::size_t i = 1; i < drafts.size(); ++i) {
      const ThreadId before = drafts[i - 1].row.thread;
      if (drafts[i].row.thread == before) continue;
      drafts[i].row.switched_from = before;
      // The switch may have happened at an event that is not shown.
      for (std::size_t at = drafts[i - 1].at + 1; at <= drafts[i].at && at < trace_.events.size();
           ++at) {
        if (trace_.events[at].thread == before) continue;
        drafts[i].row.why = trace_.events[at].why;
        break;
      }
    }
  }

  const Trace& trace_;
  const Failed& failure_;
  Names& names_;
  const Shown shown_;
  Locations locations_;
  std::unordered_map<std::size_t, Contention> memory_;
  std::unordered_map<std::size_t, std::set<ThreadId>> own_users_;
  std::unordered_map<Address, Contention> objects_;
  std::set<Address> named_;
  std::set<std::size_t> named_locations_;
  std::vector<std::string> notes_;
  std::map<std::pair<Address, std::vector<Address>>, SourceLine> sources_;
};

struct Foldable {
  std::string key;           // empty: never part of a loop
  bool begins_turn = false;  // another thread went before
  bool gave_way = false;     // and only since it was waiting in a loop
};

// How many times the `length` rows from `at` on occur one after the other, without a switch: that
// must be seen, and may stand only before the first of them. Threads that wait for each other in
// turn are the exception.
std::size_t repeats(const std::vector<Foldable>& rows, std::size_t at, std::size_t length) {
  const auto loops_on = [&](std::size_t next) {
    if (next + length > rows.size()) return false;
    for (std::size_t i = 0; i < length; ++i) {
      const Foldable& first = rows[at + i];
      const Foldable& later = rows[next + i];
      const bool switched =
          (later.begins_turn && !later.gave_way) ||
          (i > 0 && (first.begins_turn != later.begins_turn || first.gave_way != later.gave_way));
      if (switched || rows[at + i].key.empty() || rows[at + i].key != rows[next + i].key) {
        return false;
      }
    }
    return true;
  };
  std::size_t times = 1;
  while (loops_on(at + times * length)) ++times;
  return times;
}

std::vector<Draft> folded(std::vector<Draft> drafts, const Selection& selection) {
  constexpr std::size_t kLongestLoop = 12;  // rows in one iteration
  constexpr std::size_t kFewest = 3;        // iterations; two are as easily read as "twice"
  std::vector<Foldable> rows;
  rows.reserve(drafts.size());
  for (const Draft& draft : drafts) {
    rows.push_back({selection.key(draft), draft.row.switched_from != kNoThread,
                    draft.row.why == SwitchReason::gave_way});
  }
  std::vector<Draft> result;
  for (std::size_t at = 0; at < drafts.size();) {
    std::size_t best_length = 1;
    std::size_t best_times = 1;
    for (std::size_t length = 1; length <= kLongestLoop && at + length <= rows.size(); ++length) {
      const std::size_t times = repeats(rows, at, length);
      if (times >= kFewest && times * length > best_times * best_length) {
        best_length = length;
        best_times = times;
      }
    }
    for (std::size_t i = 0; i < best_length; ++i) {
      Draft draft = std::move(drafts[at + i]);
      draft.row.times = best_times;
      if (best_times > 1) {
        draft.last_value = selection.value(drafts[at + (best_times - 1) * best_length + i]);
        if (i + 1 == best_length) draft.row.fold_rows = best_length;
      }
      result.push_back(std::move(draft));
    }
    at += best_length * best_times;
  }
  return result;
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
  rows.erase(begin, begin + static_cast<std::ptrdiff_t>(gone));
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(first), std::move(gap));
}

// No folded loop is cut in two: rather some more are kept.
void keep_the_last(std::vector<Draft>& drafts, std::size_t max_rows) {
  if (drafts.size() <= max_rows) return;
  std::size_t begin = drafts.size() - max_rows;
  const auto goes_on = [](const Draft& draft) {
    return draft.row.times > 1 && draft.row.fold_rows == 0;
  };
  while (begin > 0 && goes_on(drafts[begin - 1])) --begin;
  drafts.erase(drafts.begin(), drafts.begin() + static_cast<std::ptrdiff_t>(begin));
}

Interleaving interleaving_of(std::vector<Draft> drafts, Selection& selection) {
  Interleaving result;
  for (Draft& draft : drafts) {
    selection.write_text(draft);
    draft.row.number = result.rows.size() + 1;
    result.rows.push_back(std::move(draft.row));
  }
  return result;
}

void find_threads(Interleaving& interleaving) {
  std::set<ThreadId> threads;
  for (const InterleavingRow& row : interleaving.rows) {
    if (row.kind != InterleavingRow::Kind::elided) threads.insert(row.thread);
  }
  interleaving.threads.assign(threads.begin(), threads.end());
}

}  // namespace

Interleaving select_rows(const Trace& trace, const Failed& failure, Names& names,
                         const InterleavingOptions& options) {
  Selection selection{trace, failure, names};
  Interleaving result = interleaving_of(folded(selection.drafts(), selection), selection);
  result.truncated = trace.truncated;
  leave_out_the_middle(result.rows, std::max<std::size_t>(options.max_rows, 4));
  find_threads(result);
  return result;
}

Interleaving select_last_rows(const Trace& trace, Names& names, std::size_t max_rows) {
  const Failed none{.kind = FailureKind::assertion, .message = {}, .places = {}};
  Selection selection{trace, none, names, Shown::everything};
  std::vector<Draft> drafts = folded(selection.drafts(), selection);
  const std::size_t all = drafts.size();
  keep_the_last(drafts, max_rows);
  const bool cut = drafts.size() < all;
  Interleaving result = interleaving_of(std::move(drafts), selection);
  result.truncated = trace.truncated || cut;
  find_threads(result);
  return result;
}

std::size_t row_of(const Interleaving& interleaving, const Event& event) {
  for (const InterleavingRow& row : interleaving.rows) {
    const bool shown =
        event.step != 0 ? row.step == event.step : row.kind == InterleavingRow::Kind::failure;
    if (row.thread == event.thread && shown && row.fold_rows == 0 && row.times == 1) {
      return row.number;
    }
  }
  return 0;
}

Holder holder_of(const Trace& trace, Address mutex, const Symbols& symbols) {
  Holder holder;
  const Event* lock = nullptr;
  for (const Event& event : trace.events) {
    if (event.op.kind == OpKind::mutex_lock && event.op.address == mutex) lock = &event;
    if (event.op.kind == OpKind::mutex_unlock && event.op.address == mutex) lock = nullptr;
    if (event.op.kind == OpKind::cond_wait && event.op.address2 == mutex) lock = nullptr;
  }
  if (lock != nullptr) {
    holder.thread = lock->thread;
    holder.source = source_of(symbols, lock->op.pc, lock->stack);
  }
  return holder;
}

}  // namespace heddle
