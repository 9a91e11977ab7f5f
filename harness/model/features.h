// What a program was seen to use that decides how far a search of it reaches.
#pragma once

namespace heddle {

struct Features {
  // An atomic access of an order below seq_cst: a load may then see another store than the latest.
  bool weaker_atomics = false;
  bool compare_exchange = false;
  bool weak_exchange = false;     // a weak one
  bool unknown_exchange = false;  // one of which the compiler does not say whether it is weak
  bool condition_wait = false;    // under relacy
  bool gives_way = false;         // a yield or a sleep, under relacy
  bool own_clocks = false;        // two threads of a run have looked at a clock, under fuzz
  bool shared_locals = false;     // a thread has accessed another's local variable, under fuzz
  // A thread was interrupted in a loop of code that is not instrumented: where, no schedule says.
  bool interrupted = false;

  Features& operator|=(const Features& other) {
    weaker_atomics |= other.weaker_atomics;
    compare_exchange |= other.compare_exchange;
    weak_exchange |= other.weak_exchange;
    unknown_exchange |= other.unknown_exchange;
    condition_wait |= other.condition_wait;
    gives_way |= other.gives_way;
    own_clocks |= other.own_clocks;
    shared_locals |= other.shared_locals;
    interrupted |= other.interrupted;
    return *this;
  }
  friend bool operator==(const Features&, const Features&) = default;
};

}  // namespace heddle
