// From where a hook was called, and where of the program's stack that is.
#pragma once

#include "harness/model/op.h"

// `extern "C"` and default visibility make the symbol one that the loader offers to the program.
#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))

// In a hook alone: its return address in the caller.
#define HEDDLE_RETURN_ADDRESS reinterpret_cast<heddle::Address>(__builtin_return_address(0))
// The same of a hook in which the thread may stop, so that others see its stack as it is here.
#define HEDDLE_PC heddle::note_caller(__builtin_frame_address(0), __builtin_return_address(0))

namespace heddle {

// The stack pointer of the function that called the hook in which this thread is: below it nothing
// of the program lives. 0 if that is not known.
extern constinit thread_local Address t_caller_frame
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

// A hook's own frame begins with its caller's frame pointer and the return address.
inline Address note_caller(const void* frame, const void* return_address) {
  t_caller_frame = reinterpret_cast<Address>(frame) + 2 * sizeof(void*);
  return reinterpret_cast<Address>(return_address);
}

}  // namespace heddle
