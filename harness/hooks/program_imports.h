// What the program and its own libraries ask the C library for, by their symbol tables.
#pragma once

#include <cstdint>

namespace heddle::program_imports {

enum class Kind : std::uint8_t {
  moves,             // tells or changes the position in a file
  locks_streams,     // flockfile() or its kin
  reads,             // reads from a file other than standard input, or asks for its size
  changes_folder,    // the working directory
  sets_mask,         // of the modes of new files
  sees_numbers,      // gets to know the number of a new descriptor
  sets_handlers,     // of signals
  sees_environment,  // `environ`, the variable
  sees_time_zone,    // tzname, timezone, daylight
  sees_streams,      // stdin, stdout, stderr, the variables
  has_streams,       // std::cout or its kin, or loads a library that may
};

// Whether there is some function, or variable, of this kind.
bool has(Kind kind);

inline bool moves_in_files() {
  return has(Kind::moves);
}
inline bool locks_streams() {
  return has(Kind::locks_streams);
}
inline bool has_standard_streams() {
  return has(Kind::has_streams);
}
inline bool reads_files() {
  return has(Kind::reads);
}

}  // namespace heddle::program_imports
