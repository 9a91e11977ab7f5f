// How a process has ended, in words.
#pragma once

#include <string>

namespace heddle {

// How a process ended, by its wait status: "was killed by signal 9 (SIGKILL)".
std::string describe_end(int wait_status);

}  // namespace heddle
