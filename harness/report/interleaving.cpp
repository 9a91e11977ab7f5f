#include "harness/report/interleaving.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

#include "harness/hooks/hidden_memory.h"
#include "harness/report/contention.h"
#include "harness/report/left_out_rows.h"
#include "harness/report/row_marks.h"
#include "harness/report/row_notes.h"
#include "harness/report/text.h"
#include "harness/report/waits.h"

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
            const InterleavingOptions& options = {}, Shown shown = Shown::what_matters)
      : trace_(trace), failure_(failure), names_(names), shown_(shown), locations_(trace) {
    names_.know(trace);
    notes_ = note_rows(trace, options.weak_memory, names_);
    measure_contention();
    find_cited(options.cited);
    deciding_ = deciding_events(trace, failure, cited_);
    for (const Place& place : failure.places) {
      if (failure.kind == FailureKind::uncaught_exception) librarys_calls_.insert(place.op.pc);
      named_.insert(place.op.address);
      named_.insert(place.op.address2);
      if (is_memory_access(place.op.kind)) {
        named_locations_.insert(locations_.of(place.op.address));
      }
    }
    for (const Event& event : trace.events) {
      const OpKind kind = event.op.kind;
      if (kind == OpKind::thread_join || kind == OpKind::thread_detach) {
        librarys_calls_.insert(event.op.pc);
      }
      if (event.racy) named_locations_.insert(locations_.of(event.op.address));
    }
    named_.insert(notes_.objects.begin(), notes_.objects.end());
    for (const Address address : notes_.memory) named_locations_.insert(locations_.of(address));
    name_last_looks();
    named_.erase(0);
  }

  // Of the events from `from` on.
  std::vector<Draft> drafts(std::size_t from = 0) {
    std::vector<Draft> result;
    const std::size_t end = end_of_interest();
    for (std::size_t at = from; at < end; ++at) {
      const Event& event = trace_.events[at];
      if (!matters(at)) continue;
      const SourceLine source = source_of_event(event);
      if (!result.empty() && continues_call(result.back(), event, source)) {
        Draft& call = result.back();
        ++call.accesses;
        call.row.last_step = event.step;
        call.row.racy = call.row.racy || event.racy;
        call.row.decides = call.row.decides || deciding_.contains(at);
        if (call.object.empty()) call.object = called_object(event);
        continue;
      }
      Draft draft;
      draft.at = at;
      draft.last_value = event.value;
      draft.row.thread = event.thread;
      draft.row.step = draft.row.last_step = event.step;
      draft.row.source = source;
      draft.row.racy = event.racy;
      draft.row.decides = deciding_.contains(at) || notes_.notes[at].choice;
      if (is_call(event, source)) draft.object = called_object(event);
      if (event.op.kind == OpKind::failure) {
        draft.row.kind = InterleavingRow::Kind::failure;
        draft.row.decides = true;
      }
      result.push_back(std::move(draft));
    }
    add_failure(result);
    explain_switches(result);
    add_pending(result);
    return result;
  }

  // What the row says, values aside: rows that agree in this are iterations of a loop.
  std::string key(const Draft& draft) const {
    // What a sentence cites, and what needs a word of its own, is a row by itself.
    if (draft.row.kind != InterleavingRow::Kind::operation || cited_.contains(draft.at) ||
        !notes_.notes[draft.at].before.empty() || !draft.row.preempted.empty()) {
      return "";
    }
    const Op& op = trace_.events[draft.at].op;
    return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", draft.row.thread, draft.row.source.file,
                       draft.row.source.line, static_cast<int>(op.kind), op.address, op.other,
                       draft.accesses, notes_.notes[draft.at].after);
  }

  std::optional<std::uint64_t> value(const Draft& draft) const {
    return trace_.events[draft.at].value;
  }

  void write_text(Draft& draft) {
    InterleavingRow& row = draft.row;
    if (row.kind != InterleavingRow::Kind::operation) return;
    const Event& event = trace_.events[draft.at];
    // What a library keeps in its objects means nothing to a person; that it was called does.
    row.text = is_call(event, row.source)
                   ? printable(fmt::format("{}({})", row.source.library_call, draft.object))
                   : operation_text(event, draft.last_value, names_);
    const RowNote& note = notes_.notes[draft.at];
    row.text = note.before + row.text + note.after;
  }

 private:
  void measure_contention() {
    ForkJoinClocks clocks;
    for (const Event& event : trace_.events) {
      clocks.advance(event);
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

  void find_cited(const std::vector<Event>& cited) {
    for (const Event& step : cited) {
      const auto same = [&step](const Event& event) {
        return event.thread == step.thread && event.step == step.step &&
               event.op.kind == step.op.kind && event.op.pc == step.op.pc &&
               event.op.address == step.op.address;
      };
      const auto found = std::find_if(trace_.events.begin(), trace_.events.end(), same);
      if (found != trace_.events.end()) {
        cited_.insert(static_cast<std::size_t>(found - trace_.events.begin()));
      } else if (std::none_of(pending_.begin(), pending_.end(), same)) {
        pending_.push_back(step);
      }
    }
  }

  // What the failing condition hangs on: the memory that the thread looked at last, in the line
  // that failed or wherever it looked.
  void name_last_looks() {
    if (failure_.kind != FailureKind::assertion && failure_.kind != FailureKind::abort &&
        failure_.kind != FailureKind::exit_status &&
        failure_.kind != FailureKind::uncaught_exception) {
      return;
    }
    if (failure_.places.empty()) return;
    std::optional<SourceLine> line;
    constexpr std::size_t kFarthest = 100;  // events back; what is older has been forgotten since
    std::size_t left = kFarthest;
    for (std::size_t at = trace_.events.size(); at-- > 0 && left-- > 0;) {
      const Event& event = trace_.events[at];
      if (event.thread != failure_.places.front().thread || !is_memory_access(event.op.kind)) {
        continue;
      }
      const SourceLine source = source_of_event(event);
      // What the library keeps in its objects, a thread's handle above all, is no condition.
      if (source.in_library || is_librarys_matter(event, source)) continue;
      // Nor are the words that an exception is made with.
      if (failure_.kind == FailureKind::uncaught_exception &&
          names_.object(event.op.address).empty() &&
          !memory_[locations_.of(event.op.address)].contended()) {
        continue;
      }
      if (!line.has_value()) line = source;
      if (source != *line) break;
      if (writes(event.op.kind)) continue;
      named_locations_.insert(locations_.of(event.op.address));
      deciding_.insert(at);
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
    if (shown_ == Shown::everything) {
      // What a library does with what is its own says nothing that its call does not.
      const bool own = is_plain_access(op.kind) && !source_of_event(event).library_call.empty() &&
                       (is_librarys_own(op.address) || is_call_of_nothing(event));
      return !own && !source_of_event(event).in_library;
    }
    if (op.kind == OpKind::failure) return !is_stuck(failure_.kind);
    if (op.kind == OpKind::rwlock_other || notes_.notes[at].choice || cited_.contains(at)) {
      return true;
    }
    if (op.kind == OpKind::fence) {
      return !source_of_event(event).in_library;
    }
    if (is_lock_op(op.kind) || is_cond_op(op.kind)) {
      // Of std::barrier's own doing its call tells.
      if (is_librarys_own(op.address)) return false;
      return named_.count(op.address) != 0 || objects_[op.address].contended();
    }
    if (op.kind == OpKind::heap_allocate && !event.racy) return false;
    if (op.kind == OpKind::heap_free || op.kind == OpKind::heap_allocate) {
      return std::any_of(named_.begin(), named_.end(), [&op](Address address) {
        return address >= op.address && address < op.address2;
      });
    }
    if (!is_memory_access(op.kind)) return false;
    const std::size_t location = locations_.of(op.address);
    if (named_locations_.count(location) != 0) return true;
    if (source_of_event(event).in_library || is_librarys_own(op.address)) return false;
    if (!memory_[location].contended() || own_users_[location].size() < 2) return false;
    if (is_atomic(op.kind)) return true;
    if (is_call_of_nothing(event)) return false;
    return failure_.kind != FailureKind::data_race && failure_.kind != FailureKind::deadlock &&
           failure_.kind != FailureKind::self_deadlock;
  }

  // What a library looks at for itself: inside of its objects, what it keeps hidden and the program
  // has no value of, and in calls that only end something.
  bool is_librarys_matter(const Event& event, const SourceLine& source) const {
    if (is_plain_access(event.op.kind)) {
      return !source.library_call.empty() || librarys_calls_.contains(event.op.pc);
    }
    return hidden_state::find(event.op.address).has_value();
  }

  // A library's function with what lies on the stack and has no name: what it hands on inside.
  bool is_call_of_nothing(const Event& event) {
    const Address address = event.op.address;
    return !source_of_event(event).library_call.empty() && names_.origin(address).empty() &&
           names_.object(address).empty();
  }

  // What the standard library keeps for itself means nothing to a person.
  bool is_librarys_own(Address address) const {
    const std::string name = object_name(names_.symbols(), address);
    return name.starts_with("std::") || name.starts_with("__gnu");
  }

  // Inside of a library's function, of which its call tells more. What std::atomic does is the
  // program's own operation; what std::barrier does with one is not.
  static bool is_call(const Event& event, const SourceLine& source) {
    if (source.library_call.empty()) return false;
    return is_plain_access(event.op.kind) ||
           (is_atomic(event.op.kind) && source.library_call.find("atomic") == std::string::npos);
  }

  // Empty where the library has it for itself.
  std::string called_object(const Event& event) {
    return is_librarys_own(event.op.address) ? "" : names_.object(event.op.address);
  }

  bool continues_call(const Draft& draft, const Event& event, const SourceLine& source) const {
    const Event& first = trace_.events[draft.at];
    // The first access again: the call was made once more.
    return event.thread == first.thread && source == draft.row.source && is_call(event, source) &&
           is_call(first, source) && (event.op.pc != first.op.pc || event.stack != first.stack);
  }

  void add_failure(std::vector<Draft>& drafts) {
    if (is_stuck(failure_.kind)) {
      const bool only_joins =
          std::all_of(failure_.places.begin(), failure_.places.end(),
                      [](const Place& place) { return place.op.kind == OpKind::thread_join; });
      for (const Place& place : waiting_places(failure_, &trace_)) {
        // That main waits for a thread that waits is a consequence.
        if (place.op.kind == OpKind::thread_join && !only_joins) continue;
        if (is_shown_waiting(drafts, place)) continue;
        const std::string what = place_text(place, names_);
        add_place(drafts, place, "still " + (what.empty() ? "runs" : what));
      }
      return;
    }
    const std::string text = failure_text(failure_, names_);
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
    last->row.decides = true;
    last->row.text = fmt::format("wait on {}: never woken", names_.of(op.address, op.kind));
    return true;
  }

  void add_place(std::vector<Draft>& drafts, const Place& place, std::string text) {
    Draft draft;
    draft.at = trace_.events.size();
    draft.row.kind = InterleavingRow::Kind::failure;
    draft.row.decides = true;
    draft.row.thread = place.thread;
    draft.row.source = source_of(names_.symbols(), place.op.pc, place.stack);
    draft.row.text = std::move(text);
    drafts.push_back(std::move(draft));
  }

  // What a sentence says that a thread had yet to do when the run failed.
  void add_pending(std::vector<Draft>& drafts) {
    // Of stuck threads that is what they wait for, which has its row.
    if (is_stuck(failure_.kind)) return;
    for (const Event& step : pending_) {
      Draft draft;
      draft.at = trace_.events.size();
      draft.row.kind = InterleavingRow::Kind::pending;
      draft.row.decides = true;
      draft.row.thread = step.thread;
      draft.row.step = draft.row.last_step = step.step;
      draft.row.source = source_of(names_.symbols(), step.op.pc, step.stack);
      draft.row.text = "has yet to " + intent_text(step, names_);
      drafts.push_back(std::move(draft));
    }
  }

  void explain_switches(std::vector<Draft>& drafts) const {
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      InterleavingRow& row = drafts[i].row;
      const ThreadId before = i == 0 ? kNoThread : drafts[i - 1].row.thread;
      const bool switched = i > 0 && row.thread != before;
      if (switched) row.switched_from = before;
      bool found = false;
      // The switch may have happened at an event that is not shown.
      for (std::size_t at = i == 0 ? 1 : drafts[i - 1].at + 1;
           at <= drafts[i].at && at < trace_.events.size(); ++at) {
        const Event& event = trace_.events[at];
        if (switched && !found && event.thread != before) {
          found = true;
          row.why = event.why;
        } else if (event.why == SwitchReason::preempted) {
          row.preempted.push_back(trace_.events[at - 1].thread);
        }
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
  // Whose accesses are to a thread's handle, or to what an exception that nobody catches is told
  // by.
  std::set<Address> librarys_calls_;
  std::set<std::size_t> named_locations_;
  RowNotes notes_;
  std::set<std::size_t> deciding_;
  std::set<std::size_t> cited_;
  std::vector<Event> pending_;  // cited, and not part of this run
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
    result.rows.push_back(std::move(draft.row));
  }
  leave_out_turns(result.rows);
  std::size_t number = 0;
  for (InterleavingRow& row : result.rows) {
    if (row.kind != InterleavingRow::Kind::elided) row.number = ++number;
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
  Selection selection{trace, failure, names, options};
  Interleaving result = interleaving_of(folded(selection.drafts(), selection), selection);
  result.truncated = trace.truncated;
  leave_out_the_middle(result.rows, std::max<std::size_t>(options.max_rows, 4));
  find_threads(result);
  return result;
}

Interleaving select_last_rows(const Trace& trace, Names& names, std::size_t max_rows,
                              std::size_t from) {
  const Failed none{.kind = FailureKind::assertion, .message = {}, .places = {}};
  Selection selection{trace, none, names, {}, Shown::everything};
  std::vector<Draft> drafts = folded(selection.drafts(from), selection);
  const std::size_t all = drafts.size();
  keep_the_last(drafts, max_rows);
  const bool cut = drafts.size() < all;
  Interleaving result = interleaving_of(std::move(drafts), selection);
  result.truncated = trace.truncated || cut;
  find_threads(result);
  return result;
}

std::size_t preemptions_in(const InterleavingRow& row) {
  return row.preempted.size() + (row.why == SwitchReason::preempted ? 1 : 0);
}

bool Interleaving::is_pending(const Event& event) const {
  return std::any_of(rows.begin(), rows.end(), [&event](const InterleavingRow& row) {
    return row.kind == InterleavingRow::Kind::pending && row.thread == event.thread &&
           row.step == event.step;
  });
}

InterleavingOptions rows_of(const MinimalInterleaving& minimal) {
  InterleavingOptions options{.cited = {},
                              .weak_memory = minimal.token.engine == EngineKind::relacy};
  if (!minimal.cause.has_value()) return options;
  const Cause& cause = *minimal.cause;
  if (cause.pattern != CausePattern::none) options.cited = cause.steps;
  if (cause.checked > 0 && cause.first.has_value()) {
    options.cited.push_back(*cause.first);
    if (cause.second.has_value()) options.cited.push_back(*cause.second);
  }
  return options;
}

std::size_t row_of(const Interleaving& interleaving, const Event& event) {
  for (const InterleavingRow& row : interleaving.rows) {
    const bool shown = event.step != 0 ? row.step <= event.step && event.step <= row.last_step
                                       : row.kind == InterleavingRow::Kind::failure;
    if (row.thread == event.thread && shown && row.fold_rows == 0 && row.times == 1) {
      return row.number;
    }
  }
  return 0;
}

}  // namespace heddle
