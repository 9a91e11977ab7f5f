// What stands in a source file, as far as one can tell without compiling it.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace heddle::grade {

struct SourceText {
  // Outside comments, literals and #include lines.
  std::set<std::string, std::less<>> identifiers;
  bool defines_macros = false;  // #define or #undef
  // Why one cannot tell what the compiler makes of it; empty for what people write.
  std::string unclear;
};

SourceText read_source_text(std::string_view text);

// What the compiler is left with of a source, by what its preprocessor (-E) says: macros are
// expanded, and what comes from the system's headers is left out.
std::set<std::string, std::less<>> read_own_identifiers(std::string_view preprocessed);

}  // namespace heddle::grade
