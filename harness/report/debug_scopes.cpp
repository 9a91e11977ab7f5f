#include "harness/report/debug_scopes.h"

#include <dwarf.h>

#include <cstddef>
#include <filesystem>
#include <iterator>

#include "harness/report/debug_types.h"

namespace heddle {
namespace {

// Scopes nest without end only in damaged debug information.
constexpr int kDeepest = 128;

// Those inlined into a function, or into one that is.
bool collect_functions(Dwarf_Die parent, Dwarf_Addr address, int depth,
                       std::vector<Dwarf_Die>& functions) {
  Dwarf_Die die;
  if (depth > kDeepest || dwarf_child(&parent, &die) != 0) return false;
  do {
    switch (dwarf_tag(&die)) {
      case DW_TAG_structure_type:
      case DW_TAG_class_type:
        if (collect_functions(die, address, depth + 1, functions)) return true;
        break;
      case DW_TAG_subprogram:
      case DW_TAG_inlined_subroutine:
        if (dwarf_haspc(&die, address) != 1) break;
        functions.push_back(die);
        collect_functions(die, address, depth + 1, functions);
        return true;
      case DW_TAG_lexical_block:
        if (dwarf_haspc(&die, address) != 1) break;
        collect_functions(die, address, depth + 1, functions);
        return true;
      default:
        break;
    }
  } while (dwarf_siblingof(&die, &die) == 0);
  return false;
}

void collect_ranges(Dwarf_Die parent, int depth, FunctionRanges& ranges) {
  Dwarf_Die die;
  if (depth > kDeepest || dwarf_child(&parent, &die) != 0) return;
  do {
    switch (dwarf_tag(&die)) {
      case DW_TAG_namespace:
      case DW_TAG_structure_type:
      case DW_TAG_class_type:
        collect_ranges(die, depth + 1, ranges);
        break;
      case DW_TAG_subprogram: {
        Dwarf_Addr base = 0;
        Dwarf_Addr begin = 0;
        Dwarf_Addr end = 0;
        for (std::ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &begin, &end)) > 0;) {
          ranges.try_emplace(begin, FunctionRange{.end = end, .function = die});
        }
        break;
      }
      default:
        break;
    }
  } while (dwarf_siblingof(&die, &die) == 0);
}

// What an operation of a location reckons from; `base` is the function's own.
std::optional<Address> origin_of(unsigned operation, const StackFrame& frame,
                                 std::optional<Address> base) {
  // The registers by their numbers of the System V ABI: rbp is 6, rsp 7.
  switch (operation) {
    case DW_OP_fbreg:
      return base;
    case DW_OP_call_frame_cfa:
      return frame.end;
    case DW_OP_reg6:
    case DW_OP_breg6:
      // Below the return address, where it was saved.
      return frame.end - 16;
    case DW_OP_reg7:
    case DW_OP_breg7:
      return frame.begin;
    default:
      return std::nullopt;
  }
}

std::optional<LocalVariable> find_local(Dwarf_Die scope, Dwarf_Addr pc, const StackFrame& frame,
                                        Address base, Address address, int depth) {
  Dwarf_Die die;
  if (depth > kDeepest || dwarf_child(&scope, &die) != 0) return std::nullopt;
  std::optional<LocalVariable> found;
  do {
    const int tag = dwarf_tag(&die);
    if (tag == DW_TAG_lexical_block && dwarf_haspc(&die, pc) == 1) {
      // What is declared further inside hides what has gone out of use.
      if (auto inner = find_local(die, pc, frame, base, address, depth + 1)) return inner;
    }
    if (tag != DW_TAG_variable && tag != DW_TAG_formal_parameter) continue;
    Dwarf_Attribute memory;
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (dwarf_getlocation_addr(dwarf_attr(&die, DW_AT_location, &memory), pc, &operations, &count,
                               1) != 1 ||
        count != 1) {
      continue;
    }
    const std::optional<Address> from = origin_of(operations[0].atom, frame, base);
    if (!from.has_value()) continue;
    Dwarf_Attribute name_memory;
    const char* name = dwarf_formstring(dwarf_attr_integrate(&die, DW_AT_name, &name_memory));
    Dwarf_Die type;
    Dwarf_Word size = 0;
    if (name == nullptr || !type_of(&die, &type)) continue;
    Dwarf_Die sized = type;
    const Address begin = *from + operations[0].number;
    if (dwarf_aggregate_size(&sized, &size) != 0 || address < begin || address - begin >= size) {
      continue;
    }
    found = LocalVariable{.name = name, .type = type, .offset = address - begin};
  } while (dwarf_siblingof(&die, &die) == 0);
  return found;
}

void find_declared(Dwarf_Die scope, unsigned line, int depth, std::optional<Dwarf_Die>& target) {
  Dwarf_Die die;
  if (depth > kDeepest || dwarf_child(&scope, &die) != 0) return;
  do {
    if (dwarf_tag(&die) == DW_TAG_lexical_block) find_declared(die, line, depth + 1, target);
    if (dwarf_tag(&die) != DW_TAG_variable) continue;
    Dwarf_Attribute memory;
    Dwarf_Word declared = 0;
    Dwarf_Die type;
    if (dwarf_formudata(dwarf_attr_integrate(&die, DW_AT_decl_line, &memory), &declared) != 0 ||
        declared != line || !type_of(&die, &type)) {
      continue;
    }
    if (const auto found = pointee_at(type, 0)) target = found;
  } while (dwarf_siblingof(&die, &die) == 0);
}

}  // namespace

Dwarf_Die* unit_of(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr* bias) {
  if (Dwarf_Die* cu = dwfl_module_addrdie(module, address, bias)) return cu;
  // clang writes no .debug_aranges, the table that the look-up above needs.
  for (Dwarf_Die* cu = dwfl_module_nextcu(module, nullptr, bias); cu != nullptr;
       cu = dwfl_module_nextcu(module, cu, bias)) {
    if (dwarf_haspc(cu, address - *bias) == 1) return cu;
  }
  return nullptr;
}

FunctionRanges function_ranges(Dwarf_Die unit) {
  FunctionRanges ranges;
  collect_ranges(unit, 0, ranges);
  return ranges;
}

std::vector<Dwarf_Die> functions_at(const FunctionRanges& ranges, Dwarf_Addr address) {
  std::vector<Dwarf_Die> functions;
  const auto after = ranges.upper_bound(address);
  if (after == ranges.begin()) return functions;
  const FunctionRange& range = std::prev(after)->second;
  if (address >= range.end) return functions;
  functions.push_back(range.function);
  collect_functions(range.function, address, 0, functions);
  return functions;
}

unsigned declared_line(Dwarf_Die* die) {
  Dwarf_Attribute memory;
  Dwarf_Word line = 0;
  if (dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_line, &memory), &line) != 0) return 0;
  return static_cast<unsigned>(line);
}

std::string path_of(Dwarf_Die* cu, const char* file) {
  if (file == nullptr) return "";
  Dwarf_Attribute memory;
  const char* folder = dwarf_formstring(dwarf_attr(cu, DW_AT_comp_dir, &memory));
  if (*file == '/' || folder == nullptr) return file;
  return (std::filesystem::path(folder) / file).lexically_normal().string();
}

std::string call_file(Dwarf_Die* cu, Dwarf_Die* inlined) {
  Dwarf_Attribute memory;
  Dwarf_Word index = 0;
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &memory), &index) != 0 ||
      dwarf_getsrcfiles(cu, &files, &count) != 0 || index >= count) {
    return "";
  }
  return path_of(cu, dwarf_filesrc(files, index, nullptr, nullptr));
}

unsigned call_line(Dwarf_Die* inlined) {
  Dwarf_Attribute memory;
  Dwarf_Word line = 0;
  if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &memory), &line) != 0) return 0;
  return static_cast<unsigned>(line);
}

std::optional<Address> frame_base(Dwarf_Die function, const StackFrame& frame) {
  Dwarf_Attribute memory;
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (dwarf_getlocation(dwarf_attr(&function, DW_AT_frame_base, &memory), &operations, &count) !=
          0 ||
      count != 1) {
    return std::nullopt;
  }
  return origin_of(operations[0].atom, frame, std::nullopt);
}

std::optional<LocalVariable> find_local(Dwarf_Die function, Dwarf_Addr pc, const StackFrame& frame,
                                        Address base, Address address) {
  return find_local(function, pc, frame, base, address, 0);
}

std::optional<Dwarf_Die> pointee_declared(Dwarf_Die function, unsigned line) {
  std::optional<Dwarf_Die> target;
  find_declared(function, line, 0, target);
  return target;
}

}  // namespace heddle
