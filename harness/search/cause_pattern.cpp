#include "harness/search/cause_pattern.h"

#include "harness/search/conflict.h"
#include "harness/search/held_locks.h"
#include "harness/search/wait_pattern.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace heddle {
namespace {

// Of two accesses to overlapping memory that are not of one size, nothing is known.
bool differ(const Event& a, const Event& b) {
  if (!a.value.has_value() || !b.value.has_value()) return true;
  return a.op.address != b.op.address || a.op.size != b.op.size || *a.value != *b.value;
}

// Whether the memory that `use` accesses was got by `allocation`.
bool gives(const Op& allocation, const Op& use) {
  return allocation.kind == OpKind::heap_allocate && is_memory_access(use.kind) &&
         overlap(allocation, use);
}

class Classifier {
 public:
  Classifier(const Story& story, const Failed& failure) : story_(story), failure_(failure) {}

  Cause explain(const EventPair& pair, Ahead ahead) {
    pair_ = pair;
    const Op& first = at(pair.first).op;
    const Op& second = at(pair.second).op;
    cause_.first = at(pair.first);
    cause_.second = at(pair.second);
    if (failure_.kind == FailureKind::deadlock && takes_lock(first) && takes_lock(second)) {
      explain_cycle();
    } else if (notifies(first) && waits_for_notification(second)) {
      if (waits_at_the_end(pair.second))
        found(CausePattern::lost_wakeup, {pair.first, pair.second});
    } else if (first.kind == OpKind::heap_free && is_memory_access(second.kind)) {
      found(CausePattern::use_after_free, {pair.first, pair.second});
    } else if (failure_.kind == FailureKind::use_after_free || is_unordered_double_free(pair)) {
      // Whatever else decides on the way there, it is the free that does the harm.
    } else if (first.kind == OpKind::sem_read && changes_count(second)) {
      explain_count_first();
    } else if (is_read(first) && writes(second.kind)) {
      explain_read_first(ahead);
    } else if (writes(first.kind) && is_memory_access(second.kind)) {
      explain_write_first();
    }
    return std::move(cause_);
  }

  // What the failure itself says, whether or not there is another order.
  std::optional<Cause> explain_failure() {
    for (std::size_t second = size(); second-- > 0;) {
      for (std::size_t first = std::min(second, story_.happened); first-- > 0;) {
        if (at(first).thread == at(second).thread || !conflict(at(first).op, at(second).op)) {
          continue;
        }
        pair_ = {first, second};
        const Op& a = at(first).op;
        if (failure_.kind == FailureKind::deadlock && takes_lock(a) && second >= story_.happened) {
          explain_cycle();
        } else if (failure_.kind == FailureKind::use_after_free && is_failing_access(second) &&
                   a.kind == OpKind::heap_free) {
          found(CausePattern::use_after_free, {first, second});
        }
        if (cause_.pattern != CausePattern::none) return std::move(cause_);
      }
    }
    return std::nullopt;
  }

  std::optional<Cause> explain_race() {
    const auto [first, second] = racing_pair();
    if (second == kNone) return std::nullopt;
    if (!explain_publication(first, second)) found(CausePattern::data_race, {first, second});
    return std::move(cause_);
  }

 private:
  // Of accesses that nothing orders, to what is freed twice, the order is luck; that nobody waited
  // before the object's life ended is what is wrong.
  bool is_unordered_double_free(const EventPair& pair) const {
    return failure_.kind == FailureKind::double_free &&
           !may_be_ordered(story_, pair.first, pair.second);
  }

  const Event& at(std::size_t i) const { return story_.events[i]; }
  std::size_t size() const { return story_.events.size(); }
  bool happened(std::size_t i) const { return i < story_.happened; }

  void found(CausePattern pattern, std::initializer_list<std::size_t> steps) {
    cause_.pattern = pattern;
    cause_.steps.clear();
    for (const std::size_t step : steps) cause_.steps.push_back(at(step));
  }

  // The first event of the thread after `from` for which `is` holds.
  template <typename Is>
  std::size_t next(ThreadId thread, std::size_t from, const Is& is) const {
    for (std::size_t i = from + 1; i < size(); ++i) {
      if (at(i).thread == thread && is(i)) return i;
    }
    return kNone;
  }
  // The last one before it.
  template <typename Is>
  std::size_t last(ThreadId thread, std::size_t from, const Is& is) const {
    for (std::size_t i = from; i-- > 0;) {
      if (at(i).thread == thread && is(i)) return i;
    }
    return kNone;
  }

  bool waits_at_the_end(std::size_t wait) const {
    const Event& event = at(wait);
    const bool named =
        std::any_of(failure_.places.begin(), failure_.places.end(), [&](const Place& place) {
          return place.thread == event.thread && place.op.kind == event.op.kind &&
                 place.op.address == event.op.address;
        });
    return is_stuck() && named;
  }

  bool is_failing_access(std::size_t i) const {
    const Place& place = failure_.places.front();
    return at(i).thread == place.thread && at(i).op.kind == place.op.kind &&
           at(i).op.pc == place.op.pc && overlap(at(i).op, place.op);
  }

  bool is_stuck() const {
    return failure_.kind == FailureKind::deadlock || failure_.kind == FailureKind::lost_wakeup;
  }

  void explain_cycle() {
    Held held;
    for (std::size_t i = 0; i < story_.happened; ++i) held.advance(story_, i);
    // What each thread waits for, and who has it.
    std::map<ThreadId, std::size_t> waits;
    for (const Place& place : failure_.places) {
      if (!takes_lock(place.op)) continue;
      for (std::size_t i = story_.happened; i < size(); ++i) {
        if (at(i).thread == place.thread && at(i).op.kind == place.op.kind &&
            at(i).op.address == place.op.address) {
          waits.try_emplace(place.thread, i);
        }
      }
    }
    const auto holder_of = [&](std::size_t wait) {
      for (const auto& [thread, events] : held.all()) {
        if (thread == at(wait).thread) continue;
        for (const std::size_t taken : events) {
          if (at(taken).op.address == at(wait).op.address) return taken;
        }
      }
      return kNone;
    };
    std::vector<std::size_t> steps;
    const ThreadId begin = at(pair_.second).thread;
    ThreadId thread = begin;
    for (std::size_t round = 0; round <= waits.size(); ++round) {
      const auto wait = waits.find(thread);
      if (wait == waits.end()) return;
      const std::size_t taken = holder_of(wait->second);
      if (taken == kNone) return;
      // The holder's lock comes with the wait of the next round, this thread's wait with its lock.
      steps.push_back(wait->second);
      steps.push_back(taken);
      thread = at(taken).thread;
      if (thread == begin) break;
    }
    if (thread != begin) return;
    // wait(1) taken(2) wait(2) taken(3) ... wait(n) taken(1), to a pair for each thread.
    std::rotate(steps.begin(), std::prev(steps.end()), steps.end());
    std::vector<std::pair<std::size_t, std::size_t>> threads;
    for (std::size_t i = 0; i + 1 < steps.size(); i += 2) {
      threads.emplace_back(steps[i], steps[i + 1]);
    }
    // Begins with the lowest thread, wherever the circle was entered.
    const auto lowest = std::min_element(
        threads.begin(), threads.end(),
        [this](const auto& a, const auto& b) { return at(a.first).thread < at(b.first).thread; });
    std::rotate(threads.begin(), lowest, threads.end());
    found(CausePattern::lock_order_cycle, {});
    for (const auto& [taken, wait] : threads) {
      cause_.steps.push_back(at(taken));
      cause_.steps.push_back(at(wait));
    }
  }

  // A read x before B wrote it.
  void explain_read_first(Ahead ahead) {
    const std::size_t read = pair_.first;
    const std::size_t write = pair_.second;
    const ThreadId thread = at(read).thread;
    const auto to_same = [&](std::size_t i) { return same_place(at(i).op, at(read).op); };
    // What it has looked at anew since is not what it goes by.
    if (happened(write) && last(thread, write, to_same) == read) {
      const std::size_t again =
          next(thread, write, [&](std::size_t i) { return happened(i) && to_same(i); });
      if (again != kNone && is_store(at(again).op) && reads_last(read, again)) {
        return found(CausePattern::lost_update, {read, write, again});
      }
      if (again != kNone && is_second_look(read, write, again)) {
        return found(CausePattern::check_then_act, {read, write, again});
      }
      const std::size_t act = next_act(thread, write);
      if (act != kNone && interrupted_before(thread, write) && differ(at(read), at(write))) {
        // Two looks at what belongs together, and a change of both between them.
        const std::size_t other = next(thread, write, [&](std::size_t i) {
          return happened(i) && is_read(at(i).op) && !to_same(i) &&
                 written_between(at(write).thread, read, i);
        });
        if (takes_lock(at(act).op) && other != kNone) {
          return found(CausePattern::atomicity_violation, {read, write, other});
        }
        return found(CausePattern::check_then_act, {read, write, act});
      }
    }
    explain_too_early(ahead);
  }

  // Whatever it does next that others can see, or that fails.
  std::size_t next_act(ThreadId thread, std::size_t from) const {
    return next(thread, from, [&](std::size_t i) {
      return happened(i) && (writes(at(i).op.kind) || at(i).op.kind == OpKind::failure ||
                             is_life(at(i).op.kind) || synchronises(at(i).op));
    });
  }

  // A asked how many a semaphore has before B gave or took one.
  void explain_count_first() {
    const std::size_t count = pair_.first;
    const std::size_t change = pair_.second;
    const ThreadId thread = at(count).thread;
    const auto of_same = [&](std::size_t i) { return at(i).op.address == at(count).op.address; };
    // What it has asked or done since is what it goes by.
    if (!happened(change) || last(thread, change, of_same) != count) return;
    const std::size_t act = next_act(thread, change);
    if (act == kNone || at(act).op.kind == OpKind::sem_read) return;
    if (interrupted_before(thread, change)) {
      found(CausePattern::check_then_act, {count, change, act});
    } else if (!is_stuck()) {
      found(CausePattern::order_violation, {count, change});
    }
  }

  // Whether the thread wrote what `access` sees after `begin`.
  bool written_between(ThreadId thread, std::size_t begin, std::size_t access) const {
    for (std::size_t i = begin + 1; i < access; ++i) {
      if (at(i).thread == thread && writes(at(i).op.kind) && same_place(at(i).op, at(access).op)) {
        return true;
      }
    }
    return false;
  }

  // Whether the thread, having read x, changes it; or finds another value there, having been
  // interrupted: a thread that waits for a change is no case of that.
  bool is_second_look(std::size_t read, std::size_t write, std::size_t again) const {
    const Op& op = at(again).op;
    if (is_store(op)) return false;
    return writes(op.kind) ||
           (interrupted_before(at(read).thread, write) && differ(at(again), at(read)));
  }

  // Whether the thread could have gone on when it went last before `event`: it did not wait or give
  // way by its own doing.
  bool interrupted_before(ThreadId thread, std::size_t event) const {
    const std::size_t own = last(thread, event, [](std::size_t) { return true; });
    return own != kNone && at(own + 1).why == SwitchReason::preempted;
  }

  // Whether the thread's last look at x before `store` was `read`.
  bool reads_last(std::size_t read, std::size_t store) const {
    return last(at(read).thread, store,
                [&](std::size_t i) { return same_place(at(i).op, at(read).op); }) == read;
  }

  // A used x, and B changed it later or had yet to.
  void explain_too_early(Ahead ahead) {
    const std::size_t use = pair_.first;
    const std::size_t change = pair_.second;
    // Of threads that wait for ever the order of their looks is not what is wrong.
    if (is_stuck()) return;
    if (ahead == Ahead::passes) {
      // It is B that must not be interrupted.
      // What it wrote before it started the thread is no part of that.
      const std::size_t before = last(at(change).thread, use, [&](std::size_t i) {
        return writes(at(i).op.kind) && used_by(at(use).thread, at(i).op) &&
               has_begun(at(use).thread, i);
      });
      if (before != kNone) found(CausePattern::atomicity_violation, {before, use, change});
      return;
    }
    // What is freed twice was there in time: of it no value is missing.
    if (ahead != Ahead::fails || failure_.kind == FailureKind::double_free) return;
    // Who goes on to change it himself (a count) does not wait for another to do so.
    const std::size_t own = next(at(use).thread, use, [&](std::size_t i) {
      return happened(i) && same_place(at(i).op, at(use).op);
    });
    if (own != kNone && writes(at(own).op.kind)) return;
    const bool found_nothing = at(use).value.value_or(0) == 0;
    const bool written =
        !found_nothing ||
        std::any_of(story_.events.begin(), story_.events.begin() + static_cast<std::ptrdiff_t>(use),
                    [&](const Event& event) {
                      return writes(event.op.kind) && same_place(event.op, at(use).op);
                    });
    found(!written && relies_on(use, change) ? CausePattern::use_before_initialization
                                             : CausePattern::order_violation,
          {use, change});
  }

  // Whether `change` is what makes x fit for `use`: data, or an atomic pointer to some. An atomic
  // number is a flag or a count, and fit for use from the beginning, as is what is looked at again
  // and again: that it was not yet changed is an answer that the program must expect.
  bool relies_on(std::size_t use, std::size_t change) const {
    const Op& op = at(use).op;
    constexpr std::uint64_t kNoAddress = 65'536;
    if (is_atomic(op.kind)) {
      return op.size == sizeof(Address) && at(change).value.value_or(0) >= kNoAddress;
    }
    return last(at(use).thread, use, [&](std::size_t i) { return same_place(at(i).op, op); }) ==
           kNone;
  }

  // A wrote x before B used it.
  void explain_write_first() {
    const std::size_t write = pair_.first;
    const std::size_t use = pair_.second;
    const ThreadId user = at(use).thread;
    const auto to_same = [&](std::size_t i) { return same_place(at(i).op, at(write).op); };
    const std::size_t earlier = last(user, write, to_same);
    const bool looked = earlier != kNone && is_read(at(earlier).op) && happened(use);
    if (looked && is_store(at(use).op) && reads_last(earlier, use)) {
      return found(CausePattern::lost_update, {earlier, write, use});
    }
    if (looked && is_second_look(earlier, write, use)) {
      return found(CausePattern::check_then_act, {earlier, write, use});
    }
    if (earlier != kNone && happened(use) && writes(at(earlier).op.kind) &&
        is_second_look(earlier, write, use)) {
      return found(CausePattern::atomicity_violation, {earlier, write, use});
    }
    // Of threads that wait for ever the order of their looks is not what is wrong.
    if (is_stuck()) return;
    // What A has yet to do to what B uses.
    const ThreadId writer = at(write).thread;
    const std::size_t rest = next(writer, use, [&](std::size_t i) {
      return writes(at(i).op.kind) && used_by(user, at(i).op);
    });
    if (is_read(at(use).op) && happened(use) && rest != kNone) {
      return found(CausePattern::atomicity_violation, {write, use, rest});
    }
  }

  bool has_begun(ThreadId thread, std::size_t i) const {
    if (thread == 0) return true;  // main's
    return std::any_of(story_.events.begin(),
                       story_.events.begin() + static_cast<std::ptrdiff_t>(i),
                       [thread](const Event& event) {
                         return event.op.kind == OpKind::thread_create && event.op.other == thread;
                       });
  }

  bool used_by(ThreadId thread, const Op& op) const {
    return std::any_of(story_.events.begin(), story_.events.end(), [&](const Event& event) {
      return event.thread == thread && same_place(event.op, op);
    });
  }

  // The accesses of the race, as the run had them: their places are those of the failure.
  std::pair<std::size_t, std::size_t> racing_pair() const {
    if (failure_.places.size() < 2) return {kNone, kNone};
    const Address a = failure_.places[0].op.pc;
    const Address b = failure_.places[1].op.pc;
    for (std::size_t second = story_.happened; second-- > 0;) {
      if (!at(second).racy || (at(second).op.pc != a && at(second).op.pc != b)) continue;
      const Address other = at(second).op.pc == a ? b : a;
      for (std::size_t first = second; first-- > 0;) {
        if (at(first).racy && at(first).op.pc == other && at(first).thread != at(second).thread &&
            (conflict(at(first).op, at(second).op) || gives(at(first).op, at(second).op))) {
          return {first, second};
        }
      }
    }
    return {kNone, kNone};
  }

  // A wrote x [first] and then y [set]; B read y [seen] and then used x [second]. Or x is what was
  // published and the race is on y.
  bool explain_publication(std::size_t first, std::size_t second) {
    const ThreadId writer = at(first).thread;
    const ThreadId reader = at(second).thread;
    if (writes(at(first).op.kind) || at(first).op.kind == OpKind::heap_allocate) {
      for (std::size_t seen = second; seen-- > first;) {
        if (at(seen).thread != reader || !is_memory_access(at(seen).op.kind)) continue;
        const std::size_t set = source_of_read(seen);
        if (set == kNone || set <= first || at(set).thread != writer) continue;
        if (same_place(at(set).op, at(first).op)) continue;
        cause_.first = at(set);
        cause_.second = at(seen);
        found(CausePattern::unsafe_publication, {first, set, seen, second});
        return true;
      }
    }
    if (is_read(at(second).op) && source_of_read(second) == first) {
      for (std::size_t use = second + 1; use < story_.happened; ++use) {
        if (at(use).thread != reader || !is_memory_access(at(use).op.kind)) continue;
        if (same_place(at(use).op, at(first).op)) continue;
        const std::size_t made = last(writer, first, [&](std::size_t i) {
          return writes(at(i).op.kind) && same_place(at(i).op, at(use).op);
        });
        if (made == kNone || last_write_before(use) != made) continue;
        // The race is on y: of x it must be shown that no lock orders its uses.
        if (may_be_ordered(story_, made, use)) continue;
        cause_.first = at(first);
        cause_.second = at(second);
        found(CausePattern::unsafe_publication, {made, first, second, use});
        return true;
      }
    }
    return false;
  }

  std::size_t last_write_before(std::size_t access) const {
    for (std::size_t i = access; i-- > 0;) {
      if (writes(at(i).op.kind) && same_place(at(i).op, at(access).op)) return i;
    }
    return kNone;
  }

  // The write whose value the access saw, if another thread made it.
  std::size_t source_of_read(std::size_t access) const {
    if (is_store(at(access).op)) return kNone;
    const std::size_t write = last_write_before(access);
    return write != kNone && at(write).thread != at(access).thread ? write : kNone;
  }

  const Story& story_;
  const Failed& failure_;
  EventPair pair_;
  Cause cause_;
};

}  // namespace

Cause explain(const Story& story, const Failed& failure, const EventPair& pair, Ahead ahead) {
  return Classifier(story, failure).explain(pair, ahead);
}

std::optional<Cause> explain_failure(const Story& story, const Failed& failure) {
  if (failure.places.empty()) return std::nullopt;
  return Classifier(story, failure).explain_failure();
}

std::optional<Cause> explain_race(const Story& story, const Failed& failure) {
  return Classifier(story, failure).explain_race();
}

std::size_t outermost_lock(const Story& story, std::size_t at) {
  Held held;
  for (std::size_t i = 0; i < at; ++i) held.advance(story, i);
  const auto& locks = held.of(story.events[at].thread);
  return locks.empty() ? at : locks.front();
}

}  // namespace heddle
