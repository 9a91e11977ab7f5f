// A thread of the program, for the length of a run. To be included by relacy_runner.cpp alone.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/thread_keys.h"
#include "harness/model/op.h"

namespace heddle::relacy {

struct ThreadState {
  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  void* result = nullptr;
  bool finished = false;
  bool joining = false;  // somebody waits for its end, or has
  bool joined = false;
  bool detached = false;
  bool waits = false;  // the operation in `pending` has not been done yet
  Op pending;
  std::uint64_t steps = 0;
  rl::win_waitable_object* sync = nullptr;
  std::vector<std::pair<void (*)(void*), void*>> destructors;
  ThreadKeys::Values key_values;

  void reset() {
    finished = joining = joined = detached = waits = false;
    steps = 0;
    destructors.clear();
  }

  // Those of its thread_local objects; calls the program. Not noexcept: an exception that nobody
  // catches then ends the program where it is thrown, with the stack that led there.
  void run_destructors() {
    while (!destructors.empty()) {
      const auto [destructor, object] = destructors.back();
      destructors.pop_back();
      destructor(object);
    }
  }
};

}  // namespace heddle::relacy
