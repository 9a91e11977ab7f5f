// One ELF file's code, and what of it is instrumented.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace heddle {

struct CodeFile {
  bool readable = false;
  bool calls_hooks = false;  // an access hook is among the names that it asks the loader for
  // Source files, or functions, that make accesses without hooks; without those that are exempt. An
  // empty name stands for functions of a stripped file.
  std::vector<std::string> uninstrumented;
  std::set<std::string, std::less<>> assumed;  // test frameworks without instrumentation
  // Names that it defines for others, and that it needs from others.
  std::set<std::string, std::less<>> defined;
  std::set<std::string, std::less<>> undefined;
};

// Whether a function with this name is called for an access, by code that the compiler
// instrumented. Not __tsan_init, which what -fsanitize=thread links calls too, nor what people call
// by hand.
bool is_access_hook(std::string_view symbol);

// Only names, without a look at the code.
CodeFile read_code_names(const std::string& path);

// All of it. Separate debug information is looked for where elfutils does (build identifier,
// .gnu_debuglink).
//
// A translation unit is instrumented if g++ has noted -fsanitize=thread in its debug information,
// or if any function of it calls a hook. Code without debug information is judged function by
// function. A unit or function without any access that instrumentation would show, such as one that
// only computes, needs none.
//
// `until_first`: one name in `uninstrumented` is enough; of a large library that is much quicker.
CodeFile read_code(const std::string& path, bool until_first);

}  // namespace heddle
