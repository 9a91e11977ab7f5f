// Which pairs of a failing run are worth swapping, the likeliest first.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "harness/search/cause_pattern.h"
#include "harness/search/conflict.h"

namespace heddle {
namespace {

// Memory by its 8-byte words, other objects by address.
std::set<Address> keys_of(const Op& op) {
  std::set<Address> keys;
  if (is_memory_access(op.kind) || is_life(op.kind)) {
    // A block that is larger is known by its beginning: who uses it mostly does so there.
    constexpr Address kMost = 4'096;
    const Address end = std::min(end_of(op), op.address + kMost);
    for (Address word = op.address >> 3; word << 3 < end; ++word) keys.insert(word);
  } else if (synchronises(op) && op.address != 0) {
    keys.insert(op.address | Address{1} << 63);
  }
  return keys;
}

}  // namespace

std::vector<EventPair> candidates(const Story& story, const Failed& failure) {
  const std::vector<Event>& events = story.events;
  // Before it was started, or after it was joined, there is nothing to swap a thread's steps with.
  std::map<ThreadId, std::size_t> started;
  std::map<ThreadId, std::size_t> last_of;
  std::vector<std::size_t> preemptions;
  for (std::size_t i = 0; i < story.happened; ++i) {
    if (events[i].op.kind == OpKind::thread_create) started.try_emplace(events[i].op.other, i);
    if (events[i].why == SwitchReason::preempted) preemptions.push_back(i);
    last_of[events[i].thread] = i;
  }
  // What the failing thread looked at last, the last one first.
  constexpr std::size_t kLastLooks = 4;
  std::vector<std::size_t> looks;
  std::set<Address> looked_at;
  for (const Place& place : failure.places) looked_at.merge(keys_of(place.op));
  for (std::size_t i = story.happened; i-- > 0 && looks.size() < kLastLooks;) {
    if (failure.places.empty() || events[i].thread != failure.places.front().thread ||
        !is_memory_access(events[i].op.kind)) {
      continue;
    }
    looks.push_back(i);
    looked_at.merge(keys_of(events[i].op));
  }

  // By what each thread did before it last wrote something of that, it decided what was found
  // there.
  std::map<ThreadId, std::size_t> wrote;
  for (std::size_t i = 0; i < story.happened; ++i) {
    if (!writes(events[i].op.kind)) continue;
    const std::set<Address> keys = keys_of(events[i].op);
    if (std::any_of(keys.begin(), keys.end(),
                    [&](Address key) { return looked_at.contains(key); })) {
      wrote[events[i].thread] = i;
    }
  }
  const auto leads_there = [&](std::size_t i) {
    const auto last = wrote.find(events[i].thread);
    return last != wrote.end() && i < last->second;
  };

  struct Ranked {
    std::array<std::size_t, 7> rank;
    EventPair pair;
  };
  std::vector<Ranked> ranked;
  const auto rank = [&](std::size_t i, std::size_t j) {
    const Event& first = events[i];
    const Event& second = events[j];
    const bool led =
        (failure.kind == FailureKind::deadlock && takes_lock(first.op) && j >= story.happened) ||
        (notifies(first.op) && waits_for_notification(second.op)) ||
        (first.op.kind == OpKind::heap_free && is_memory_access(second.op.kind));
    const std::set<Address> keys = keys_of(first.op);
    auto looked =
        static_cast<std::size_t>(std::find(looks.begin(), looks.end(), i) - looks.begin());
    if (looked == looks.size() && std::none_of(keys.begin(), keys.end(), [&](Address key) {
          return looked_at.contains(key);
        })) {
      looked = leads_there(i) || leads_there(j) ? kLastLooks + 1 : kLastLooks + 2;
    }
    // Of bystanders the order can decide too, by what else it puts off.
    const bool bystanders = looked == kLastLooks + 2 && !failure.places.empty();
    // The thread of the first was interrupted, and meanwhile came the second.
    const bool interrupted = std::any_of(preemptions.begin(), preemptions.end(),
                                         [&](std::size_t k) { return i < k && k <= j; });
    const bool memory = is_memory_access(first.op.kind);
    const auto later_unless = [](bool soon) { return soon ? std::size_t{0} : std::size_t{1}; };
    return Ranked{{later_unless(led), later_unless(!bystanders), later_unless(memory), looked,
                   later_unless(is_read(first.op)), later_unless(interrupted), story.happened - i},
                  {i, j}};
  };

  // For each word of memory or other object, the latest uses of each thread and address in it: one
  // that reads and one that changes it.
  struct Latest {
    std::size_t read = kNone;
    std::size_t change = kNone;
  };
  std::map<Address, std::map<std::pair<ThreadId, Address>, Latest>> latest;
  std::set<std::pair<std::size_t, std::size_t>> known;
  for (std::size_t j = 0; j < events.size(); ++j) {
    const Event& second = events[j];
    for (const Address key : keys_of(second.op)) {
      auto& users = latest[key];
      for (const auto& [user, use] : users) {
        if (user.first == second.thread) continue;
        for (const std::size_t i : {use.read, use.change}) {
          if (i == kNone || !conflict(events[i].op, second.op)) continue;
          const auto start = started.find(second.thread);
          if (start != started.end() && i <= start->second) continue;
          if (known.emplace(i, j).second) ranked.push_back(rank(i, j));
        }
      }
      if (j >= story.happened) continue;
      Latest& own = users[{second.thread, second.op.address}];
      (is_read(second.op) ? own.read : own.change) = j;
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
  std::vector<EventPair> pairs;
  pairs.reserve(ranked.size());
  for (const Ranked& one : ranked) pairs.push_back(one.pair);
  return pairs;
}

}  // namespace heddle
