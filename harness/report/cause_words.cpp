#include "harness/report/cause_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/hooks/hidden_memory.h"
#include "harness/report/describe.h"

namespace heddle {
namespace {

// Places in one sentence: the file is said once.
class Where {
 public:
  explicit Where(Names& names) : names_(names) {}

  std::string operator()(const Event& event) {
    const SourceLine source = source_of(names_.symbols(), event.op.pc, event.stack);
    if (source.known() && std::exchange(file_, source.file) == source.file) {
      return fmt::format(":{}", source.line);
    }
    return short_place(source);
  }

 private:
  Names& names_;
  std::string file_;
};

std::string_view past_verb(OpKind kind) {
  switch (kind) {
    case OpKind::read:
      return "read";
    case OpKind::write:
      return "wrote";
    case OpKind::atomic_load:
    case OpKind::atomic_cas_fail:
      return "loaded";
    case OpKind::atomic_store:
      return "stored";
    case OpKind::atomic_rmw:
      return "updated";
    case OpKind::heap_free:
      return "freed";
    case OpKind::heap_allocate:
      return "allocated";
    case OpKind::object_init:
      return "initialised";
    case OpKind::object_destroy:
      return "destroyed";
    case OpKind::sem_post:
      return "gave one to";
    case OpKind::sem_wait:
      return "took one of";
    case OpKind::sem_read:
      return "counted";
    default:
      return "used";
  }
}

std::string_view access_noun(OpKind kind) {
  switch (kind) {
    case OpKind::read:
      return "read";
    case OpKind::write:
      return "write";
    case OpKind::atomic_load:
    case OpKind::atomic_cas_fail:
      return "load";
    case OpKind::atomic_store:
      return "store";
    case OpKind::atomic_rmw:
      return "update";
    default:
      return "use";
  }
}

// What a thread that is stuck waits for, or does again and again.
std::string wait_text(const Event& step, Names& names) {
  const std::string text =
      place_text({.thread = step.thread, .op = step.op, .stack = step.stack, .note = {}}, names);
  return is_memory_access(step.op.kind) ? text + " again and again" : text;
}

std::string sentence(std::string_view name, const std::string& text) {
  std::string result{name};
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] += 'A' - 'a';
  return result + ": " + text + ".";
}

}  // namespace

std::string cause_text(const Cause& cause, Names& names) {
  Where at{names};
  const auto& steps = cause.steps;
  const auto name = [&](std::size_t i) { return names.of(steps[i].op.address, steps[i].op.kind); };
  const auto who = [&](std::size_t i) { return thread_name(steps[i].thread); };
  // What the C library does under a lock is no update of the program's.
  const auto kind = [&](std::size_t i) {
    const Op& op = steps[i].op;
    return is_atomic(op.kind) && hidden_state::find(op.address) ? OpKind::none : op.kind;
  };
  const auto did = [&](std::size_t i) { return past_verb(kind(i)); };
  const auto noun = [&](std::size_t i) { return access_noun(kind(i)); };
  // An object of the library's own is nothing that a person could have used otherwise.
  const bool inside = std::any_of(steps.begin(), steps.end(), [&names](const Event& step) {
    const std::string object = names.object(step.op.address);
    return object.starts_with("std::") || object.starts_with("__gnu");
  });
  if (inside) return "";
  std::string text;
  switch (cause.pattern) {
    case CausePattern::none:
      return "";
    case CausePattern::data_race:
      text = fmt::format("{} {} {} ({})", who(0), did(0), name(0), at(steps[0]));
      text +=
          fmt::format(", {} {} it ({}), and nothing orders the two", who(1), did(1), at(steps[1]));
      break;
    case CausePattern::lost_update: {
      text = fmt::format("{} {} {} ({}) between ", who(1), did(1), name(1), at(steps[1]));
      const std::string read = at(steps[0]);
      const std::string write = at(steps[2]);
      text += read == write
                  ? fmt::format("{}'s {} and {} of it ({})", who(0), noun(0), noun(2), read)
                  : fmt::format("{}'s {} ({}) and {} of it ({})", who(0), noun(0), read, noun(2),
                                write);
      break;
    }
    case CausePattern::check_then_act: {
      text = fmt::format("{} {} {} ({}) after ", who(1), did(1), name(1), at(steps[1]));
      const std::string check = at(steps[0]);
      text += fmt::format("{} had looked at it ({}) and before it acted on that ({})", who(0),
                          check, at(steps[2]));
      break;
    }
    case CausePattern::atomicity_violation: {
      text = fmt::format("{} {} {} ({}) between ", who(1), did(1), name(1), at(steps[1]));
      const std::string first = at(steps[0]);
      text += fmt::format("{}'s {} of {} ({}) and {} of {} ({})", who(0), noun(0), name(0), first,
                          noun(2), name(2), at(steps[2]));
      break;
    }
    case CausePattern::order_violation:
    case CausePattern::use_before_initialization: {
      text = fmt::format("{} {} {} ({}) before ", who(0), did(0), name(0), at(steps[0]));
      text += fmt::format("{} {} it ({})", who(1), did(1), at(steps[1]));
      break;
    }
    case CausePattern::use_after_free:
      // Known by the address that was used: the block may begin before it.
      text = fmt::format("{} {} {} ({})", who(1), did(1), name(1), at(steps[1]));
      // No line of the program's frees a thread's variables.
      if (const std::string freed = at(steps[0]); freed != "?") {
        text += fmt::format(" after {} had freed it ({})", who(0), freed);
      } else {
        text += fmt::format(" after {} had ended, and its variables with it", who(0));
      }
      break;
    case CausePattern::lost_wakeup:
      text = fmt::format("{} notified {} ({})", who(0), name(0), at(steps[0]));
      text += fmt::format(" before {} began to wait for it ({})", who(1), at(steps[1]));
      break;
    case CausePattern::lock_order_cycle:
      for (std::size_t i = 0; i + 1 < steps.size(); i += 2) {
        if (i > 0) text += ", ";
        text += fmt::format("{} took {} ({})", who(i), name(i), at(steps[i]));
        text += fmt::format(" and waits for {} ({})", name(i + 1), at(steps[i + 1]));
      }
      break;
    case CausePattern::unsafe_publication: {
      const auto place = [&](std::size_t i) {
        const bool weak = is_atomic(steps[i].op.kind) && steps[i].op.order != MemoryOrder::seq_cst;
        return at(steps[i]) + (weak ? fmt::format(", {}", to_string(steps[i].op.order)) : "");
      };
      text = fmt::format("{} {} {} ({})", who(0), did(0), name(0), place(0));
      text += fmt::format(" and then {} {} ({})", did(1), name(1), place(1));
      text += fmt::format("; {} {} that ({})", who(2), did(2), place(2));
      text += fmt::format(" and then {} {} ({}), which nothing orders after the first", did(3),
                          name(3), place(3));
      break;
    }
    case CausePattern::self_deadlock:
      text = fmt::format("{} took {} ({})", who(0), name(0), at(steps[0]));
      text += fmt::format(" and locks it again ({}) while it holds it", at(steps[1]));
      break;
    case CausePattern::wait_without_loop:
      if (steps.size() == 3) {
        text = fmt::format("{} waited on {} ({})", who(0), name(0), at(steps[0]));
        text += fmt::format(
            " and did not look again when {} notified it ({}): what it had looked at had not "
            "changed",
            who(1), at(steps[1]));
        break;
      }
      if (steps.size() == 4) {
        text = fmt::format("{} waited on {} ({})", who(0), name(0), at(steps[0]));
        text += fmt::format(
            " and did not look again when it was woken: {} was faster and changed {} ({})", who(2),
            name(2), at(steps[2]));
        break;
      }
      text = fmt::format(
          "{} waited on {} ({}), woke without being notified and went on, though "
          "what it waits for had not come",
          who(0), name(0), at(steps[0]));
      break;
    case CausePattern::timed_out_wait:
      text = fmt::format("{} stopped waiting for {} ({}) because its time was up, and went on",
                         who(0), name(0), at(steps[0]));
      break;
    case CausePattern::flag_outside_mutex: {
      text = fmt::format("{} {} {} ({})", who(1), did(1), name(1), at(steps[1]));
      text += fmt::format(" without {}, which {} held when it looked at it",
                          names.of_mutex(steps[3].op.address2), who(0));
      text += fmt::format(" ({}), and notified {} ({})", at(steps[0]), name(2), at(steps[2]));
      text += fmt::format(" before {} began to wait for that ({})", who(0), at(steps[3]));
      break;
    }
    case CausePattern::flag_under_another_mutex: {
      text = fmt::format("{} {} {} ({})", who(1), did(1), name(1), at(steps[1]));
      text += fmt::format(" under {} ({})", name(4), at(steps[4]));
      text += fmt::format(", while {} held {} when it looked at it", who(0),
                          names.of_mutex(steps[3].op.address2));
      text +=
          fmt::format(" ({}): {} notified {} ({})", at(steps[0]), who(2), name(2), at(steps[2]));
      text += fmt::format(" before {} began to wait for that ({})", who(0), at(steps[3]));
      break;
    }
    case CausePattern::notify_before_change: {
      text = fmt::format("{} notified {} ({})", who(1), name(1), at(steps[1]));
      text += fmt::format(" before it {} {} ({})", did(2), name(2), at(steps[2]));
      text += fmt::format("; {} looked at that in between ({})", who(0), at(steps[0]));
      text += fmt::format(" and waits for another notification ({})", at(steps[3]));
      break;
    }
    case CausePattern::hold_and_wait: {
      text = fmt::format("{} took {} ({})", who(0), name(0), at(steps[0]));
      text +=
          fmt::format(" and {} ({}) while it holds it", wait_text(steps[1], names), at(steps[1]));
      text += fmt::format("; {} needs it ({})", who(2), at(steps[2]));
      break;
    }
    case CausePattern::one_notification: {
      text = fmt::format("{} notified one of those who wait on {} ({})", who(0), name(0),
                         at(steps[0]));
      text += fmt::format(" and woke {}", thread_name(steps[0].op.other));
      if (steps.size() > 2) text += fmt::format(", which waits again ({})", at(steps[2]));
      text +=
          fmt::format("; {} waits on ({}), and nobody notifies once more", who(1), at(steps[1]));
      break;
    }
    case CausePattern::nested_read_lock:
      text = fmt::format("{} took {} for reading ({})", who(0), name(0), at(steps[0]));
      text += fmt::format(" and locks it again ({})", at(steps[1]));
      text +=
          fmt::format(", behind {}, which waits to lock it for writing ({})", who(2), at(steps[2]));
      break;
    case CausePattern::permit_kept:
      text = fmt::format("{} took one of {} ({}) and ended without giving one back", who(0),
                         name(0), at(steps[0]));
      text += fmt::format("; {} waits for one ({})", who(1), at(steps[1]));
      break;
    case CausePattern::use_after_return:
      text = fmt::format("{} {} {} ({}), a variable of a call that had returned", who(0), did(0),
                         name(0), at(steps[0]));
      break;
    case CausePattern::aba: {
      text = fmt::format("{} loaded {} ({}); ", who(0), name(0), at(steps[0]));
      text += fmt::format("{} changed it ({})", who(1), at(steps[1]));
      text += steps[2].thread == steps[1].thread
                  ? fmt::format(" and changed it back ({})", at(steps[2]))
                  : fmt::format(" and {} changed it back ({})", who(2), at(steps[2]));
      text += fmt::format(", so that {}'s compare-exchange ({}) found what it expected", who(3),
                          at(steps[3]));
      break;
    }
  }
  return sentence(to_string(cause.pattern), text);
}

bool swap_proves(const Cause& cause) {
  return cause.passed == cause.checked && cause.more_passed == cause.more_checked;
}

std::string swap_text(const Cause& cause, std::size_t first_step, std::size_t second_step,
                      Names& names) {
  if (cause.checked == 0 || !cause.first.has_value()) return "";
  const std::string_view outcome = cause.clean ? "the program passes" : "this failure is gone";
  if (!cause.second.has_value()) {
    if (first_step == 0) return "";
    return fmt::format("If the wait does not end so in step {}, {} (checked, {}/{}).", first_step,
                       outcome, cause.passed, cause.checked);
  }
  std::string text;
  if (first_step != 0 && second_step != 0) {
    text = fmt::format("Swap steps {} and {} and", first_step, second_step);
  } else {
    Where at{names};
    const auto step = [&](const Event& event) {
      std::string what = place_text(
          {.thread = event.thread, .op = event.op, .stack = event.stack, .note = {}}, names);
      if (is_memory_access(event.op.kind)) {
        what = fmt::format("{}s {}", access_noun(event.op.kind),
                           names.of(event.op.address, event.op.kind));
      }
      return fmt::format("{} {} ({})", thread_name(event.thread), what, at(event));
    };
    text = fmt::format("If {}", step(*cause.second));
    text += fmt::format(" before {},", step(*cause.first));
  }
  if (swap_proves(cause)) {
    return fmt::format("{} {} (checked, {}/{}).", text, outcome, cause.passed + cause.more_passed,
                       cause.checked + cause.more_checked);
  }
  const auto tries = [](std::uint64_t passed, std::uint64_t checked) {
    return fmt::format("{} of {} tries", passed, checked);
  };
  text += fmt::format(" {} in {}", outcome, tries(cause.passed, cause.checked));
  if (cause.more_checked > 0) {
    text += fmt::format(", with one more preemption in {}",
                        tries(cause.more_passed, cause.more_checked));
  }
  return text + ".";
}

}  // namespace heddle
