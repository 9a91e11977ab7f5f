// A call by which the program may wait for long for what is outside of the process.
#pragma once

#include "harness/hooks/engine_table.h"
#include "harness/hooks/program_heap.h"

namespace heddle {

// As long as it lives the thread waits, and real ones may be told to leave. Nothing that must be
// given back may be held meanwhile: the thread does not come back then.
class WaitOutside {
 public:
  WaitOutside() { tell(true); }
  WaitOutside(const WaitOutside&) = delete;
  WaitOutside& operator=(const WaitOutside&) = delete;
  ~WaitOutside() { tell(false); }

 private:
  static void tell(bool begins) {
    if (t_program_code) g_engine_table->waits_outside(begins);
  }
};

}  // namespace heddle
