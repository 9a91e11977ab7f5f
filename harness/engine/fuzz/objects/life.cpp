// The life that all kinds of object share.
#include <string>

#include "harness/engine/fuzz/objects/objects.h"

namespace heddle {

void Objects::use_after_destroy(const Location& location, Address pc) {
  const RuntimeScope scope;
  // The other order is worth a try too, and who follows the run must know what would come first.
  g_memory->learn(location.life_pc);
  g_run->done_unseen(
      {.kind = OpKind::atomic_load, .size = 1, .address = location.address, .pc = pc});
  Failed failure{.kind = FailureKind::use_after_destroy, .message = {}, .places = {}};
  failure.places.push_back(
      g_run->here({.kind = OpKind::object_use, .address = location.address, .pc = pc}));
  failure.places.push_back(
      {.thread = location.life.thread(),
       .op = {.kind = OpKind::object_destroy, .address = location.address, .pc = location.life_pc},
       .stack = {},
       .note = "destroyed it here"});
  g_run->fail(std::move(failure));
}

namespace {

// A thread that cannot go on before the object is available; nullptr if none is.
const FuzzThread* waiting_for(const SyncObject& object) {
  const FuzzThread* thread = object.wanters;
  while (thread != nullptr && thread->state != FuzzThread::State::blocked) {
    thread = thread->next_wanter;
  }
  return thread;
}

}  // namespace

void Objects::check_unused(const SyncObject& object, std::string_view verb, Address pc) {
  std::string use;
  Op taken;
  ThreadId by = kNoThread;
  if (object.owner != nullptr) {
    use = " it while it is locked";
    taken = object.locked;
    by = object.owner->id;
  } else if (!object.readers.empty()) {
    use = " it while it is locked for reading";
    taken = object.readers.front().op;
    by = object.readers.front().thread->id;
  } else if (object.first_waiter != nullptr) {
    use = " it while a thread waits on it";
    taken = object.first_waiter->op;
    by = object.first_waiter->id;
  } else if (const FuzzThread* waiter = waiting_for(object)) {
    use = " it while a thread waits for it";
    taken = waiter->op;
    by = waiter->id;
  } else {
    return;
  }
  const RuntimeScope scope;
  Failed failure{
      .kind = FailureKind::destroyed_locked, .message = std::string(verb) + use, .places = {}};
  failure.places.push_back(
      g_run->here({.kind = OpKind::failure, .address = object.address, .pc = pc}));
  failure.places.push_back({.thread = by, .op = taken, .stack = {}, .note = {}});
  g_run->fail(std::move(failure));
}

// The object's life begins or ends by `op`, of which the location knows nothing yet.
void Objects::live(Location& location, const Op& op) {
  SyncObject* object = objects_.find(location);
  const bool begins = op.kind == OpKind::object_init;
  if (object != nullptr) check_unused(*object, begins ? "initialises" : "destroys", op.pc);
  if (location.life_kind != OpKind::none) g_memory->check_use(location, op.pc);
  g_memory->check_life(op);
  location.life_kind = op.kind;
  location.life = g_run->now();
  location.life_pc = op.pc;
  // The next object at this address is another one.
  if (object != nullptr) object->unheard = 0;
}

void Objects::init(const void* object, std::size_t size, Address pc) {
  const Op op{.kind = OpKind::object_init,
              .address = address_of(object),
              .address2 = address_of(object) + size,
              .pc = pc};
  g_memory->life_point(op);
  live(g_memory->location(op.address, pc), op);
}

void Objects::destroy(const void* object, std::size_t size, Address pc) {
  const Op op{.kind = OpKind::object_destroy,
              .address = address_of(object),
              .address2 = address_of(object) + size,
              .pc = pc};
  g_memory->life_point(op);
  live(g_memory->location(op.address, pc), op);
}

void Objects::die(Address begin, std::size_t size, Address pc) {
  const Op op{.kind = OpKind::heap_free, .address = begin, .address2 = begin + size, .pc = pc};
  g_memory->for_each_location(op, [&](const Location& location) {
    if (const SyncObject* object = objects_.find(location)) check_unused(*object, "frees", pc);
  });
}

}  // namespace heddle
