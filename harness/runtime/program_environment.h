// The program's environment variables: a run may change them, and the next finds them as given.
#pragma once

#include <vector>

namespace heddle {

class ProgramEnvironment {
 public:
  // Once the variables are those that the program is given.
  void take_snapshot();
  void restore() const;

 private:
  char** variables_ = nullptr;  // the array itself, which setenv() may replace
  std::vector<char*> entries_;  // and its entries
};

}  // namespace heddle
