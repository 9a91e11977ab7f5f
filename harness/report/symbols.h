// Names for addresses in the program under test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/op.h"
#include "harness/model/trace.h"

namespace heddle {

struct Frame {
  std::string function;  // demangled; empty if unknown
  std::string file;   // absolute, where the compiler recorded that; empty without debug information
  unsigned line = 0;  // from 1; 0 if unknown
  unsigned function_line = 0;  // where the function is declared; likewise

  friend bool operator==(const Frame&, const Frame&) = default;
};

// Of the standard library or the system, by the path of a source file.
bool is_library_file(std::string_view file);

// What debug information says of a type.
struct ObjectType {
  std::string name;        // "Account", "std::string"; never empty
  std::uint64_t size = 0;  // bytes; never 0
  // No object of a derived class can be meant: what is larger is an array of it.
  bool exact = false;
  std::uint32_t id = 0;  // for the Symbols that it comes from
};

// An object at a place in a block of memory.
struct PlacedType {
  ObjectType type;
  std::uint64_t offset = 0;
};

// Behind an interface so that reports can be tested without a program.
class Symbols {
 public:
  Symbols() = default;
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;
  virtual ~Symbols() = default;

  // The source of a call, given its return address: the innermost inlined function first, the
  // function that really contains the call last. Empty if nothing is known.
  virtual std::vector<Frame> code(Address return_address) const = 0;

  // What to call a source file: "pool.cpp", or with as many of its folders as tell it from others
  // of the program.
  virtual std::string file_label(const std::string& file) const;

  // The object that holds this byte, e.g. "counter", "queue.size", "slots[3]", "obj+8"; empty for
  // heap, stacks and whatever else has no name in the program.
  virtual std::string data(Address address) const = 0;

  // The thread-local variable at this offset of those of the module that has `image`.
  virtual std::string thread_local_data(Address image, std::uint64_t offset) const;

  // The local variable of the call that holds this byte of its frame: "m.lock_ of main()".
  virtual std::string local(const StackFrame& frame, Address address) const;

  // What is pointed to by the pointer that begins at this byte, of a variable as in data(), of one
  // as in local(), of an object of a type.
  virtual std::optional<ObjectType> pointee(Address address) const;
  virtual std::optional<ObjectType> pointee(const StackFrame& frame, Address address) const;
  virtual std::optional<ObjectType> pointee(const ObjectType& type, std::uint64_t offset) const;

  // What is known of the memory that is asked for at a return address: a container's element, or
  // what the variable that this line declares points to.
  virtual std::optional<PlacedType> allocated_by(Address return_address) const;

  // The classes of the program's own whose member functions have this code, innermost first.
  virtual std::vector<ObjectType> classes_at(Address return_address) const;

  // How the program spells a value of what begins at this byte, a floating-point number ("0.5") or
  // an enumerator ("ready"), of a variable, a local and an object as in pointee(). `value`: the
  // bytes of the access, `size` of them. Empty for other types, integers above all, and where it
  // has no name.
  virtual std::string spelled(Address address, std::uint64_t value, unsigned size) const;
  virtual std::string spelled(const StackFrame& frame, Address address, std::uint64_t value,
                              unsigned size) const;
  virtual std::string spelled(const ObjectType& type, std::uint64_t offset, std::uint64_t value,
                              unsigned size) const;

  // ".next" for a byte of an object of this type; empty where it belongs to the object as such.
  virtual std::string member(const ObjectType& type, std::uint64_t offset) const;
};

}  // namespace heddle
