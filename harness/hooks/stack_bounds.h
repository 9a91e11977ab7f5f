// Where the stack of a thread lies, for engines whose threads have other stacks than the C library
// knows of.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <optional>

#include "harness/model/op.h"

namespace heddle {

struct StackBounds {
  Address begin = 0;
  std::size_t size = 0;  // in bytes
};

// Nothing if the handle is of no thread of the run. Set by the engine; null: the C library is
// right.
using FindStack = std::optional<StackBounds>(pthread_t handle);
extern constinit FindStack* g_find_stack __attribute__((visibility("hidden")));

}  // namespace heddle
