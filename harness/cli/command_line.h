// The command as it was given.
#pragma once

#include <string>

namespace heddle {

// Quoted for a shell, with "heddle" in front, whatever path it was started by.
std::string command_line();

}  // namespace heddle
