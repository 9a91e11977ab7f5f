// Where in the program an operation was asked for.
#pragma once

#include <vector>

#include "harness/engine/call_stack.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle::relacy {

// `captured`: what capture_stack() gave; `stack`: the callers of `op`. A lock taken inside
// libstdc++ belongs to the program's line that asked for it.
void set_stack(Op& op, std::vector<Address>& stack, std::vector<Address> captured,
               const ProgramCode& code);

// The calling thread's place. Slow, as capture_stack() is.
Place here(ThreadId thread, const Op& op, const ProgramCode& code);

}  // namespace heddle::relacy
