#pragma once

#include <string>

namespace heddle::bench {

// Path of the case's program. Throws std::runtime_error if there is none of that name.
std::string case_program(const std::string& name);

}  // namespace heddle::bench
