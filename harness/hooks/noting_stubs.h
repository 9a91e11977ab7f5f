// Functions that are noted (lasting_state.def) and go on to what stands behind them with all that
// they were called with, whatever that is: each is a stub in assembly. For one file of each
// library.
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>

#include "harness/hooks/lasting_state.h"

namespace heddle::lasting_state {

struct NotedFunction {
  const char* name;
  Parts parts;
  std::atomic<void*> next;
};

}  // namespace heddle::lasting_state

// Where the stubs ask for the function behind them.
extern "C" [[gnu::visibility("hidden"), gnu::used]] void* heddle_note_call(
    heddle::lasting_state::NotedFunction* function) {
  heddle::lasting_state::note(function->parts, function->name);
  void* next = function->next.load(std::memory_order_relaxed);
  if (next != nullptr) return next;
  next = dlsym(RTLD_NEXT, function->name);
  if (next == nullptr) _exit(3);
  function->next.store(next, std::memory_order_relaxed);
  return next;
}

// clang-format off
#define HEDDLE_NOTING_STUB(name, part)                                             \
  extern "C" {                                                                     \
  extern heddle::lasting_state::NotedFunction heddle_noted_##name                  \
      __attribute__((visibility("hidden")));                                       \
  [[gnu::used]] constinit heddle::lasting_state::NotedFunction heddle_noted_##name{\
      #name, heddle::lasting_state::bit(heddle::lasting_state::Part::part), {nullptr}}; \
  }                                                                                \
  asm(".pushsection .text\n"                                                       \
      ".globl " #name "\n"                                                         \
      ".type " #name ", @function\n"                                               \
      ".p2align 4\n"                                                               \
      #name ":\n"                                                                  \
      ".cfi_startproc\n"                                                           \
      "push %rdi\n push %rsi\n push %rdx\n"                                        \
      "push %rcx\n push %r8\n push %r9\n"                                          \
      "push %rax\n"  /* how many vector registers a variable list has */           \
      ".cfi_adjust_cfa_offset 56\n"                                                \
      "lea heddle_noted_" #name "(%rip), %rdi\n"                                   \
      "call heddle_note_call\n"                                                    \
      "mov %rax, %r11\n"                                                           \
      "pop %rax\n"                                                                 \
      "pop %r9\n pop %r8\n pop %rcx\n"                                             \
      "pop %rdx\n pop %rsi\n pop %rdi\n"                                           \
      ".cfi_adjust_cfa_offset -56\n"                                               \
      "jmp *%r11\n"                                                                \
      ".cfi_endproc\n"                                                             \
      ".size " #name ", .-" #name "\n"                                             \
      ".popsection\n");
// clang-format on
