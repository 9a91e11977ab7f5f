// The cause of a failure in words.
#pragma once

#include <cstddef>
#include <string>

#include "harness/report/describe.h"
#include "harness/search/result.h"

namespace heddle {

// Why a failure happens, in one sentence with its places: "Lost update: T2 wrote counter
// (prog.cpp:7) between T1's read and write of it (:7)." Empty where no pattern is known.
std::string cause_text(const Cause& cause, Names& names);

// Every run with the other order ended well. Else that order is what helps, and proves nothing.
bool swap_proves(const Cause& cause);

// The order that decides, and what was checked of it: "Swap steps 1 and 3 and the program passes
// (checked, 5/5).", or how many of the runs that tried it passed. The steps are numbers in the
// interleaving that is shown; 0: it does not show them. Empty if no order was checked.
std::string swap_text(const Cause& cause, std::size_t first_step, std::size_t second_step,
                      Names& names);

}  // namespace heddle
