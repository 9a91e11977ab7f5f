// One ELF file's code, and what of it is instrumented.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/search/code_names.h"

namespace heddle {

struct CodeFile {
  CodeNames names;
  // Source files, or functions, that make accesses without hooks; without those that are exempt. An
  // empty name stands for functions of a stripped file.
  std::vector<std::string> uninstrumented;
  // Test frameworks without instrumentation, or that make calls which are not modelled.
  std::set<std::string, std::less<>> assumed;
  // Of the functions of other files that were asked for, those that it calls outside of exempt
  // code.
  std::set<std::string, std::less<>> called;
  // clang has made instrumented units of it, and notes no option that has it see parts of local
  // variables. Known by debug information.
  bool parts_of_locals = false;
};

// `names.readable` is false if nothing can be said of its code. Separate debug information is
// looked for where elfutils does (build identifier, .gnu_debuglink).
//
// A translation unit is instrumented if g++ has noted -fsanitize=thread in its debug information,
// or if any function of it calls a hook. Code without debug information is judged function by
// function. A unit or function without any access that instrumentation would show, such as one that
// only computes, needs none.
//
// `until_first`: one name in `uninstrumented` is enough; of a large library that is much quicker.
//
// `watched`: functions of other files, by the linker's names. What may call one unseen counts as a
// call.
CodeFile read_code(const std::string& path, bool until_first,
                   const std::set<std::string, std::less<>>& watched);

}  // namespace heddle
