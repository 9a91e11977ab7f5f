#include "harness/report/row_notes.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "harness/report/describe.h"

namespace heddle {
namespace {

class Notes {
 public:
  Notes(const Trace& trace, bool weak_memory, const Names& names)
      : trace_(trace), weak_memory_(weak_memory), names_(names) {}

  RowNotes take() {
    result_.notes.reserve(trace_.events.size());
    for (const Event& event : trace_.events) {
      RowNote& note = result_.notes.emplace_back();
      note_waking(event, note);
      note_notification(event, note);
      if (weak_memory_) note_stale(event, note);
      const bool fails_without_cause = event.op.kind == OpKind::atomic_cas_fail &&
                                       event.old_value.has_value() &&
                                       event.old_value == event.value;
      if (fails_without_cause) {
        note.choice = true;
        result_.memory.insert(event.op.address);
      }
      if (event.op.kind == OpKind::timeout) {
        note.choice = true;
        result_.objects.insert(event.op.address);
      }
    }
    return std::move(result_);
  }

 private:
  struct Wait {
    Address cond = 0;
    Address mutex = 0;
    bool notified = false;
    bool perhaps = false;  // one of several that a notification may have been for
  };
  struct Store {
    ThreadId thread = kNoThread;
    std::uint64_t value = 0;
    unsigned size = 0;
  };

  // Whatever a waiting thread does next, it waits no more.
  void note_waking(const Event& event, RowNote& note) {
    const auto found = waits_.find(event.thread);
    if (found == waits_.end()) return;
    const Wait wait = found->second;
    waits_.erase(found);
    // That it failed where it stands, e.g. by a deadlock, is no waking.
    if (wait.notified || wait.perhaps || event.op.kind == OpKind::timeout ||
        event.op.kind == OpKind::failure) {
      return;
    }
    note.before = "wakes without being notified; ";
    note.choice = true;
    result_.objects.insert(wait.cond);
    result_.objects.insert(wait.mutex);
  }

  void note_notification(const Event& event, RowNote& note) {
    const Op& op = event.op;
    if (op.kind == OpKind::cond_wait) {
      waits_[event.thread] = {.cond = op.address, .mutex = op.address2};
      return;
    }
    if (op.kind != OpKind::cond_signal && op.kind != OpKind::cond_broadcast) return;
    std::vector<std::pair<ThreadId, Wait*>> asleep;
    for (auto& [thread, wait] : waits_) {
      if (wait.cond == op.address && !wait.notified) asleep.emplace_back(thread, &wait);
    }
    if (asleep.empty()) {
      note.after = " (nobody waits)";
    } else if (op.kind == OpKind::cond_broadcast) {
      for (auto& [thread, wait] : asleep) wait->notified = true;
      note.after = asleep.size() == 1 ? " (wakes 1 thread)"
                                      : fmt::format(" (wakes {} threads)", asleep.size());
    } else if (op.other != kNoThread || asleep.size() == 1) {
      const ThreadId woken = op.other != kNoThread ? op.other : asleep.front().first;
      if (const auto wait = waits_.find(woken); wait != waits_.end()) wait->second.notified = true;
      note.after = fmt::format(" (wakes {})", thread_name(woken));
    } else {
      for (auto& [thread, wait] : asleep) wait->perhaps = true;
      note.after = fmt::format(" (wakes 1 of {})", asleep.size());
    }
  }

  void note_stale(const Event& event, RowNote& note) {
    const Op& op = event.op;
    if (!is_atomic(op.kind) || !event.value.has_value()) return;
    if (writes(op.kind)) {
      latest_[op.address] = {.thread = event.thread, .value = *event.value, .size = op.size};
      return;
    }
    const auto store = latest_.find(op.address);
    if (store == latest_.end() || store->second.size != op.size ||
        store->second.value == *event.value) {
      return;
    }
    note.after = fmt::format(" (stale: {} has stored {})", thread_name(store->second.thread),
                             value_text(store->second.value, op, names_));
    note.choice = true;
    result_.memory.insert(op.address);
  }

  const Trace& trace_;
  const bool weak_memory_;
  const Names& names_;
  RowNotes result_;
  std::map<ThreadId, Wait> waits_;
  std::map<Address, Store> latest_;
};

}  // namespace

RowNotes note_rows(const Trace& trace, bool weak_memory, const Names& names) {
  return Notes(trace, weak_memory, names).take();
}

}  // namespace heddle
