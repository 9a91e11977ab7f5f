// A place in the source as somebody else has written it, and whether code stands there.
#pragma once

#include <string>

#include "harness/report/describe.h"

namespace heddle {

struct SourcePlace {
  std::string file;
  unsigned line = 0;
  std::string function{};  // with or without parameters; empty: any

  friend bool operator==(const SourcePlace&, const SourcePlace&) = default;
};

// "prog.cpp:7".
std::string place_text(const SourcePlace& place);

// The same line of the same file and function. Folders may differ, as they do between machines; and
// compilers name functions without a name of their own each in their way.
bool is_at(const SourceLine& source, const SourcePlace& place);

}  // namespace heddle
