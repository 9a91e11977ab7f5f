// Small programs whose threads race on two plain variables, and what can come of each by an
// enumeration of its own, which shares nothing with Heddle.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace heddle::verdicts {

// One operation, in the letters of programs/racing.cpp.
struct RacingStep {
  char what = 'l';
  int place = 0;
  int value = 0;
};

// Steps that are taken or left out together: a lock and its unlock.
using RacingBlock = std::vector<RacingStep>;
using RacingThread = std::vector<RacingBlock>;

struct RacingProgram {
  char layout = 'f';  // where the two variables are: see programs/racing.cpp
  std::vector<RacingThread> threads;
};

// Two threads of up to four blocks, or three of fewer, so short that an exhaustive search without
// reduction comes to its end in a few thousand runs.
rc::Gen<RacingProgram> racing_program();

// The argument of programs/racing.cpp, and the program that it stands for, each step a block.
std::string to_text(const RacingProgram& program);
RacingProgram racing_program_of(const std::string& text);

// C++ of a function `name`() that executes the program over volatile variables, each step of it
// written out where it stands, and ends the process by the outcome as a failed assertion. It wants
// what racing_prelude() declares.
std::string to_source(const RacingProgram& program, const std::string& name);
std::string racing_prelude();

// All that can come of the program if accesses happen one after the other: what each thread has
// seen and what the variables hold in the end, as the program words it. Found by trying every
// order.
std::set<std::string> outcomes_of(const RacingProgram& program);

// How many orders of accesses, locks, starts and ends of threads there are; it stops at `limit`.
std::uint64_t count_orders(const RacingProgram& program, std::uint64_t limit);

}  // namespace heddle::verdicts
