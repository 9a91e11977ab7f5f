#include "harness/runtime/program_arguments.h"

#include <algorithm>
#include <cstring>

namespace heddle {

void ProgramArguments::take_snapshot(int argc, char** argv) {
  argv_ = argv;
  pointers_.assign(argv, argv + argc + 1);
  for (int i = 0; i < argc; ++i) words_.emplace_back(argv[i]);
}

void ProgramArguments::restore() {
  std::copy(pointers_.begin(), pointers_.end(), argv_);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    std::memcpy(pointers_[i], words_[i].c_str(), words_[i].size() + 1);
  }
}

}  // namespace heddle
