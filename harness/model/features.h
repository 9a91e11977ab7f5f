// What a program was seen to use that decides how far a search of it reaches.
#pragma once

namespace heddle {

struct Features {
  // An atomic access of an order below seq_cst: a load may then see another store than the latest.
  bool weaker_atomics = false;
  bool compare_exchange = false;
  // A thread was interrupted in a loop of code that is not instrumented: where, no schedule says.
  bool interrupted = false;

  Features& operator|=(const Features& other) {
    weaker_atomics |= other.weaker_atomics;
    compare_exchange |= other.compare_exchange;
    interrupted |= other.interrupted;
    return *this;
  }
  friend bool operator==(const Features&, const Features&) = default;
};

}  // namespace heddle
