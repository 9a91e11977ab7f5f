#include "harness/report/waits.h"

#include <fmt/format.h>

#include <set>

#include "harness/report/text.h"

namespace heddle {
namespace {

// What a thread can be stuck in. A hang has no such operation: its threads run.
bool is_wait(OpKind kind) {
  switch (kind) {
    case OpKind::cond_signal:
    case OpKind::cond_broadcast:
    case OpKind::futex_wake:
    case OpKind::mutex_unlock:
    case OpKind::rwlock_unlock:
    case OpKind::rwlock_shared_unlock:
    case OpKind::sem_post:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::vector<Place> waiting_places(const Failed& failure, const Trace* trace) {
  std::set<ThreadId> told;
  if (trace != nullptr) {
    for (const Event& event : trace->events) {
      if (event.op.kind == OpKind::thread_exit) told.insert(event.thread);
    }
  }
  // Behind a thread's first place stands what others wait for it to do.
  std::vector<Place> waiting;
  for (const Place& place : failure.places) {
    if (is_wait(place.op.kind) && told.insert(place.thread).second) waiting.push_back(place);
  }
  return waiting;
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

std::vector<WaitText> wait_texts(const Failed& failure, const Trace& trace, Names& names) {
  std::vector<WaitText> texts;
  for (const Place& place : waiting_places(failure, &trace)) {
    const std::string what = place_text(place, names);
    std::string text = what.empty() ? "still runs" : what;
    const SourceLine source = source_of(names.symbols(), place.op.pc, place.stack);
    if (source.known() || !source.function.empty()) text += " at " + short_place(source);
    Holder holder;
    if (place.op.kind == OpKind::mutex_lock) {
      holder = holder_of(trace, place.op.address, names.symbols());
    }
    if (holder.thread != kNoThread) {
      text += fmt::format("; {} {} since {}",
                          holder.thread == place.thread
                              ? "it holds"
                              : fmt::format("{} holds", thread_name(holder.thread)),
                          names.of_mutex(place.op.address), short_place(holder.source));
    } else if (!place.note.empty() && place.note != what) {
      text += " (" + printable(place.note) + ")";
    }
    texts.push_back({place.thread, std::move(text)});
  }
  return texts;
}

}  // namespace heddle
