#include "harness/report/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "harness/hooks/hidden_memory.h"
#include "harness/report/text.h"
#include "harness/report/waits.h"

namespace heddle {
namespace {

std::string order_text(MemoryOrder order) {
  // Sequentially consistent is what people get who do not ask: naming it would be noise.
  return order == MemoryOrder::seq_cst ? "" : fmt::format(" ({})", to_string(order));
}

std::string values_text(std::optional<std::uint64_t> first, std::optional<std::uint64_t> last,
                        const Op& op, const Names& names) {
  if (!first) return "?";
  const std::string text = value_text(*first, op, names);
  return !last || *last == *first ? text
                                  : fmt::format("{} .. {}", text, value_text(*last, op, names));
}

// What the C library does with what it keeps of its own. Atomic: under a lock, and the value is not
// one that the program knows.
std::string hidden_text(const Event& event, std::optional<std::uint64_t> last,
                        const hidden_state::Named& hidden, const Names& names) {
  const Op& op = event.op;
  if (!is_plain_access(op.kind)) return "use " + hidden.text;
  const bool writing = op.kind == OpKind::write;
  const std::string text = fmt::format("{} {}", writing ? "write" : "read", hidden.text);
  if (!hidden.has_value || !event.value.has_value()) return text;
  return fmt::format("{} {} {}", text, writing ? "<-" : "->",
                     values_text(event.value, last, op, names));
}

// What is wrong is an object's life.
bool is_of_object(FailureKind kind) {
  switch (kind) {
    case FailureKind::use_after_free:
    case FailureKind::use_after_destroy:
    case FailureKind::use_after_return:
    case FailureKind::double_free:
    case FailureKind::destroyed_locked:
      return true;
    default:
      return false;
  }
}

std::string step_text(const std::optional<Place>& place, Names& names) {
  if (!place) return "the run had ended";
  const std::string action = place_text(*place, names);
  return fmt::format("{}: {} at {}", thread_name(place->thread),
                     action.empty() ? to_string(place->op.kind) : std::string_view{action},
                     short_place(source_of(names.symbols(), place->op.pc, place->stack)));
}

// "unlocks m, which T2 holds". Nothing where the engine does not know who, and has words of its
// own.
std::string bad_unlock_text(const Failed& failure, Names& names) {
  if (failure.kind != FailureKind::bad_unlock || failure.places.empty()) return {};
  if (!failure.message.empty()) return {};
  const Place& place = failure.places.front();
  std::string action = place_text(place, names);
  if (place.op.kind == OpKind::cond_wait) action += " with " + names.of_mutex(place.op.address2);
  return action + (failure.places.size() == 1
                       ? ", which nobody holds"
                       : fmt::format(", which {} holds", thread_name(failure.places[1].thread)));
}

}  // namespace

std::string_view reason_text(SwitchReason why, std::string_view none) {
  switch (why) {
    case SwitchReason::none:
      return none;
    case SwitchReason::preempted:
      return "preempted";
    case SwitchReason::blocked:
      return "blocked";
    case SwitchReason::ended:
      return "ended";
    case SwitchReason::gave_way:
      return "gave way";
  }
  return none;
}

std::string value_text(std::uint64_t value, unsigned size) {
  constexpr std::uint64_t kSmall = 65536;
  if (size >= 1 && size < 8) {
    const std::uint64_t modulus = std::uint64_t{1} << (8 * size);
    value &= modulus - 1;
    // Bytes are mostly flags and characters; 255 says more than -1.
    if (size > 1 && modulus - value <= kSmall && value >= modulus / 2) {
      return fmt::format("-{}", modulus - value);
    }
  } else if (value >= ~kSmall) {
    return fmt::format("-{}", ~value + 1);
  }
  return value > 0xffff'ffffU ? fmt::format("{:#x}", value) : std::to_string(value);
}

std::string value_text(std::uint64_t value, const Op& op, const Names& names) {
  std::string text = names.spelled(op.address, value, op.size);
  return text.empty() ? value_text(value, op.size) : text;
}

std::string operation_text(const Event& event, std::optional<std::uint64_t> last, Names& names) {
  const Op& op = event.op;
  if (const auto hidden = hidden_state::find(op.address); hidden && is_memory_access(op.kind)) {
    return hidden_text(event, last, *hidden, names);
  }
  const auto name = [&] { return names.of(op.address, op.kind); };
  const auto values = [&] { return values_text(event.value, last, op, names); };
  // Of a semaphore, where that is known.
  const auto left = [&](std::string_view how) {
    return event.value.has_value() ? fmt::format(" ({} {})", values(), how) : std::string{};
  };
  switch (op.kind) {
    case OpKind::none:
      return "step";
    case OpKind::thread_start:
      return "starts";
    case OpKind::thread_exit:
      return "ends";
    case OpKind::thread_create:
      return fmt::format("start {}", thread_name(op.other));
    case OpKind::thread_join:
      return fmt::format("wait for {} to end", thread_name(op.other));
    case OpKind::thread_detach:
      return fmt::format("detach {}", thread_name(op.other));
    case OpKind::read:
      return fmt::format("read {} -> {}", name(), values());
    case OpKind::write:
      return fmt::format("write {} <- {}", name(), values());
    case OpKind::atomic_load:
      return fmt::format("load {} -> {}{}", name(), values(), order_text(op.order));
    case OpKind::atomic_store:
      return fmt::format("store {} <- {}{}", name(), values(), order_text(op.order));
    case OpKind::atomic_rmw:
      return fmt::format("update {}: {} -> {}{}", name(),
                         values_text(event.old_value, event.old_value, op, names), values(),
                         order_text(op.order));
    case OpKind::atomic_cas_fail:
      if (!event.old_value.has_value()) {
        return fmt::format("compare {}: no match, it is {}{}", name(), values(),
                           order_text(op.order));
      }
      return fmt::format("compare-exchange {}: expected {}, it is {}{}{}", name(),
                         value_text(*event.old_value, op, names), values(),
                         event.old_value == event.value ? ": fails without cause" : "",
                         order_text(op.order));
    case OpKind::fence:
      return fmt::format("fence ({})", to_string(op.order));
    case OpKind::mutex_lock:
      return fmt::format("lock {}", name());
    case OpKind::mutex_trylock_fail:
      return fmt::format("try to lock {}: taken", name());
    case OpKind::mutex_unlock:
      return fmt::format("unlock {}", name());
    case OpKind::cond_wait:
      return fmt::format("wait on {} (gives up {})", name(), names.of_mutex(op.address2));
    case OpKind::cond_signal:
      return fmt::format("signal {}", name());
    case OpKind::cond_broadcast:
      return fmt::format("signal all on {}", name());
    case OpKind::rwlock_read_lock:
      return fmt::format("lock {} for reading", name());
    case OpKind::rwlock_write_lock:
      return fmt::format("lock {} for writing", name());
    case OpKind::rwlock_queue:
      return fmt::format("queue to lock {} for writing", name());
    case OpKind::rwlock_other:
      return fmt::format("{} decides otherwise who is first: not with this C library", name());
    case OpKind::rwlock_unlock:
    case OpKind::rwlock_shared_unlock:
      return fmt::format("unlock {}", name());
    case OpKind::sem_wait:
      return fmt::format("take one of {}{}", name(), left("left"));
    case OpKind::sem_trywait_fail:
      return fmt::format("try to take one of {}: none left", name());
    case OpKind::sem_post:
      return fmt::format("give one to {}{}", name(), left("there"));
    case OpKind::sem_read:
      if (!event.value.has_value()) return fmt::format("count {}", name());
      return fmt::format("count {} -> {}", name(), values());
    case OpKind::barrier_wait:
      return fmt::format("arrive at {}", name());
    case OpKind::once:
      return fmt::format("initialise {} once", name());
    case OpKind::once_done:
      return fmt::format("{} is initialised", name());
    case OpKind::once_end:
      return fmt::format("end the initialisation of {}", name());
    case OpKind::futex_wait:
      if (!event.value.has_value()) return fmt::format("wait for a change of {}", name());
      return fmt::format("wait while {} is {}", name(), values());
    case OpKind::futex_wake:
      return fmt::format("notify who waits for {}", name());
    case OpKind::heap_free:
      return fmt::format("free {}", name());
    case OpKind::heap_allocate:
      return fmt::format("allocate {}", name());
    case OpKind::object_init:
      return fmt::format("initialise {}", name());
    case OpKind::object_destroy:
      return fmt::format("destroy {}", name());
    case OpKind::object_use:
      return fmt::format("use {}", name());
    case OpKind::yield:
      return "yield";
    case OpKind::interrupt:
      return "interrupted in code that is not instrumented";
    case OpKind::sleep:
      return "sleep";
    case OpKind::timeout:
      if (op.address == 0) return "its time is up";
      return fmt::format("stops waiting for {}: its time is up", name());
    case OpKind::process_exit:
      return "end of the program";
    case OpKind::failure:
      return "failure";
  }
  return "step";
}

std::string place_text(const Place& place, Names& names) {
  const Op& op = place.op;
  if (const auto hidden = hidden_state::find(op.address); hidden && is_atomic(op.kind)) {
    return "uses " + hidden->text;
  }
  const auto name = [&] { return names.of(op.address, op.kind); };
  switch (op.kind) {
    case OpKind::read:
      return fmt::format("reads {}", name());
    case OpKind::write:
      return fmt::format("writes {}", name());
    case OpKind::atomic_load:
    case OpKind::atomic_cas_fail:
      return fmt::format("loads {} atomically{}", name(), order_text(op.order));
    case OpKind::atomic_store:
      return fmt::format("stores {} atomically{}", name(), order_text(op.order));
    case OpKind::atomic_rmw:
      return fmt::format("updates {} atomically{}", name(), order_text(op.order));
    case OpKind::mutex_lock:
      if (op.address2 != 0) {
        return fmt::format("locks {} while it holds {}", name(), names.of_mutex(op.address2));
      }
      return fmt::format("waits to lock {}", name());
    case OpKind::mutex_unlock:
      return fmt::format("unlocks {}", name());
    case OpKind::cond_wait:
      return fmt::format("waits on {}", name());
    case OpKind::rwlock_read_lock:
      return fmt::format("waits to lock {} for reading", name());
    case OpKind::rwlock_write_lock:
      return fmt::format("waits to lock {} for writing", name());
    case OpKind::rwlock_queue:
      return fmt::format("queues to lock {} for writing", name());
    case OpKind::rwlock_other:
      return fmt::format("{} decides otherwise who is first: not with this C library", name());
    case OpKind::rwlock_unlock:
    case OpKind::rwlock_shared_unlock:
      return fmt::format("unlocks {}", name());
    case OpKind::sem_wait:
      return fmt::format("waits for {}", name());
    case OpKind::barrier_wait:
      return fmt::format("waits at {}", name());
    case OpKind::once:
      return fmt::format("waits for the initialisation of {}", name());
    case OpKind::futex_wait:
      return fmt::format("waits for a change of {}", name());
    case OpKind::heap_free:
      return fmt::format("frees {}", name());
    case OpKind::heap_allocate:
      return fmt::format("allocates {}", name());
    case OpKind::object_init:
      return fmt::format("initialises {}", name());
    case OpKind::object_destroy:
      return fmt::format("destroys {}", name());
    case OpKind::object_use:
      return fmt::format("uses {}", name());
    case OpKind::thread_join:
      return fmt::format("waits for {} to end", thread_name(op.other));
    case OpKind::yield:
      return "yields";
    case OpKind::interrupt:
      return "goes round in code that is not instrumented";
    case OpKind::sleep:
      return "sleeps";
    case OpKind::none:
    case OpKind::failure:
      return printable(place.note);
    default:
      return std::string{to_string(op.kind)};
  }
}

std::string intent_text(const Event& event, Names& names) {
  const Op& op = event.op;
  const auto access = [&](std::string_view verb) {
    return fmt::format("{} {}", verb, names.of(op.address, op.kind));
  };
  switch (op.kind) {
    case OpKind::read:
      return access("read");
    case OpKind::write:
      return access("write");
    case OpKind::atomic_load:
      return access("load");
    case OpKind::atomic_store:
      return access("store to");
    case OpKind::atomic_rmw:
    case OpKind::atomic_cas_fail:
      return access("update");
    default:
      return operation_text(event, {}, names);
  }
}

// A program may throw megabytes; nobody reads them, and reports are pasted.
std::string readable_message(const Failed& failure) {
  constexpr std::size_t kMost = 2'000;
  const std::string message = printable(failure.message);
  const std::string cut = shortened(message, kMost);
  if (cut.size() == message.size()) return message;
  return cut + " (" + grouped(failure.message.size()) + " bytes)";
}

std::string kind_and_message(const Failed& failure) {
  const std::string kind{to_string(failure.kind)};
  const std::string message = readable_message(failure);
  // ThreadSanitizer has a hyphen more: "lock-order-inversion".
  const auto same_letter = [](char a, char b) { return a == b || (a == '-' && b == ' '); };
  if (message.empty() || std::ranges::equal(message, kind, same_letter)) return kind;
  // "exit status 1" has said what kind it is.
  return message.starts_with(kind) ? message : kind + ": " + message;
}

std::string failure_text(const Failed& failure, Names& names) {
  const std::string wrong = bad_unlock_text(failure, names);
  return wrong.empty() ? kind_and_message(failure)
                       : fmt::format("{}: {}", to_string(failure.kind), wrong);
}

std::string own_processes_text(const OwnProcesses& own) {
  std::string text = fmt::format("{} outlives a run and is not put back: {} had a process each",
                                 own.left_behind, plural(own.runs, "run"));
  if (own.seconds > 0) {
    text += fmt::format(
        ", {} a second",
        grouped(static_cast<std::uint64_t>(static_cast<double>(own.runs) / own.seconds)));
  }
  return text;
}

std::string fresh_difference_text(const Divergence& divergence, Names& names) {
  if (!divergence.first && !divergence.second) {
    return fmt::format("run {} ended otherwise than in a fresh process", divergence.run + 1);
  }
  return fmt::format(
      "run {} took other steps than in a fresh process; step {} was \"{}\", and \"{}\" there",
      divergence.run + 1, divergence.step + 1, step_text(divergence.first, names),
      step_text(divergence.second, names));
}

std::string divergence_text(const Divergence& divergence, Names& names) {
  return fmt::format(
      "run {} took other steps when its schedule was repeated; step {} was first \"{}\" and then "
      "\"{}\"; usual causes are time, random numbers, addresses and files",
      divergence.run + 1, divergence.step + 1, step_text(divergence.first, names),
      step_text(divergence.second, names));
}

std::string limit_text(const GaveUp& gave_up, Names& names) {
  if (gave_up.places.empty()) return printable(gave_up.reason);
  // Real threads that sleep are in no loop.
  const bool all_wait =
      std::all_of(gave_up.places.begin(), gave_up.places.end(),
                  [](const Place& place) { return place.note.starts_with("waits"); });
  std::string text = all_wait ? printable(gave_up.reason) + ": at "
                              : std::string("livelock or limit, in the loop at ");
  std::vector<std::string> known;
  for (const Place& place : gave_up.places) {
    std::string where = short_place(source_of(names.symbols(), place.op.pc, place.stack));
    if (std::find(known.begin(), known.end(), where) != known.end()) continue;
    text += (known.empty() ? "" : ", ") + where;
    known.push_back(std::move(where));
  }
  return text;
}

bool is_stuck(FailureKind kind) {
  return kind == FailureKind::deadlock || kind == FailureKind::lost_wakeup ||
         kind == FailureKind::self_deadlock || kind == FailureKind::hang;
}

Names names_for(const Failed& failure, const Trace* trace, const Symbols& symbols) {
  Names names{symbols};
  if (trace != nullptr) names.know(*trace);
  headline(failure, names);
  return names;
}

std::string headline(const Failed& failure, Names& names) {
  const std::string late = failure.late_wake ? "needs a late wake-up: " : "";
  std::string text = late + std::string(to_string(failure.kind));
  std::string last_file;
  const auto at = [&](const Place& place) {
    const SourceLine source = source_of(names.symbols(), place.op.pc, place.stack);
    if (source.known() && std::exchange(last_file, source.file) == source.file) {
      return fmt::format(":{}", source.line);
    }
    return short_place(source);
  };
  if (failure.kind == FailureKind::data_race && !failure.places.empty()) {
    const Op& first = failure.places.front().op;
    text += fmt::format(" on {}", names.of(first.address, first.kind));
    if (const std::string origin = names.origin(first.address); !origin.empty()) {
      text += fmt::format(" ({})", origin);
    }
    std::string separator = ": ";
    for (const Place& place : failure.places) {
      const std::string verb{place_text(place, names)};
      text += fmt::format("{}{} {} it at {}", separator, thread_name(place.thread),
                          verb.substr(0, verb.find(' ')), at(place));
      separator = ", ";
    }
    return text;
  }
  const bool is_cycle = failure.kind == FailureKind::lock_inversion &&
                        std::any_of(failure.places.begin(), failure.places.end(),
                                    [](const Place& place) { return place.op.address2 != 0; });
  if ((is_stuck(failure.kind) || is_cycle) && !failure.places.empty()) {
    std::string separator = ": ";
    // One thread may have taken the locks in both orders.
    for (const Place& place : is_cycle ? failure.places : waiting_places(failure, nullptr)) {
      const std::string what = place_text(place, names);
      text += fmt::format("{}{} {} at {}", separator, thread_name(place.thread),
                          what.empty() ? "is" : what, at(place));
      separator = ", ";
    }
    return text;
  }
  if (const std::string wrong = bad_unlock_text(failure, names); !wrong.empty()) {
    const Place& place = failure.places.front();
    return fmt::format("{}: {} {} ({})", text, thread_name(place.thread), wrong, at(place));
  }
  const std::string message = readable_message(failure);
  text = late + kind_and_message(failure);
  if (is_of_object(failure.kind) && !failure.places.empty()) {
    const Op& op = failure.places.front().op;
    const std::string origin = names.origin(op.address);
    if (!origin.empty() || !names.object(op.address).empty()) {
      text += " of " + names.of(op.address, op.kind);
    }
    if (!origin.empty()) text += fmt::format(" ({})", origin);
  }
  if (!failure.places.empty()) {
    const std::string where = at(failure.places.front());
    // An assertion's own words often begin with its place.
    if (where != "?" && message.find(where) == std::string::npos) {
      text += fmt::format(" ({})", where);
    }
  }
  return text;
}

}  // namespace heddle
