// abort() and failed assertions of a program that handles SIGABRT: a handler that does not return
// (siglongjmp(), _Exit()) keeps the program alive, or ends it as it likes (C17 7.22.4.1).
//
// Many handlers write down where it happened, and then die of the same signal with its own effect,
// or end the process: the run is then said to fail by what the handler was called for.
#pragma once

#include <signal.h>

#include "harness/model/op.h"

namespace heddle::caught_abort {

// What called abort(): the program itself, or an assertion that failed.
struct Cause {
  const char* expression = nullptr;  // of the assertion; null: there is none
  const char* file = nullptr;
  unsigned line = 0;
  const char* function = nullptr;
  Address pc = 0;
};

// Whether the program handles SIGABRT at this moment.
bool is_handled();

// As abort() does first: lets SIGABRT in, and raises it. Returns if the program's handler does.
void raise_for(const Cause& cause);

// The one that the calling code is in a handler for; null if it is in none, or in one that was left
// by a jump.
const Cause* under_way();

// The same, if this signal, raised now, would end the process.
const Cause* ended_by(int signal);

}  // namespace heddle::caught_abort
