// Results that functions of the C library hand out in memory of their own, until their next call.
#pragma once

#include <string.h>

#include <cstddef>

#include "harness/hooks/hidden_state.h"

namespace heddle::hidden_state {

// A result that lies in the C library's memory, where the program is to see it.
template <typename T>
T* keep(const T* result, T& own) {
  if (result == nullptr) return nullptr;
  own = *result;
  return &own;
}

template <std::size_t kSize>
char* keep(const char* result, Text<kSize>& own) {
  if (result == nullptr) return nullptr;
  own.back() = '\0';
  memccpy(own.data(), result, '\0', kSize - 1);
  return own.data();
}

// What `call` returns lies in memory that its next call overwrites: kState.
template <auto kState, typename Call>
auto hand_out(Address pc, Call call) -> decltype(call()) {
  if (!t_program_code) return call();
  auto& own = memory().*kState;
  write_bytes(&own, sizeof own, pc);
  // What it allocates stays for the next run, as does the C library's pointer to it.
  const RuntimeScope scope;
  return keep(call(), own);
}

}  // namespace heddle::hidden_state
