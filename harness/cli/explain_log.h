// heddle explain --tsan-log FILE PROGRAM.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/engine/engine.h"

namespace heddle {

struct ExplainLogOptions {
  std::string log;  // a file, or "-"
  std::string program;
  std::vector<std::string> program_args;
  std::uint64_t runs = 10'000;
  Job job;  // as the options of all commands have it
};

// The exit status: 1 if a race of the log was found, 0 if none was.
int explain_log(const ExplainLogOptions& options);

}  // namespace heddle
