// Programs made by the compilers that are there, of units with and without instrumentation.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "harness/search/instrumentation.h"
#include "verdict_support.h"

namespace heddle {

// For GoogleTest.
void PrintTo(const Instrumentation& instrumentation, std::ostream* out);

namespace verdicts {

using Words = std::vector<std::string>;

inline constexpr char kThread[] = "-fsanitize=thread";

Words joined(Words flags, const Words& more);

struct Compiler {
  std::string name;
  Words link;  // flags
};

// Those with a shared ThreadSanitizer, so that programs can be linked.
std::vector<Compiler> compilers(bool of_c);

// A folder with three sources in it: main starts two threads that both call add(), which mylib
// defines and which accesses a variable; pure makes no access that another thread could see. A step
// that the compiler refuses fails the test.
class Workshop {
 public:
  explicit Workshop(Compiler compiler, bool of_c = true);

  std::string path(const std::string& name) const { return folder_ / name; }
  // "main.cpp" of "main".
  std::string source(const std::string& name) const { return name + suffix_; }

  void write(const std::string& name, const std::string& text) const;

  // Path of the object file, another at each call.
  std::string compile(const std::string& source, const Words& flags) const;

  // Path of the program, another at each call.
  std::string link(const Words& objects, const Words& flags = {}) const;

  std::string shared_library(const std::string& name, const Words& objects,
                             const Words& flags = {}) const;

  static void run(const Words& line);

 private:
  Compiler compiler_;
  std::string suffix_;
  TemporaryFolder folder_;
  mutable int made_ = 0;
};

// Of these modules, the program first.
Instrumentation look(const Words& files);  // but for parts_of_locals
bool leaves_out_parts_of_locals(const std::string& file);

// Of what is not instrumented.
Words names(const Instrumentation& instrumentation);

}  // namespace verdicts
}  // namespace heddle
