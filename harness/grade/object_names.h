// The names that an object file gives and takes.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace heddle::grade {

struct ObjectNames {
  std::set<std::string> defined;  // for other files too
  std::set<std::string> used;     // of other files
};

// Nothing in it if the file cannot be read.
ObjectNames read_object_names(const std::filesystem::path& file);

// "add(int)" of "_Z3addi"; what is no name of C++ stays as it is.
std::string demangled(const std::string& symbol);

}  // namespace heddle::grade
