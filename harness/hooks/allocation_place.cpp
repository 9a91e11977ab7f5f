#include "harness/hooks/allocation_place.h"

#include <dlfcn.h>
#include <stdlib.h>

#include <cstddef>
#include <new>
#include <utility>

#include "harness/hooks/caller.h"
#include "harness/hooks/own_code.h"
#include "harness/hooks/system_objects.h"

namespace heddle::allocation_place {
namespace {

// A form of operator new, by the call of malloc() in it: `pc` is where that returns to, and so many
// words above where its arguments would be on the stack lies where operator new itself returns to.
struct OperatorNew {
  Address pc = 0;
  std::size_t words = 0;
};

constinit OperatorNew g_plain = {};
constinit OperatorNew g_aligned = {};

// The hook's caller has left its frame by now, and nothing has been called since: what it had there
// still is.
[[gnu::always_inline]] inline OperatorNew frame_left_behind() {
  constexpr std::size_t kMostWords = 16;
  const auto* const frame = reinterpret_cast<const Address*>(t_caller_frame);
  if (frame == nullptr) return {};
  for (std::size_t words = 0; words < kMostWords; ++words) {
    if (is_own_code(frame[words])) return {.pc = frame[-1], .words = words};
  }
  return {};
}

[[gnu::noinline]] OperatorNew learn_plain(void* (*operator_new)(std::size_t)) {
  t_caller_frame = 0;
  void* const block = operator_new(sizeof(void*));
  const OperatorNew found = frame_left_behind();
  ::free(block);
  return found;
}

[[gnu::noinline]] OperatorNew learn_aligned(void* (*operator_new)(std::size_t, std::align_val_t)) {
  t_caller_frame = 0;
  void* const block = operator_new(64, std::align_val_t{64});
  const OperatorNew found = frame_left_behind();
  ::free(block);
  return found;
}

}  // namespace

void learn() {
  static constinit bool learned = false;
  if (std::exchange(learned, true)) return;
  // A program in C has none.
  if (void* const found = dlsym(RTLD_NEXT, "_Znwm")) {
    g_plain = learn_plain(reinterpret_cast<void* (*)(std::size_t)>(found));
  }
  if (void* const found = dlsym(RTLD_NEXT, "_ZnwmSt11align_val_t")) {
    g_aligned = learn_aligned(reinterpret_cast<void* (*)(std::size_t, std::align_val_t)>(found));
  }
}

Address of(Address pc) {
  for (const OperatorNew& form : {g_plain, g_aligned}) {
    if (form.pc != pc) continue;
    pc = reinterpret_cast<const Address*>(t_caller_frame)[form.words];
    break;
  }
  // To the alignment that it asks for.
  return in_system_library(reinterpret_cast<const void*>(pc & ~Address{3})) ? 0 : pc;
}

}  // namespace heddle::allocation_place
