// Which thread holds which locks, as a story goes on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <vector>

#include "harness/search/cause_pattern.h"

namespace heddle {

inline bool takes_lock(const Op& op) {
  switch (op.kind) {
    case OpKind::mutex_lock:
    case OpKind::rwlock_read_lock:
    case OpKind::rwlock_write_lock:
    case OpKind::once:
      return true;
    default:
      return false;
  }
}

inline bool gives_lock(const Op& op) {
  return op.kind == OpKind::mutex_unlock || op.kind == OpKind::rwlock_unlock ||
         op.kind == OpKind::rwlock_shared_unlock || op.kind == OpKind::once_end;
}

// What the threads hold, as a story goes on.
class Held {
 public:
  void advance(const Story& story, std::size_t at) {
    const Event& event = story.events[at];
    auto& held = by_thread_[event.thread];
    const auto drop = [&held, &story](Address lock) {
      const auto found = std::find_if(held.rbegin(), held.rend(), [&](std::size_t taken) {
        return story.events[taken].op.address == lock;
      });
      if (found != held.rend()) held.erase(std::next(found).base());
    };
    if (takes_lock(event.op)) held.push_back(at);
    if (gives_lock(event.op)) drop(event.op.address);
    if (event.op.kind == OpKind::cond_wait) drop(event.op.address2);
  }

  // The events by which the thread took them, in order.
  const std::vector<std::size_t>& of(ThreadId thread) { return by_thread_[thread]; }
  const std::map<ThreadId, std::vector<std::size_t>>& all() const { return by_thread_; }

 private:
  std::map<ThreadId, std::vector<std::size_t>> by_thread_;
};

}  // namespace heddle
