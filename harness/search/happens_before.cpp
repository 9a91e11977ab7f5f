#include "harness/search/happens_before.h"

#include <map>

namespace heddle {
namespace {

struct ThreadState {
  VectorClock clock;
  VectorClock seen_relaxed;  // by loads that do not acquire, for a fence to take in
  VectorClock fenced;        // what a release fence published
  bool has_fenced = false;
  Address barrier = 0;  // that it is to leave
};

struct ObjectState {
  VectorClock released;  // by whoever had it alone, or gave something
  VectorClock shared;    // by readers
};

class Walk {
 public:
  VectorClock after(const Event& event) {
    ThreadState& self = threads_[event.thread];
    self.clock.set(event.thread, ++steps_);
    // It has come to its next event: all of the barrier's round had arrived by then.
    if (self.barrier != 0) self.clock.join(objects_[self.barrier].released);
    self.barrier = 0;
    apply(event.op, self);
    return self.clock;
  }

 private:
  void apply(const Op& op, ThreadState& self) {
    switch (op.kind) {
      case OpKind::thread_create:
        threads_[op.other].clock.join(self.clock);
        break;
      case OpKind::thread_join:
        self.clock.join(threads_[op.other].clock);
        break;
      case OpKind::mutex_lock:
      case OpKind::sem_wait:
      case OpKind::once:
      case OpKind::once_done:
      case OpKind::rwlock_read_lock:
        self.clock.join(objects_[op.address].released);
        break;
      case OpKind::rwlock_write_lock:
        self.clock.join(objects_[op.address].released);
        self.clock.join(objects_[op.address].shared);
        break;
      case OpKind::mutex_unlock:
      case OpKind::rwlock_unlock:
      case OpKind::sem_post:
      case OpKind::once_end:
        objects_[op.address].released.join(self.clock);
        break;
      case OpKind::rwlock_shared_unlock:
        objects_[op.address].shared.join(self.clock);
        break;
      case OpKind::cond_wait:
        objects_[op.address2].released.join(self.clock);
        break;
      case OpKind::barrier_wait:
        objects_[op.address].released.join(self.clock);
        self.barrier = op.address;
        break;
      case OpKind::fence:
        if (acquires(op.order)) self.clock.join(self.seen_relaxed);
        if (releases(op.order)) {
          self.fenced = self.clock;
          self.has_fenced = true;
        }
        break;
      case OpKind::atomic_load:
      case OpKind::atomic_cas_fail:
        load(op, self);
        break;
      case OpKind::atomic_store:
        objects_[op.address].released.clear();
        publish(op, self);
        break;
      case OpKind::atomic_rmw:
        load(op, self);
        // It continues the release sequence of whose value it replaces.
        publish(op, self);
        break;
      default:
        break;
    }
  }

  void load(const Op& op, ThreadState& self) {
    (acquires(op.order) ? self.clock : self.seen_relaxed).join(objects_[op.address].released);
  }

  void publish(const Op& op, ThreadState& self) {
    if (releases(op.order)) {
      objects_[op.address].released.join(self.clock);
    } else if (self.has_fenced) {
      objects_[op.address].released.join(self.fenced);
    }
  }

  std::map<ThreadId, ThreadState> threads_;
  std::map<Address, ObjectState> objects_;
  VectorClock::Time steps_ = 0;
};

}  // namespace

HappensBefore::HappensBefore(const Trace& trace) : trace_(trace) {
  Walk walk;
  clocks_.reserve(trace.events.size());
  for (const Event& event : trace.events) clocks_.push_back(walk.after(event));
}

bool HappensBefore::ordered(std::size_t first, std::size_t second) const {
  const ThreadId thread = trace_.events[first].thread;
  return clocks_[second].get(thread) >= clocks_[first].get(thread);
}

std::optional<std::size_t> HappensBefore::learned_by(std::size_t first, std::size_t second) const {
  const ThreadId learner = trace_.events[second].thread;
  for (std::size_t i = first + 1; i <= second; ++i) {
    const Event& event = trace_.events[i];
    if (!ordered(first, i)) continue;
    // Whoever made it knew.
    if (event.op.kind == OpKind::thread_create && event.op.other == learner) return std::nullopt;
    if (event.thread == learner) return i;
  }
  return std::nullopt;
}

}  // namespace heddle
