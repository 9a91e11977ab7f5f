// What the program was started with, and back to it before each run.
#pragma once

#include <string>
#include <vector>

namespace heddle {

// The words of the command line. Programs take out those that they have understood (GoogleTest,
// getopt) and write into them (strtok); they lie on the stack, where no snapshot of memory has
// them.
class ProgramArguments {
 public:
  // Takes the state that is to come back. Call once, before the program's main.
  void take_snapshot(int argc, char** argv);
  void restore();

 private:
  char** argv_ = nullptr;
  std::vector<char*> pointers_;     // with the null at their end
  std::vector<std::string> words_;  // what each points to
};

}  // namespace heddle
