#include "harness/report/debug_names.h"

#include <cxxabi.h>
#include <dwarf.h>

#include <cstdlib>
#include <memory>
#include <string_view>

#include "harness/report/debug_types.h"

namespace heddle {

std::string demangled(const char* name) {
  if (name == nullptr) return "";
  int status = 0;
  const std::unique_ptr<char, FreeMemory> text{
      abi::__cxa_demangle(name, nullptr, nullptr, &status)};
  return status == 0 && text != nullptr ? text.get() : name;
}

// "counter.0" is how g++ names a static local of C, "main::counter" what a person wrote.
std::string variable_name(const char* symbol) {
  std::string name = demangled(symbol);
  const std::size_t dot = name.rfind('.');
  if (dot != std::string::npos && dot > 0 &&
      name.find_first_not_of("0123456789", dot + 1) == std::string::npos) {
    name.resize(dot);
  }
  // The dynamic linker's version, as in "stdout@GLIBC_2.2.5".
  if (const std::size_t at = name.find('@'); at != std::string::npos) name.resize(at);
  for (const std::string_view noise : {"(anonymous namespace)::", "[abi:cxx11]"}) {
    for (auto at = name.find(noise); at != std::string::npos; at = name.find(noise)) {
      name.erase(at, noise.size());
    }
  }
  // A static local of a function: its parameters say nothing.
  if (const auto open = name.find('('); open != std::string::npos) {
    const auto close = name.rfind(')');
    if (close != std::string::npos && name.compare(close + 1, 2, "::") == 0) {
      name.erase(open, close + 1 - open);
    }
  }
  return without_template_arguments(name);
}

std::string function_name(Dwarf_Die* die) {
  for (const unsigned attribute : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
    Dwarf_Attribute memory;
    Dwarf_Attribute* found = dwarf_attr_integrate(die, attribute, &memory);
    if (const char* name = dwarf_formstring(found)) return demangled(name);
  }
  Dwarf_Attribute memory;
  const char* name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &memory));
  return name == nullptr ? "" : name;
}

}  // namespace heddle
