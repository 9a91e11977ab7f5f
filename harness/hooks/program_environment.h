// The program's environment variables: a run may change them, and the next finds them as given.
#pragma once

#include <unistd.h>

#include <vector>

namespace heddle {

class ProgramEnvironment {
 public:
  // Once the variables are those that the program is given.
  void take_snapshot() {
    had_any_ = __environ != nullptr;
    entries_.clear();
    for (char** entry = __environ; entry != nullptr && *entry != nullptr; ++entry) {
      entries_.push_back(*entry);
    }
    entries_.push_back(nullptr);
  }

  void restore() {
    // In an array of its own: the C library frees the one that it made itself, when a run calls
    // clearenv() and a constructor has called setenv() before.
    array_ = entries_;
    __environ = had_any_ ? array_.data() : nullptr;
  }

 private:
  bool had_any_ = false;
  std::vector<char*> entries_;  // and a null
  std::vector<char*> array_;    // what the program sees
};

}  // namespace heddle
