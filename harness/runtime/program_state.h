// The program's memory as it was before main, and back to it before each run.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

// The writable segments of the executable and of its own libraries, without what the loader made
// read-only, the variables of the C and C++ libraries that programs write by name, and the
// program's heap. Else libraries of the system keep their state.
class ProgramState {
 public:
  // Takes the state that is to come back. Call once, after the program's constructors.
  void take_snapshot();
  void restore();

 private:
  struct Segment {
    unsigned char* begin;
    std::vector<unsigned char> copy;
  };
  std::vector<Segment> segments_;
};

}  // namespace heddle
