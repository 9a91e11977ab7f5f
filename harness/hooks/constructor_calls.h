// Before main the loader calls the constructors of the program's libraries, in no order that Heddle
// could rely on, so nothing marks their code as the program's (t_program_code). It is told by the
// address that a call comes from.
#pragma once

#include "harness/model/op.h"

namespace heddle::constructor_calls {

// Every library is constructed: what is called from now on is marked, or it is not the program's.
extern bool g_over __attribute__((visibility("hidden")));

// Whether `pc` lies in a library of the program, or in the C++ library's operator new.
bool is_program(Address pc);

// Whether a call from `pc` is made on behalf of a constructor of one of the program's libraries.
inline bool made_from(Address pc) {
  return !g_over && is_program(pc);
}

}  // namespace heddle::constructor_calls
