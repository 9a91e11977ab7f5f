#include "harness/report/one_bug.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "harness/report/cause_words.h"
#include "harness/report/describe.h"
#include "harness/report/source_line.h"
#include "harness/report/waits.h"

namespace heddle {
namespace {

// The variable without the way to its members: "slots" of "slots[3].next", "m of main()" of
// "m.lock_ of main()".
std::string whole_object(std::string_view name) {
  const std::size_t end = std::min(name.find_first_of(".["), name.size());
  std::string whole{name.substr(0, end)};
  const std::size_t owner = name.find(" of ");
  if (end < name.size() && owner != std::string_view::npos && owner > end) {
    whole += name.substr(owner);
  }
  return whole;
}

// What can be the one side of a race.
bool can_race(OpKind kind) {
  return is_memory_access(kind) || is_life(kind) || kind == OpKind::object_use;
}

// Where something was done, and to what: one line that several objects go through is several spots.
struct Spot {
  std::string line;     // of the program; empty where none is known, which is equal to nothing
  std::string callers;  // the lines of the program that had led there
  std::string object;   // by a name that outlives a run; empty where it has none
};

bool is_same(const Spot& a, const Spot& b) {
  if (a.line.empty() || a.line != b.line) return false;
  return a.object.empty() || b.object.empty() ? a.callers == b.callers : a.object == b.object;
}

struct Step {
  ThreadId thread = kNoThread;
  Spot spot;
  bool can_race = false;
};

struct Facts {
  FailureKind kind = FailureKind::assertion;
  bool late_wake = false;
  std::vector<Spot> spots{};  // of the places, in their order
  std::set<std::string> functions{};
  std::vector<Spot> waits{};  // of stuck threads, but for their waits for each other's end
  CausePattern pattern = CausePattern::none;
  std::vector<Step> steps{};     // of the pattern, in its order
  std::vector<Step> decisive{};  // these, and the two whose order was shown to decide
  std::string protocol{};        // what is used wrongly, where that is more than some lines
};

class FactFinder {
 public:
  FactFinder(const ToldFailure& told, const Symbols& symbols) : told_(told), names_(symbols) {
    if (told.minimal != nullptr) names_.know(told.minimal->trace);
  }

  Facts take() {
    const Failed& failure = *told_.failure;
    Facts facts{.kind = failure.kind, .late_wake = failure.late_wake};
    for (const Place& place : failure.places) {
      facts.spots.push_back(spot(place.op, place.stack));
      facts.functions.insert(source_of(names_.symbols(), place.op.pc, place.stack).function);
    }
    if (is_stuck(failure.kind)) {
      for (const Place& place : waiting_places(failure, nullptr)) {
        if (place.op.kind == OpKind::thread_join) continue;
        facts.waits.push_back(spot(place.op, place.stack));
      }
    }
    if (told_.minimal != nullptr && told_.minimal->cause.has_value()) {
      add_cause(*told_.minimal->cause, facts);
    }
    return facts;
  }

 private:
  std::string object_of(Address address) {
    if (address == 0) return "";
    const std::string object = whole_object(names_.object(address));
    // What the heap gave out is known by where that was, not by its number in this run.
    const std::string origin = names_.origin(address);
    return origin.empty() ? object : object.substr(0, object.find(' ')) + ' ' + origin;
  }

  Spot spot(const Op& op, const std::vector<Address>& stack) {
    Spot result{.line = {}, .callers = {}, .object = object_of(op.address)};
    for (const Frame& frame : frames_of(names_.symbols(), op.pc, stack)) {
      if (is_library(frame) || frame.line == 0) continue;
      std::string line = fmt::format("{}:{}:{}", frame.file, frame.line, frame.function);
      if (result.line.empty()) {
        result.line = std::move(line);
      } else {
        result.callers += line + '|';
      }
    }
    return result;
  }

  Step step_of(const Event& event) {
    return {.thread = event.thread,
            .spot = spot(event.op, event.stack),
            .can_race = can_race(event.op.kind)};
  }

  void add_cause(const Cause& cause, Facts& facts) {
    facts.pattern = cause.pattern;
    if (cause.pattern != CausePattern::none) {
      for (const Event& event : cause.steps) facts.steps.push_back(step_of(event));
      facts.decisive = facts.steps;
    }
    if (cause.checked > 0 && swap_proves(cause) && cause.first.has_value() &&
        cause.second.has_value()) {
      facts.decisive.push_back(step_of(*cause.first));
      facts.decisive.push_back(step_of(*cause.second));
    }
    // One condition variable under two mutexes: whichever of them it is in this run.
    if (cause.pattern == CausePattern::flag_under_another_mutex && cause.steps.size() == 5) {
      const std::string first = object_of(cause.steps[3].op.address2);
      const std::string second = object_of(cause.steps[4].op.address);
      const std::string condition = object_of(cause.steps[2].op.address);
      if (!first.empty() && !second.empty() && !condition.empty()) {
        facts.protocol =
            fmt::format("{}|{}|{}", condition, std::min(first, second), std::max(first, second));
      }
    }
  }

  const ToldFailure& told_;
  Names names_;
};

bool is_race(const Facts& facts) {
  return facts.kind == FailureKind::data_race && facts.spots.size() == 2;
}

bool is_between_places_of(const Facts& head, const Facts& race) {
  if (!is_race(race) || race.spots[0].line.empty() || race.spots[1].line.empty()) return false;
  // A line may access several objects, and the cause names one of them.
  const auto is_of = [&](const Step& one, const Step& other) {
    const std::string& object = race.spots[0].object;
    if (!object.empty() && !one.spot.object.empty() && !other.spot.object.empty()) {
      return object == one.spot.object || object == other.spot.object;
    }
    return one.spot.callers == race.spots[0].callers && other.spot.callers == race.spots[1].callers;
  };
  for (const Step& one : head.decisive) {
    if (!one.can_race || one.spot.line != race.spots[0].line) continue;
    for (const Step& other : head.decisive) {
      if (other.can_race && other.thread != one.thread && other.spot.line == race.spots[1].line &&
          is_of(one, other)) {
        return true;
      }
    }
  }
  return false;
}

// Each of the one among the others, and the other way round.
bool are_same(const std::vector<Spot>& some, const std::vector<Spot>& others) {
  const auto all_among = [](const std::vector<Spot>& these, const std::vector<Spot>& those) {
    return std::all_of(these.begin(), these.end(), [&those](const Spot& one) {
      return std::any_of(those.begin(), those.end(),
                         [&one](const Spot& other) { return is_same(one, other); });
    });
  };
  return !some.empty() && !others.empty() && all_among(some, others) && all_among(others, some);
}

// What is lost, torn or seen too early by two threads in the same places, whichever it is.
bool has_same_cause(const Facts& a, const Facts& b) {
  if (a.pattern == CausePattern::none || b.pattern == CausePattern::none) return false;
  if (!a.protocol.empty() && a.protocol == b.protocol) return true;
  const auto spots = [](const std::vector<Step>& steps) {
    std::vector<Spot> result;
    for (const Step& step : steps) result.push_back(step.spot);
    return result;
  };
  return are_same(spots(a.steps), spots(b.steps));
}

bool has_same_waits(const Facts& a, const Facts& b) {
  return a.kind == b.kind && are_same(a.waits, b.waits);
}

bool is_on_same_object(const Facts& a, const Facts& b) {
  return is_race(a) && is_race(b) && !a.spots[0].object.empty() &&
         a.spots[0].object == b.spots[0].object && a.functions == b.functions &&
         !a.functions.contains("");
}

// What ThreadSanitizer says of locks in two orders where they are in a run's way, or of a use of
// what was freed.
bool is_told_by(const Facts& head, const Facts& report) {
  const auto has_line = [](const std::vector<Spot>& spots, const Spot& one) {
    return std::any_of(spots.begin(), spots.end(),
                       [&](const Spot& spot) { return spot.line == one.line; });
  };
  if (report.spots.empty() || report.spots.front().line.empty()) return false;
  if (report.kind == FailureKind::lock_inversion && head.kind == FailureKind::deadlock) {
    return std::all_of(report.spots.begin(), report.spots.end(),
                       [&](const Spot& one) { return has_line(head.waits, one); });
  }
  return report.kind == FailureKind::other_report && head.kind == FailureKind::use_after_free &&
         has_line(head.spots, report.spots.front());
}

SameBug same_bug(const Facts& head, const Facts& other) {
  // What needs a late wake-up is told as such.
  if (head.late_wake != other.late_wake) return SameBug::no;
  if (is_between_places_of(head, other)) return SameBug::places_of_cause;
  if (has_same_cause(head, other)) return SameBug::same_cause;
  if (has_same_waits(head, other)) return SameBug::same_waits;
  if (is_told_by(head, other)) return SameBug::same_places;
  if (is_on_same_object(head, other)) return SameBug::same_object;
  return SameBug::no;
}

}  // namespace

std::string_view to_string(SameBug why) {
  switch (why) {
    case SameBug::no:
      return "";
    case SameBug::places_of_cause:
      return "in places of the cause";
    case SameBug::same_cause:
      return "of the same cause";
    case SameBug::same_waits:
      return "with waits in the same lines";
    case SameBug::same_places:
      return "in the same lines";
    case SameBug::same_object:
      return "by the same functions, on the same object";
  }
  return "";
}

std::vector<BesideWhich> one_bug_each(std::span<const ToldFailure> failures,
                                      const Symbols& symbols) {
  std::vector<BesideWhich> result(failures.size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i].head = i;
  if (failures.size() < 2) return result;
  std::vector<Facts> facts;
  facts.reserve(failures.size());
  for (const ToldFailure& told : failures) facts.push_back(FactFinder(told, symbols).take());
  // Those that explain most lead: how the program itself fails, by a cause.
  const auto rank = [&](std::size_t i) {
    return std::tuple(facts[i].pattern == CausePattern::none, is_race(facts[i]),
                      failures[i].minimal == nullptr, i);
  };
  std::vector<std::size_t> order(failures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  for (std::size_t at = 1; at < order.size(); ++at) {
    const std::size_t i = order[at];
    for (std::size_t before = 0; before < at; ++before) {
      const std::size_t other = order[before];
      const SameBug why = same_bug(facts[other], facts[i]);
      if (why == SameBug::no) continue;
      result[i] = {result[other].head, why};
      break;
    }
  }
  return result;
}

}  // namespace heddle
