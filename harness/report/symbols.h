// Names for addresses in the program under test.
#pragma once

#include <string>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

struct Frame {
  std::string function;        // demangled; empty if unknown
  std::string file;            // as the compiler recorded it; empty without debug information
  unsigned line = 0;           // from 1; 0 if unknown
  unsigned function_line = 0;  // where the function is declared; 0 if unknown

  friend bool operator==(const Frame&, const Frame&) = default;
};

// Behind an interface so that reports can be tested without a program.
class Symbols {
 public:
  Symbols() = default;
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;
  virtual ~Symbols() = default;

  // The source of a call, given its return address: the innermost inlined function first, the
  // function that really contains the call last. Empty if nothing is known.
  virtual std::vector<Frame> code(Address return_address) const = 0;

  // The object that holds this byte, e.g. "counter", "queue.size", "slots[3]", "obj+8"; empty for
  // heap, stacks and whatever else has no name in the program.
  virtual std::string data(Address address) const = 0;
};

}  // namespace heddle
