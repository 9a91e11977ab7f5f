// Objects of the libraries whose state Heddle does not put back between runs.
#pragma once

namespace heddle {

// Whether this lies in the data of a system library (system_libraries.h). What is initialised there
// once is so in the first run and in no other: to have it as a step would make runs differ. Quick
// where it has been asked before. Any thread may ask.
bool in_system_library(const void* object);

}  // namespace heddle
