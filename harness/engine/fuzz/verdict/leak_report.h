// What a run leaves behind in the heap, for a job that asks for it.
#pragma once

#include "harness/model/op.h"

namespace heddle {

// Once a run, before its first step.
void begin_allocations();
void note_allocation(Address block);
void note_free(Address block);

// Adds a report to the result for each place of the program that leaked. `main_returned`: main's
// own frames are gone.
void report_leaks(bool main_returned);

}  // namespace heddle
