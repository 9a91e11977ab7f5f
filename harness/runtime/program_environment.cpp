#include "harness/runtime/program_environment.h"

#include <unistd.h>

#include <algorithm>

namespace heddle {

void ProgramEnvironment::take_snapshot() {
  variables_ = environ;
  entries_.clear();
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    entries_.push_back(*entry);
  }
}

void ProgramEnvironment::restore() const {
  environ = variables_;
  if (variables_ == nullptr) return;
  std::copy(entries_.begin(), entries_.end(), variables_);
  variables_[entries_.size()] = nullptr;
}

}  // namespace heddle
