// The function of the same name behind the hook.
#pragma once

#include <dlfcn.h>
#include <pthread.h>

#include "harness/hooks/lasting_state.h"

namespace heddle {

// `slot` keeps the answer. Not a static of its own: its guard is one of the functions hooked. Two
// threads may both look, and find the same.
template <typename Function>
Function* next_function(Function*& slot, const char* name, const char* version = nullptr) {
  if (slot == nullptr) [[unlikely]] {
    void* found = version == nullptr ? dlsym(RTLD_NEXT, name) : dlvsym(RTLD_NEXT, name, version);
    slot = reinterpret_cast<Function*>(found);
    // Not by _exit(), which may be a hook of the file that this is in.
    if (slot == nullptr) __builtin_trap();
  }
  return slot;
}

}  // namespace heddle

// It is about to be called: what it leaves behind is noted.
#define HEDDLE_NEXT(name)                                                      \
  ([]() -> decltype(&::name) {                                                 \
    static constinit decltype(&::name) slot = nullptr;                         \
    heddle::lasting_state::note<heddle::lasting_state::part_of(#name)>(#name); \
    return heddle::next_function(slot, #name);                                 \
  }())

// Of the version that these headers describe.
#define HEDDLE_VERSION(name, version)                   \
  ([]() -> decltype(&::name) {                          \
    static constinit decltype(&::name) slot = nullptr;  \
    return heddle::next_function(slot, #name, version); \
  }())
