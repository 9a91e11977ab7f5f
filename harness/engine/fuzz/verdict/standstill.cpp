#include "harness/engine/fuzz/verdict/standstill.h"

#include <string>
#include <vector>

#include "harness/engine/fuzz/objects/objects.h"
#include "harness/hooks/native_atomics.h"

namespace heddle {
namespace {

void describe_wanted(const FuzzThread& thread, Place& place, std::vector<Place>& more) {
  const SyncObject& object = *thread.wanted;
  const std::string waiter = "T" + std::to_string(thread.id);
  const auto held_by = [&](const FuzzThread& holder, const Op& taken) {
    place.note += "; held by T" + std::to_string(holder.id);
    more.push_back({.thread = holder.id,
                    .op = taken,
                    .stack = {},
                    .note = "took what " + waiter + " waits for"});
  };
  switch (thread.want) {
    case Want::exclusive:
    case Want::shared:
    case Want::behind:
      place.note = "waits for a lock";
      if (object.owner != nullptr) held_by(*object.owner, object.locked);
      for (const SyncObject::Reader& reader : object.readers) held_by(*reader.thread, reader.op);
      return;
    case Want::unit:
      place.note = "waits for a semaphore that is at zero";
      return;
    case Want::next_round:
      place.note = "waits at a barrier where " + std::to_string(object.arrived) + " arrived";
      return;
    case Want::all_left:
      place.note = "waits until all have left the barrier that it destroys";
      return;
  }
}

void describe_notifiable(const FuzzThread& thread, Failed& failure, Place& place,
                         std::vector<Place>& more) {
  const SyncObject& cond = *thread.cond;
  place.note = "waits for a notification";
  if (thread.op.kind == OpKind::futex_wait && native_load(cond.address, 4) != thread.want_round) {
    failure.kind = FailureKind::lost_wakeup;
    place.note += "; what it waits for has come, but nobody notified it";
  }
  if (cond.unheard != 0) {
    failure.kind = FailureKind::lost_wakeup;
    place.note += "; " + std::to_string(cond.unheard) +
                  (cond.unheard == 1 ? " was sent" : " were sent") + " while nobody waited";
    more.push_back({.thread = cond.unheard_thread,
                    .op = cond.unheard_op,
                    .stack = {},
                    .note = "notified while nobody waited"});
  }
}

}  // namespace

void fail_at_standstill() {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::deadlock, .message = {}, .places = {}};
  g_run->capture(FuzzThread::State::blocked, failure.places);
  std::vector<Place> more;
  for (Place& place : failure.places) {
    const FuzzThread& thread = g_run->thread(place.thread);
    if (thread.cond != nullptr) {
      describe_notifiable(thread, failure, place, more);
    } else if (thread.wanted != nullptr) {
      describe_wanted(thread, place, more);
    } else if (thread.op.kind == OpKind::thread_join) {
      place.note = "waits for T" + std::to_string(thread.op.other) + " to end";
    }
  }
  for (Place& place : more) failure.places.push_back(std::move(place));
  g_run->fail(std::move(failure));
}

}  // namespace heddle
