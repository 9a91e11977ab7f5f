// A function of the C library, for Heddle's own calls: see own_calls.def. To be included where that
// list, or another of its form, is made into code.
#pragma once

#include "harness/hooks/next_function.h"

#define HEDDLE_OWN_CALL(result, name, parameters, arguments)               \
  extern "C" result heddle_own_##name parameters __asm__("__wrap_" #name); \
  extern "C" result heddle_own_##name parameters {                         \
    static constinit decltype(&heddle_own_##name) slot = nullptr;          \
    return heddle::next_function(slot, #name) arguments;                   \
  }
