// All orders of a small program, without any reduction, and what makes two of them one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "fuzz/strategy/strategy.h"
#include "tests/unit/fuzz/strategy/small_program.h"

namespace heddle::oracle {

struct Event {
  std::size_t thread = 0;
  int number = 0;  // of the thread's
  Machine::Effect effect;
};

// Whether two neighbours may be swapped without anybody seeing a difference.
bool commute(const Machine::Effect& a, const Machine::Effect& b);

// Of a schedule: each ordered pair of operations of two threads that do not commute, and what each
// thread did. The same for all schedules that differ in the order of operations that commute.
using Class = std::vector<std::tuple<std::size_t, int, std::size_t, int>>;

// What a run that failed had done besides is not known: of that the class holds what came before
// the failure, in every order of the same class.
Class class_of(const std::vector<Event>& events, bool failed);

// Rounds of loops that change nothing are no part of a schedule. A thread that is left amid one has
// not begun it, or, if what it has looked at was changed since, would look again: then there is no
// such schedule, and the answer is false.
bool leave_out_rounds(const Machine& machine, std::vector<Event>& events);

struct Classes {
  std::map<Class, int> ended;  // and in how many schedules
  std::map<Class, int> failed;
};

// All schedules without rounds that change nothing.
class Enumeration {
 public:
  // False if there are more schedules than `most`, or one that may go on for ever: two loops that
  // change the same to and fro.
  bool run(const Machine& machine, std::size_t most);
  const Classes& classes() const { return classes_; }

 private:
  void go_on(const Machine& machine, const std::vector<int>& numbers);
  void end(const Machine& machine);

  static constexpr std::size_t kLongest = 60;

  std::size_t most_ = 0;
  std::size_t schedules_ = 0;
  std::vector<Event> events_;
  Classes classes_;
};

struct Walked {
  Classes classes;  // how often each was executed
  std::uint64_t redundant = 0;
  Exploration exploration;
};

// The search of a strategy, from its beginning to its end.
Walked walk(const Machine& machine, Strategy& strategy);

}  // namespace heddle::oracle
