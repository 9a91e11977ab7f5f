// Functions and their local variables in debug information.
#pragma once

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/trace.h"

namespace heddle {

// The compilation unit with this code, or null.
Dwarf_Die* unit_of(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr* bias);

// The functions around an address, outermost first, those that were inlined included. Not
// dwarf_getscopes(): it misses what was inlined into a function that clang nests in a namespace.
struct FunctionRange {
  Dwarf_Addr end = 0;
  Dwarf_Die function{};
};
using FunctionRanges = std::map<Dwarf_Addr, FunctionRange>;  // by where they begin
std::vector<Dwarf_Die> functions_at(const FunctionRanges& ranges, Dwarf_Addr address);

// The functions of a unit that are none of another's. To go through one of some size takes
// milliseconds.
FunctionRanges function_ranges(Dwarf_Die unit);

// The line where it is defined, if that is said, else where it is declared; 0: not known.
unsigned declared_line(Dwarf_Die* die);

// Of the unit's file: a compiler that was given a relative path records it so, and where it ran.
std::string path_of(Dwarf_Die* cu, const char* file);

// The file and the line that a function was inlined into; empty and 0: not known.
std::string call_file(Dwarf_Die* cu, Dwarf_Die* inlined);
unsigned call_line(Dwarf_Die* inlined);

// The address that the debug information of a function reckons local variables from.
std::optional<Address> frame_base(Dwarf_Die function, const StackFrame& frame);

struct LocalVariable {
  std::string name;
  Dwarf_Die type;
  Dwarf_Word offset = 0;  // of the byte that was asked for
};
// The variable or parameter of `function`, or of a block around `pc` in it, with the byte at
// `address`. `base`: as of the outermost function around.
std::optional<LocalVariable> find_local(Dwarf_Die function, Dwarf_Addr pc, const StackFrame& frame,
                                        Address base, Address address);

// What the pointer points to that is declared in this line, or in an object that is.
std::optional<Dwarf_Die> pointee_declared(Dwarf_Die function, unsigned line);

}  // namespace heddle
