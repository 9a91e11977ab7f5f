#include "harness/report/debug_types.h"

#include <dwarf.h>
#include <fmt/format.h>

#include <bit>

#include "harness/report/symbols.h"

namespace heddle {
namespace {

// Types nest without end only in damaged debug information.
constexpr int kDeepest = 32;

bool is_class(int tag) {
  return tag == DW_TAG_structure_type || tag == DW_TAG_class_type;
}

// Calls `visit(child)` until it returns true.
template <typename Visit>
bool any_child(Dwarf_Die die, Visit visit) {
  Dwarf_Die child;
  if (dwarf_child(&die, &child) != 0) return false;
  do {
    if (visit(child)) return true;
  } while (dwarf_siblingof(&child, &child) == 0);
  return false;
}

// Whether objects of the class hold no data: then they may share the place of what does.
bool is_empty(Dwarf_Die type, int depth) {
  if (depth > kDeepest || !is_class(dwarf_tag(&type))) return false;
  return !any_child(type, [depth](Dwarf_Die child) {
    const int tag = dwarf_tag(&child);
    Dwarf_Die part;
    return (tag == DW_TAG_member || tag == DW_TAG_inheritance) &&
           (!type_of(&child, &part) || !is_empty(part, depth + 1));
  });
}

// The member or base class with this byte; its place in `begin`.
bool find_member(Dwarf_Die type, Dwarf_Word offset, Dwarf_Die* member, Dwarf_Die* member_type,
                 Dwarf_Word* begin) {
  return any_child(type, [&](Dwarf_Die child) {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_member && tag != DW_TAG_inheritance) return false;
    Dwarf_Attribute memory;
    Dwarf_Word size = 0;
    // aggregate_size changes its argument.
    Dwarf_Die sized;
    if (dwarf_formudata(dwarf_attr(&child, DW_AT_data_member_location, &memory), begin) != 0 ||
        !type_of(&child, member_type)) {
      return false;
    }
    sized = *member_type;
    if (is_empty(sized, 0)) return false;
    if (dwarf_aggregate_size(&sized, &size) != 0 || offset < *begin || offset - *begin >= size) {
      return false;
    }
    *member = child;
    return true;
  });
}

std::optional<Dwarf_Die> first_type_argument(Dwarf_Die type) {
  std::optional<Dwarf_Die> found;
  any_child(type, [&found](Dwarf_Die child) {
    if (dwarf_tag(&child) != DW_TAG_template_type_parameter) return false;
    Dwarf_Die argument;
    if (type_of(&child, &argument)) found = argument;
    return true;
  });
  return found;
}

Dwarf_Word size_of(Dwarf_Die type) {
  Dwarf_Word size = 0;
  return dwarf_aggregate_size(&type, &size) == 0 ? size : 0;
}

// Of a type that has no name of its own, as C programs have it.
std::string typedef_name(Dwarf_Die type) {
  Dwarf_Die unit;
  std::string found;
  if (dwarf_diecu(&type, &unit, nullptr, nullptr) == nullptr) return found;
  any_child(unit, [&](Dwarf_Die child) {
    Dwarf_Die target;
    if (dwarf_tag(&child) != DW_TAG_typedef || !type_of(&child, &target) ||
        dwarf_dieoffset(&target) != dwarf_dieoffset(&type)) {
      return false;
    }
    const char* name = dwarf_diename(&child);
    if (name != nullptr) found = name;
    return name != nullptr;
  });
  return found;
}

std::string enumerator(Dwarf_Die type, std::uint64_t value, unsigned size) {
  const std::uint64_t mask = size >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
  std::string found;
  any_child(type, [&](Dwarf_Die child) {
    Dwarf_Attribute memory;
    Dwarf_Sword constant = 0;
    if (dwarf_tag(&child) != DW_TAG_enumerator ||
        dwarf_formsdata(dwarf_attr(&child, DW_AT_const_value, &memory), &constant) != 0 ||
        (static_cast<std::uint64_t>(constant) & mask) != (value & mask)) {
      return false;
    }
    const char* name = dwarf_diename(&child);
    if (name != nullptr) found = name;
    return name != nullptr;
  });
  return found;
}

// Of the library's types those whose members everybody knows.
bool is_open(Dwarf_Die type) {
  const char* name = dwarf_diename(&type);
  const std::string_view text = name == nullptr ? "" : name;
  return text.starts_with("pair<") || text.starts_with("array<");
}

// Where in a node of a container its element is: as itself, or in raw memory of its size.
std::optional<Dwarf_Word> place_in_node(Dwarf_Die node, Dwarf_Die element, int depth) {
  if (depth > 6) return std::nullopt;
  std::optional<Dwarf_Word> found;
  any_child(node, [&](Dwarf_Die child) {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_member && tag != DW_TAG_inheritance) return false;
    Dwarf_Attribute memory;
    Dwarf_Word begin = 0;
    Dwarf_Die type;
    if (dwarf_formudata(dwarf_attr(&child, DW_AT_data_member_location, &memory), &begin) != 0 ||
        !type_of(&child, &type)) {
      return false;
    }
    const char* name = dwarf_diename(&type);
    const std::string_view text = name == nullptr ? "" : name;
    if (dwarf_dieoffset(&type) == dwarf_dieoffset(&element) ||
        text.starts_with("__aligned_membuf<") || text.starts_with("__aligned_buffer<")) {
      found = begin;
    } else if (is_class(dwarf_tag(&type))) {
      const auto inside = place_in_node(type, element, depth + 1);
      if (inside.has_value()) found = begin + *inside;
    }
    return found.has_value();
  });
  return found;
}

}  // namespace

bool type_of(Dwarf_Die* die, Dwarf_Die* type) {
  Dwarf_Attribute memory;
  if (dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &memory), type) == nullptr) {
    return false;
  }
  return dwarf_peel_type(type, type) == 0;
}

bool is_library_type(Dwarf_Die* type) {
  const char* file = dwarf_decl_file(type);
  return file != nullptr && is_library_file(file);
}

std::string without_template_arguments(std::string_view name) {
  std::string result;
  int depth = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    // Its brackets are no arguments.
    constexpr std::string_view kOperator = "operator";
    if (depth == 0 && name.substr(at).starts_with(kOperator)) {
      return result + std::string(name.substr(at));
    }
    if (name[at] == '<') ++depth;
    if (depth == 0) result += name[at];
    if (name[at] == '>') --depth;
  }
  return result;
}

std::string scope_of(Dwarf_Die declaration) {
  Dwarf_Die* scopes = nullptr;
  const int count = dwarf_getscopes_die(&declaration, &scopes);
  const std::unique_ptr<Dwarf_Die, FreeMemory> owner{scopes};
  std::string result;
  for (int i = 1; i < count; ++i) {
    const char* name = dwarf_diename(&scopes[i]);
    if (name == nullptr || dwarf_tag(&scopes[i]) == DW_TAG_compile_unit) continue;
    result = without_template_arguments(name) + "::" + result;
  }
  return result;
}

std::string type_name(Dwarf_Die type) {
  if (dwarf_tag(&type) == DW_TAG_pointer_type) return "pointer";
  const char* name = dwarf_diename(&type);
  const std::string shown = name != nullptr ? without_template_arguments(name) : typedef_name(type);
  // As closures are called.
  if (shown.empty() || shown.find('(') != std::string::npos) return "";
  if (!is_library_type(&type) || !scope_of(type).starts_with("std::")) return shown;
  return shown == "basic_string" ? "std::string" : "std::" + shown;
}

Member member_at(Dwarf_Die type, Dwarf_Word offset, bool into_libraries) {
  Member result{.path = {}, .type = type, .offset = offset};
  for (int depth = 0; depth < kDeepest; ++depth) {
    const bool library = is_library_type(&result.type);
    if (library && !into_libraries && !is_open(result.type)) return result;
    const int tag = dwarf_tag(&result.type);
    if (tag == DW_TAG_array_type) {
      Dwarf_Die element;
      Dwarf_Word size = 0;
      if (!type_of(&result.type, &element)) return result;
      size = size_of(element);
      if (size == 0) return result;
      result.path += '[' + std::to_string(result.offset / size) + ']';
      result.offset %= size;
      result.type = element;
      continue;
    }
    Dwarf_Die member;
    Dwarf_Die member_type;
    Dwarf_Word begin = 0;
    if (!is_class(tag) || !find_member(result.type, result.offset, &member, &member_type, &begin)) {
      return result;
    }
    // A base class or an anonymous member adds no name.
    const char* name = dwarf_diename(&member);
    const bool hidden = library && name != nullptr && *name == '_';
    if (dwarf_tag(&member) == DW_TAG_member && name != nullptr && !hidden) {
      result.path += std::string{"."} + name;
    }
    result.offset -= begin;
    result.type = member_type;
  }
  return result;
}

std::optional<Dwarf_Die> pointee_at(Dwarf_Die type, Dwarf_Word offset) {
  Member leaf = member_at(type, offset, true);
  // std::atomic<T*> and others hold it in a type of its own; members were followed to the end.
  const int tag = dwarf_tag(&leaf.type);
  if ((tag != DW_TAG_pointer_type && tag != DW_TAG_reference_type) || leaf.offset != 0) {
    return std::nullopt;
  }
  Dwarf_Die target;
  if (!type_of(&leaf.type, &target) || size_of(target) == 0) return std::nullopt;
  return target;
}

std::string spelled_value(Dwarf_Die type, Dwarf_Word offset, std::uint64_t value, unsigned size) {
  Member leaf = member_at(type, offset, true);
  if (leaf.offset != 0 || size_of(leaf.type) != size) return "";
  if (dwarf_tag(&leaf.type) == DW_TAG_enumeration_type) return enumerator(leaf.type, value, size);
  Dwarf_Attribute memory;
  Dwarf_Word encoding = 0;
  if (dwarf_formudata(dwarf_attr(&leaf.type, DW_AT_encoding, &memory), &encoding) != 0 ||
      encoding != DW_ATE_float) {
    return "";
  }
  std::string text;
  if (size == sizeof(float)) {
    text = fmt::format("{}", std::bit_cast<float>(static_cast<std::uint32_t>(value)));
  } else if (size == sizeof(double)) {
    text = fmt::format("{}", std::bit_cast<double>(value));
  }
  // As the source would have it: 2 is another type's.
  const bool whole = !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
  return whole ? text + ".0" : text;
}

std::optional<Stored> stored_by(Dwarf_Die function) {
  const char* name = dwarf_diename(&function);
  if (name == nullptr || std::string_view{name} != "allocate") return std::nullopt;
  const std::optional<Dwarf_Die> allocator = class_of(function);
  if (!allocator.has_value()) return std::nullopt;
  Dwarf_Die allocators = *allocator;
  const char* allocator_name = dwarf_diename(&allocators);
  const std::string_view text = allocator_name == nullptr ? "" : allocator_name;
  if (!text.starts_with("__new_allocator<") && !text.starts_with("new_allocator<")) {
    return std::nullopt;
  }
  std::optional<Dwarf_Die> node = first_type_argument(*allocator);
  if (!node.has_value()) return std::nullopt;
  // What is no node of a container is the element itself.
  if (!is_library_type(&*node)) return Stored{*node, 0};
  const std::optional<Dwarf_Die> element = first_type_argument(*node);
  if (!element.has_value()) return Stored{*node, 0};
  const std::optional<Dwarf_Word> place = place_in_node(*node, *element, 0);
  if (!place.has_value()) return Stored{*node, 0};
  return Stored{*element, *place};
}

std::optional<Dwarf_Die> class_of(Dwarf_Die function) {
  Dwarf_Die declaration = function;
  // An inlined call refers to the function, and that to its declaration in the class.
  for (int steps = 0; steps < 4; ++steps) {
    Dwarf_Attribute memory;
    Dwarf_Die next;
    bool found = false;
    for (const unsigned attribute : {DW_AT_abstract_origin, DW_AT_specification}) {
      if (dwarf_formref_die(dwarf_attr(&declaration, attribute, &memory), &next) != nullptr) {
        found = true;
        break;
      }
    }
    if (!found) break;
    declaration = next;
  }
  Dwarf_Die* scopes = nullptr;
  const int count = dwarf_getscopes_die(&declaration, &scopes);
  const std::unique_ptr<Dwarf_Die, FreeMemory> owner{scopes};
  if (count < 2 || !is_class(dwarf_tag(&scopes[1]))) return std::nullopt;
  return scopes[1];
}

bool is_exact(Dwarf_Die type) {
  if (!is_class(dwarf_tag(&type))) return true;
  Dwarf_Die unit;
  if (dwarf_diecu(&type, &unit, nullptr, nullptr) == nullptr) return false;
  switch (dwarf_srclang(&unit)) {
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
      return true;
    default:
      return false;
  }
}

}  // namespace heddle
