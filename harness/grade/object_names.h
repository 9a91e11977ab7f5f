// The names that an object file gives and takes.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace heddle::grade {

struct DefinedName {
  // There is one definition, which takes the place of any other; else it is one of several that are
  // the same, as inline functions have them.
  bool sole = false;
  bool function = false;
};

struct ObjectNames {
  std::map<std::string, DefinedName> defined;  // for other files too
  std::set<std::string> used;                  // of other files
};

// Nothing in it if the file cannot be read.
ObjectNames read_object_names(const std::filesystem::path& file);

// Whether the C or C++ library has a function or a variable, as `name` is one, of this name.
bool is_librarys(const std::string& symbol, const DefinedName& name);

// "add(int)" of "_Z3addi"; what is no name of C++ stays as it is.
std::string demangled(const std::string& symbol);

}  // namespace heddle::grade
