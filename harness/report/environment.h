// Where a report was made: what somebody else needs to see the same.
#pragma once

#include <string>
#include <string_view>

namespace heddle {

// Each field is one line, empty where it is not known.
struct ReportEnvironment {
  std::string heddle;     // version
  std::string compiler;   // of the program, with its flags, as its debug information has it
  std::string build_id;   // of the program, in hexadecimal digits
  std::string libc;       // "glibc 2.36"
  std::string kernel;     // "Linux 6.1.0 x86_64"
  std::string processor;  // the model's name
  std::string command;    // quoted for a shell
};

// "0.1.0"
std::string_view heddle_version();

// `program`: path. What cannot be read stays empty.
ReportEnvironment environment_of(const std::string& program, std::string command);

// A path as a stranger may read it: without the folders of this machine. Relative paths are left as
// they are, of others the last two parts remain.
std::string short_path(std::string_view path);

}  // namespace heddle
