// Types in debug information: what lies where in an object.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace heddle {

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};

// The type of a variable, member or element, without typedefs and qualifiers, which have no layout
// of their own.
bool type_of(Dwarf_Die* die, Dwarf_Die* type);

// The inside of a library's types is nobody's business: a queue is a queue.
bool is_library_type(Dwarf_Die* type);

// "Node" for "Node<int, std::allocator<int> >".
std::string without_template_arguments(std::string_view name);

// "bank::" for what is declared in there.
std::string scope_of(Dwarf_Die declaration);

// "Account", "std::string"; empty where it has no name.
std::string type_name(Dwarf_Die type);

// Of a byte of an object of some type.
struct Member {
  std::string path;       // ".size", "[3].next"; empty where the byte belongs to the object as such
  Dwarf_Die type;         // of what the path leads to
  Dwarf_Word offset = 0;  // of the byte in that
};
Member member_at(Dwarf_Die type, Dwarf_Word offset, bool into_libraries = false);

// What a pointer points to that begins with this byte of an object of type `type`, in whatever
// library's type it may be wrapped.
std::optional<Dwarf_Die> pointee_at(Dwarf_Die type, Dwarf_Word offset);

// A floating-point number or an enumerator as the program has it: "0.5", "ready". Empty for other
// types, where the bytes are not the whole of it, and for a value without a name.
std::string spelled_value(Dwarf_Die type, Dwarf_Word offset, std::uint64_t value, unsigned size);

// An object in memory that a container or a shared pointer has asked for.
struct Stored {
  Dwarf_Die type;
  Dwarf_Word offset = 0;
};
// `function`: of the standard library's allocators, the one that asks for memory.
std::optional<Stored> stored_by(Dwarf_Die function);

// The class whose member function this is, by its declaration too.
std::optional<Dwarf_Die> class_of(Dwarf_Die function);

// Whether no object of a derived class can be meant where this type is: of scalars, and in C.
bool is_exact(Dwarf_Die type);

}  // namespace heddle
