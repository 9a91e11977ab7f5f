// Names in symbol tables and debug information, as a person would write them.
#pragma once

#include <elfutils/libdw.h>

#include <string>

namespace heddle {

// A symbol as it stands in the source; what is no mangled name stays as it is. Null: empty.
std::string demangled(const char* name);

// "counter" for the symbol of a variable, "main::counter" for that of a static local.
std::string variable_name(const char* symbol);

// "bank::transfer(int)"; without a linkage name as it was declared. Empty where it has none.
std::string function_name(Dwarf_Die* die);

}  // namespace heddle
