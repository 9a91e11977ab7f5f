// Where the calling thread is, for reports.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/model/op.h"
#include "harness/model/trace.h"

namespace heddle {

// The program's own code: the executable and its libraries, without the system's and Heddle's.
class ProgramCode {
 public:
  // As loaded now.
  ProgramCode();

  bool contains(Address pc) const {
    for (const Range& range : ranges_) {
      if (pc >= range.begin && pc < range.end) return true;
    }
    return false;
  }

 private:
  struct Range {
    Address begin;
    Address end;
  };
  std::vector<Range> ranges_;
};

// Return addresses of the calling thread, innermost first, from the first frame of the program's
// own code on, and no more of Heddle's below. Follows the unwind tables, so no frame pointers are
// needed. Slow (microseconds a frame): for failures and traces only.
// `frames`: where these functions have their local variables; `thread` stands in each.
std::vector<Address> capture_stack(const ProgramCode& code,
                                   std::vector<StackFrame>* frames = nullptr, ThreadId thread = 0);

// A number for all that the calling thread may do next hangs on, but for memory that others can
// reach: the registers that outlast a call, as they are at `pc`, the return address of a hook in
// which it is, and its stack from there to `stack_top`. 0 if that is not known. As slow.
std::uint64_t state_at(Address pc, Address stack_top);

}  // namespace heddle
