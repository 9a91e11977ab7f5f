// Processes and what they take, from /proc.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heddle::grade {

struct ProcessTree {
  std::vector<pid_t> below;  // descendants; without the dead that wait for their parent
  std::size_t threads = 0;   // of all of these
  std::uint64_t memory = 0;  // bytes that lie in memory; what two share counts twice
};

ProcessTree look_at_tree(pid_t root);

}  // namespace heddle::grade
