#include "harness/report/play_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "harness/report/source_text.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

bool is_lock(OpKind kind) {
  return kind == OpKind::mutex_lock || kind == OpKind::rwlock_read_lock ||
         kind == OpKind::rwlock_write_lock;
}

bool is_unlock(OpKind kind) {
  return kind == OpKind::mutex_unlock || kind == OpKind::rwlock_unlock ||
         kind == OpKind::rwlock_shared_unlock;
}

struct Held {
  const Event* taken = nullptr;
  std::size_t times = 1;  // a recursive mutex
};

std::vector<Held> held_locks(std::span<const Event> done) {
  std::vector<Held> held;
  const auto find = [&](const Event& event, Address lock) {
    return std::find_if(held.begin(), held.end(), [&](const Held& one) {
      return one.taken->thread == event.thread && one.taken->op.address == lock;
    });
  };
  for (const Event& event : done) {
    if (is_lock(event.op.kind)) {
      const auto again = find(event, event.op.address);
      if (again != held.end()) {
        ++again->times;
      } else {
        held.push_back({&event, 1});
      }
    } else if (is_unlock(event.op.kind)) {
      const auto lock = find(event, event.op.address);
      if (lock != held.end() && --lock->times == 0) held.erase(lock);
    } else if (event.op.kind == OpKind::cond_wait) {
      const auto lock = find(event, event.op.address2);
      if (lock != held.end() && --lock->times == 0) held.erase(lock);
    }
  }
  return held;
}

// Whether the thread has begun to wait, by the operation that it is at, and may now go on.
bool is_after_wait(const ThreadAt& at, std::span<const Event> done) {
  switch (at.op.kind) {
    case OpKind::cond_wait:
    case OpKind::futex_wait:
    case OpKind::barrier_wait:
      break;
    default:
      return false;
  }
  const auto last = std::find_if(done.rbegin(), done.rend(),
                                 [&](const Event& event) { return event.thread == at.thread; });
  return last != done.rend() && last->op.kind == at.op.kind && last->op.address == at.op.address;
}

// A question that a thread is asked when it begins to wait.
bool is_about_waiting(const Decision& decision) {
  return decision.choice == Choice::spurious_wake || decision.choice == Choice::lone_wake ||
         decision.choice == Choice::timeout;
}

std::string text_of(const ThreadAt& at, const Decision& decision, std::span<const Event> done,
                    Names& names) {
  if (at.state == ThreadAt::State::finished) return "";
  const Place place{.thread = at.thread, .op = at.op, .stack = {}, .note = {}};
  const bool begins_to_wait = at.thread == decision.thread && is_about_waiting(decision);
  if (at.state == ThreadAt::State::blocked || begins_to_wait) return place_text(place, names);
  if (!at.begun || at.op.kind == OpKind::thread_start) return "begin";
  if (at.eager) {
    if (at.op.kind == OpKind::sleep) return "end its sleep";
    return fmt::format("stop waiting for {}, by itself", names.of(at.op.address, at.op.kind));
  }
  if (is_after_wait(at, done)) {
    return at.op.kind == OpKind::cond_wait
               ? fmt::format("wake up, and lock {}", names.of_mutex(at.op.address2))
               : "go on after its wait";
  }
  Event event;
  event.thread = at.thread;
  event.op = at.op;
  std::string text = intent_text(event, names);
  // Whether it will succeed is not known yet.
  const bool tries =
      at.op.kind == OpKind::mutex_trylock_fail || at.op.kind == OpKind::sem_trywait_fail;
  if (tries) text.resize(std::min(text.size(), text.rfind(": ")));
  return text;
}

// The function that the thread begins with, or another that it comes to first.
SourceLine beginning_of(ThreadId thread, const Trace& run, const Symbols& symbols) {
  for (const Event& event : run.events) {
    if (event.thread != thread) continue;
    SourceLine source = source_of(symbols, event.op.pc, event.stack);
    if (source.known() && !source.in_library) return source;
  }
  return {};
}

PlayThread thread_of(const ThreadAt& at, const Decision& decision, std::span<const Event> done,
                     const Trace& run, Names& names) {
  PlayThread thread{.thread = at.thread,
                    .state = at.state,
                    .operation = text_of(at, decision, done, names),
                    .source = {},
                    .source_text = {}};
  if (at.state == ThreadAt::State::finished) return thread;
  if (!at.begun) {
    thread.source = beginning_of(at.thread, run, names.symbols());
    return thread;
  }
  thread.source = source_of(names.symbols(), at.op.pc, at.stack);
  if (!thread.source.known()) return thread;
  const auto lines = source_lines(thread.source.file, thread.source.line, thread.source.line);
  if (lines.empty()) return thread;
  const std::string& text = lines.front().text;
  thread.source_text = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  return thread;
}

// Those that wait for a notification, in the order in which they began, as the engine keeps them.
std::vector<ThreadId> waiters_of(const Decision& decision, std::span<const Event> done) {
  const Address object = decision.threads[decision.thread].op.address;
  std::vector<std::pair<std::ptrdiff_t, ThreadId>> since;
  for (const ThreadAt& at : decision.threads) {
    const bool waits = at.state == ThreadAt::State::blocked || at.eager;
    if (!waits || at.op.address != object) continue;
    const auto last = std::find_if(done.rbegin(), done.rend(),
                                   [&](const Event& event) { return event.thread == at.thread; });
    since.emplace_back(done.rend() - last, at.thread);
  }
  std::sort(since.begin(), since.end());
  std::vector<ThreadId> waiters;
  waiters.reserve(since.size());
  for (const auto& [when, thread] : since) waiters.push_back(thread);
  return waiters;
}

PlayQuestion question_of(const Decision& decision, std::span<const Event> done, Names& names) {
  const ThreadAt& self = decision.threads[decision.thread];
  const std::string who = thread_name(decision.thread);
  const std::string what =
      place_text({.thread = self.thread, .op = self.op, .stack = {}, .note = {}}, names);
  PlayQuestion question{.choice = *decision.choice, .text = {}, .alternatives = {}};
  switch (*decision.choice) {
    case Choice::waiter: {
      question.text = fmt::format("{} notifies one who waits. Whom?", who);
      const std::vector<ThreadId> waiters = waiters_of(decision, done);
      for (std::uint32_t i = 0; i < decision.alternatives; ++i) {
        question.alternatives.push_back(waiters.size() == decision.alternatives
                                            ? thread_name(waiters[i])
                                            : fmt::format("number {} of those who wait", i + 1));
      }
      break;
    }
    case Choice::spurious_wake:
    case Choice::lone_wake:
      question.text = fmt::format("{} {}. May it wake without being notified?", who, what);
      question.alternatives = {"no", "yes, whenever you let it go on"};
      break;
    case Choice::timeout:
      question.text = fmt::format("{} {}, for a limited time. May that be up?", who, what);
      question.alternatives = {"not while another can go on", "yes, whenever you let it go on"};
      break;
    case Choice::cas_failure:
      question.text = fmt::format("{}: the weak compare-exchange of {} matches. Does it succeed?",
                                  who, names.of(self.op.address, OpKind::atomic_rmw));
      question.alternatives = {"yes", "no, it fails without cause"};
      break;
    case Choice::rwlock_policy:
      question.text = fmt::format("{}: whom does {} prefer?", who,
                                  names.of(self.op.address, OpKind::rwlock_read_lock));
      question.alternatives = {"as the C library has it", "the other way round"};
      break;
    case Choice::value:
      question.text = fmt::format("{}: which value?", who);
      for (std::uint32_t i = 0; i < decision.alternatives; ++i) {
        question.alternatives.push_back(fmt::format("value {}", i));
      }
      break;
  }
  return question;
}

}  // namespace

PlayState play_state(const Decision& decision, std::span<const Event> done, const Trace& run,
                     Names& names) {
  PlayState state{.running = decision.thread,
                  .threads = {},
                  .locks = {},
                  .question = {},
                  .usual = decision.usual};
  for (const ThreadAt& at : decision.threads) {
    state.threads.push_back(thread_of(at, decision, done, run, names));
  }
  for (const Held& held : held_locks(done)) {
    state.locks.push_back(
        {.name = names.of(held.taken->op.address, held.taken->op.kind),
         .holder = held.taken->thread,
         .since = source_of(names.symbols(), held.taken->op.pc, held.taken->stack)});
  }
  if (decision.choice.has_value()) state.question = question_of(decision, done, names);
  return state;
}

}  // namespace heddle
