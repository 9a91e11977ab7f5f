// The life that all kinds of object share.
#include "harness/engine/fuzz/objects/objects.h"

namespace heddle {

void Objects::destroy(const void* at, Address pc) {
  const Location* location = g_memory->find_location(address_of(at));
  SyncObject* object = location == nullptr ? nullptr : objects_.find(*location);
  if (object == nullptr) return;
  const char* use = nullptr;
  Op taken;
  ThreadId by = kNoThread;
  if (object->owner != nullptr) {
    use = "destroys it while it is locked";
    taken = object->locked;
    by = object->owner->id;
  } else if (!object->readers.empty()) {
    use = "destroys it while it is locked for reading";
    taken = object->readers.front().op;
    by = object->readers.front().thread->id;
  } else if (object->first_waiter != nullptr) {
    use = "destroys it while a thread waits on it";
    taken = object->first_waiter->op;
    by = object->first_waiter->id;
  }
  if (use != nullptr) {
    const RuntimeScope scope;
    Failed failure{.kind = FailureKind::destroyed_locked, .message = use, .places = {}};
    failure.places.push_back(
        g_run->here({.kind = OpKind::failure, .address = object->address, .pc = pc}));
    failure.places.push_back({.thread = by, .op = taken, .stack = {}, .note = {}});
    g_run->fail(std::move(failure));
  }
  // The next object at this address is another one.
  object->unheard = 0;
}

int destroy_object(const SyncCall& call, Address pc) {
  g_objects->destroy(call.object, pc);
  return 0;
}

}  // namespace heddle
