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
  // To be called before processes are forked, if not those of before were for the same.
  // `for_one_run`: they restore nothing, and what they would do it by is left out of them; and as
  // the program is in the state that was taken, so is what the kernel can get again.
  void prepare_to_fork(bool for_one_run);

 private:
  struct Segment {
    unsigned char* begin;
    std::vector<unsigned char> copy;
    Address anonymous;  // from here on it is of no file, and was zeros once
  };

  static void restore(const Segment& segment);

  std::vector<Segment> segments_;
};

}  // namespace heddle
