// What tells one build of a program from another, and from another program.
#pragma once

#include <string>

#include "harness/model/replay_token.h"

namespace heddle {

// Of the code and the data that the file has the loader put into memory. What the sources are
// called, when and where it was built, and debug information do not count: a stripped copy is the
// same build. 0 if the file cannot be read or is no program.
BuildMark program_build(const std::string& path);

}  // namespace heddle
