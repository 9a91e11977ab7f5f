#include "harness/hooks/allocation_place.h"

#include <dlfcn.h>
#include <stdlib.h>

#include <cstddef>
#include <utility>

#include "harness/hooks/caller.h"
#include "harness/hooks/system_objects.h"

// Calls a form of operator new, from a place that is known: what earlier calls have left on the
// stack looks like return addresses too. In: its first two arguments, and the function.
asm(R"(
  .text
  .type heddle_call_operator_new, @function
heddle_call_operator_new:
  .cfi_startproc
  sub $8, %rsp
  .cfi_adjust_cfa_offset 8
  call *%rdx
heddle_after_operator_new:
  add $8, %rsp
  .cfi_adjust_cfa_offset -8
  ret
  .cfi_endproc
  .size heddle_call_operator_new, . - heddle_call_operator_new
)");

extern "C" {
[[gnu::visibility("hidden")]] void* heddle_call_operator_new(std::size_t size,
                                                             std::size_t alignment,
                                                             void* operator_new);
[[gnu::visibility("hidden")]] extern const char heddle_after_operator_new[];
}

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
    if (frame[words] == reinterpret_cast<Address>(heddle_after_operator_new)) {
      return {.pc = frame[-1], .words = words};
    }
  }
  return {};
}

OperatorNew learn_form(const char* name) {
  // A program in C has none.
  void* const operator_new = dlsym(RTLD_NEXT, name);
  if (operator_new == nullptr) return {};
  t_caller_frame = 0;
  void* const block = heddle_call_operator_new(64, 64, operator_new);
  const OperatorNew found = frame_left_behind();
  ::free(block);
  return found;
}

}  // namespace

void learn() {
  static constinit bool learned = false;
  if (std::exchange(learned, true)) return;
  g_plain = learn_form("_Znwm");
  g_aligned = learn_form("_ZnwmSt11align_val_t");
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
