// Which code of a program is not instrumented: accesses that no engine sees, so that no search can
// prove anything of them. And which calls it makes that no engine models.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/model/module.h"

namespace heddle {

struct UninstrumentedCode {
  // A source file ("mylib.cpp"), a library ("libfoo.so"), or, where debug information does not say
  // which file it is of, a function ("add(int)").
  std::string name;
  std::string module;  // file name of the program or library that it is in

  friend bool operator==(const UninstrumentedCode&, const UninstrumentedCode&) = default;
};

struct Instrumentation {
  std::vector<UninstrumentedCode> uninstrumented{};  // in the order of the modules, each once
  // Test frameworks without instrumentation ("gtest"): taken to share nothing between threads.
  std::vector<std::string> assumed{};
  // Functions of the system's libraries that the program calls and no engine models
  // ("mprotect()", "std::filesystem::status()"); sorted, each once.
  std::vector<std::string> unmodelled{};
  // What the program calls that may give something else each time it is started ("getpid()");
  // sorted, each once.
  std::vector<std::string> inputs{};
  // Some of it is by clang, which leaves out accesses of a function to parts of its local
  // variables.
  bool parts_of_locals = false;
  bool none = false;  // nothing of the program or of its own libraries is instrumented

  friend bool operator==(const Instrumentation&, const Instrumentation&) = default;
};

// Looks into the files of a worker's modules, the program first; those of the runtimes, which
// WorkerProcess::modules() leaves out, need no word. What exempt_code.def lists is left out of
// `uninstrumented`. A file that cannot be read is not instrumented. Asked again for the same files
// as they are, it answers from memory; for any thread.
//
// `hooks`: path of the library with the hooks. What it exports is modelled, unless quiet_calls.def
// says otherwise; if it cannot be read, nothing is but what that list calls quiet.
Instrumentation find_instrumentation(std::span<const Module> modules, const std::string& hooks);

}  // namespace heddle
