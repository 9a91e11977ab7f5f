#include "harness/engine/native/stuck_threads.h"

#include <algorithm>

namespace heddle::native {

std::size_t NotificationLog::used() const {
  return std::min<std::size_t>(used_.load(std::memory_order_acquire), kCapacity);
}

NotificationLog::Entry* NotificationLog::find(Address cond) {
  const std::size_t count = used();
  for (std::size_t i = 0; i < count; ++i) {
    if (entries_[i].cond.load(std::memory_order_relaxed) == cond) return &entries_[i];
  }
  return nullptr;
}

void NotificationLog::notified(Address cond, bool waited_for, ThreadId who, Address pc) {
  Entry* entry = find(cond);
  if (entry == nullptr) {
    if (waited_for) return;
    const std::uint32_t at = used_.fetch_add(1, std::memory_order_acq_rel);
    if (at >= kCapacity) return;
    entry = &entries_[at];
    entry->cond.store(cond, std::memory_order_relaxed);
  }
  entry->who.store(who, std::memory_order_relaxed);
  entry->pc.store(pc, std::memory_order_relaxed);
  entry->lost.store(!waited_for, std::memory_order_relaxed);
}

std::optional<NotificationLog::Lost> NotificationLog::lost(Address cond) const {
  const std::size_t count = used();
  for (std::size_t i = 0; i < count; ++i) {
    const Entry& entry = entries_[i];
    if (entry.cond.load(std::memory_order_relaxed) == cond &&
        entry.lost.load(std::memory_order_relaxed)) {
      return Lost{.who = entry.who.load(std::memory_order_relaxed),
                  .pc = entry.pc.load(std::memory_order_relaxed)};
    }
  }
  return std::nullopt;
}

bool anyone_waits(std::span<const ThreadSlot* const> slots, Address cond) {
  return std::any_of(slots.begin(), slots.end(), [cond](const ThreadSlot* slot) {
    return slot->life.load(std::memory_order_relaxed) == Life::running &&
           slot->kind.load(std::memory_order_relaxed) == OpKind::cond_wait &&
           slot->address.load(std::memory_order_relaxed) == cond;
  });
}

std::vector<StuckThread> collect_stuck(std::span<const ThreadSlot* const> slots,
                                       const std::vector<bool>& waits, const ReadOwner& owner,
                                       const NotificationLog& notifications) {
  const auto find = [&](auto&& matches) -> ThreadId {
    // From the last: a kernel thread that served two threads of a run serves the later one now.
    for (std::size_t i = slots.size(); i-- > 0;) {
      if (slots[i]->life.load(std::memory_order_relaxed) != Life::unused && matches(*slots[i])) {
        return static_cast<ThreadId>(i);
      }
    }
    return kNoThread;
  };
  std::vector<StuckThread> result;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const ThreadSlot& slot = *slots[i];
    const Life life = slot.life.load(std::memory_order_acquire);
    if (life == Life::unused || life == Life::ended) continue;
    StuckThread stuck{.id = static_cast<ThreadId>(i),
                      .op = slot.last_op(),
                      .stack = slot.stack(),
                      .waits = i < waits.size() && waits[i]};
    if (stuck.op.kind == OpKind::mutex_lock) {
      const std::int32_t tid = owner(stuck.op.address).value_or(0);
      if (tid != 0) {
        stuck.holder = find([&](const ThreadSlot& s) { return s.tid.load() == tid; });
        stuck.holder_ended =
            stuck.holder != kNoThread && slots[stuck.holder]->life.load() == Life::ended;
      }
    } else if (stuck.op.kind == OpKind::thread_join) {
      stuck.op.other =
          find([&](const ThreadSlot& s) { return s.handle.load() == stuck.op.address; });
    } else if (stuck.op.kind == OpKind::cond_wait) {
      if (const auto lost = notifications.lost(stuck.op.address)) {
        stuck.notifier = lost->who;
        stuck.notifier_pc = lost->pc;
      }
    }
    result.push_back(std::move(stuck));
  }
  return result;
}

}  // namespace heddle::native
