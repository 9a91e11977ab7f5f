// What the program and its own libraries ask the C library for, by their symbol tables.
#pragma once

namespace heddle::program_imports {

// Some function that tells or changes the position in a file.
bool moves_in_files();
// flockfile() or its kin.
bool locks_streams();
// Some function that reads from a file other than standard input, or asks for its size.
bool reads_files();

}  // namespace heddle::program_imports
