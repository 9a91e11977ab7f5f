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
};

SourceText read_source_text(std::string_view text);

}  // namespace heddle::grade
