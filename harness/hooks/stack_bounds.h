// Where the stack of a thread lies: for engines whose threads have other stacks than the C library
// knows of, and for programs that give a thread a stack of their own.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <optional>

#include "harness/model/op.h"

namespace heddle {

struct StackBounds {
  Address begin = 0;
  std::size_t size = 0;  // in bytes

  Address end() const { return begin + size; }
};

// Nothing if the handle is of no thread of the run. Set by the engine; null: the C library is
// right.
using FindStack = std::optional<StackBounds>(pthread_t handle);
extern constinit FindStack* g_find_stack __attribute__((visibility("hidden")));

// Smaller ones the engines do not use: what they do at a step needs room too. The thread then runs
// on a stack of theirs.
inline constexpr std::size_t kLeastGivenStack = std::size_t{64} << 10;

// What pthread_attr_setstack() has said. No size if it was not called, or if that is too small.
StackBounds given_stack(const pthread_attr_t* attributes);

}  // namespace heddle
