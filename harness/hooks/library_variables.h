// Variables of the C library that programs read and write by themselves: what its functions do with
// them is told as accesses to them, so that they conflict with the program's own. Beside the hidden
// state of the same functions, and only where the program knows the variable.
#pragma once

#include <stdio.h>

#include "harness/model/op.h"

namespace heddle::library_variables {

// `environ`, and the array that it leads to. Another name for the array is main's third parameter,
// so that changes in it are told in any case.
void read_environment(Address pc);
void set_in_environment(const char* name, bool replace, Address pc);
void remove_from_environment(const char* name, Address pc);
void clear_environment(Address pc);

// tzname, timezone and daylight, which the C library sets under a lock of its own.
void set_time_zone(Address pc);

// The streams that printf(), scanf() and their kin use, as they are once other threads have had
// their chance.
FILE* input(Address pc);
FILE* output(Address pc);
FILE* error_output(Address pc);

}  // namespace heddle::library_variables
