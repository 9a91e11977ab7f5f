// Functions of libstdc++.so whose accesses the program's threads may race with, and nobody sees:
// in its place the program gets what harness/cpp_library has of them, instrumented, and Heddle
// itself the same without that. Everybody else gets libstdc++'s own.
#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>

namespace heddle {

struct LibraryFunction {
  const char* name;
  std::atomic<void*> next;  // libstdc++'s own; null: not yet looked for
};

namespace {

void* look_for(const char* name, void* where) {
  void* const found = dlsym(where, name);
  if (found == nullptr) _exit(3);
  return found;
}

}  // namespace
}  // namespace heddle

extern "C" [[gnu::visibility("hidden"), gnu::used]] void* heddle_find_library_function(
    heddle::LibraryFunction* function) {
  void* const found = heddle::look_for(function->name, RTLD_NEXT);
  function->next.store(found, std::memory_order_relaxed);
  return found;
}

// Where this library's code begins and ends, by the linker.
asm(".hidden __ehdr_start\n.hidden _etext\n");

// With %r11 a LibraryFunction: goes on to libstdc++'s own with all that was in registers.
asm(".pushsection .text\n"
    ".type heddle_to_library_function, @function\n"
    "heddle_to_library_function:\n"
    ".cfi_startproc\n"
    "push %rdi\n push %rsi\n push %rdx\n"
    "push %rcx\n push %r8\n push %r9\n"
    "push %rax\n"
    ".cfi_adjust_cfa_offset 56\n"
    "sub $128, %rsp\n"
    ".cfi_adjust_cfa_offset 128\n"
    "movups %xmm0, (%rsp)\n movups %xmm1, 16(%rsp)\n"
    "movups %xmm2, 32(%rsp)\n movups %xmm3, 48(%rsp)\n"
    "movups %xmm4, 64(%rsp)\n movups %xmm5, 80(%rsp)\n"
    "movups %xmm6, 96(%rsp)\n movups %xmm7, 112(%rsp)\n"
    "mov %r11, %rdi\n"
    "call heddle_find_library_function\n"
    "mov %rax, %r11\n"
    "movups (%rsp), %xmm0\n movups 16(%rsp), %xmm1\n"
    "movups 32(%rsp), %xmm2\n movups 48(%rsp), %xmm3\n"
    "movups 64(%rsp), %xmm4\n movups 80(%rsp), %xmm5\n"
    "movups 96(%rsp), %xmm6\n movups 112(%rsp), %xmm7\n"
    "add $128, %rsp\n"
    ".cfi_adjust_cfa_offset -128\n"
    "pop %rax\n"
    "pop %r9\n pop %r8\n pop %rcx\n"
    "pop %rdx\n pop %rsi\n pop %rdi\n"
    ".cfi_adjust_cfa_offset -56\n"
    "jmp *%r11\n"
    ".cfi_endproc\n"
    ".size heddle_to_library_function, .-heddle_to_library_function\n"
    ".popsection\n");

// The instrumented one for the program's threads (t_program_code), but for calls from this library:
// a hook may be at work for the program. Those must not come to the program's operator new, which
// is free to count, to refuse, or to wait for a lock. C++ leaves %r10 and %r11 to whom a call
// passes through.
// clang-format off
#define HEDDLE_CPP_LIBRARY(name)                                                  \
  extern "C" {                                                                    \
  extern heddle::LibraryFunction heddle_library_##name                            \
      __attribute__((visibility("hidden")));                                      \
  [[gnu::used]] constinit heddle::LibraryFunction heddle_library_##name{#name, {nullptr}}; \
  }                                                                               \
  asm(".pushsection .text\n"                                                      \
      ".globl " #name "\n"                                                        \
      ".type " #name ", @function\n"                                              \
      ".p2align 4\n"                                                              \
      #name ":\n"                                                                 \
      "lea __ehdr_start(%rip), %r11\n"                                            \
      "cmp %r11, (%rsp)\n"                                                        \
      "jb 1f\n"                                                                   \
      "lea _etext(%rip), %r11\n"                                                  \
      "cmp %r11, (%rsp)\n"                                                        \
      "jb heddle_own_" #name "\n"                                                 \
      "1: mov _ZN6heddle14t_program_codeE@gottpoff(%rip), %r11\n"                 \
      "cmpb $0, %fs:(%r11)\n"                                                     \
      "jne 3f\n"                                                                  \
      "mov heddle_library_" #name "+8(%rip), %r11\n"                              \
      "test %r11, %r11\n"                                                         \
      "je 2f\n"                                                                   \
      "jmp *%r11\n"                                                               \
      "2: lea heddle_library_" #name "(%rip), %r11\n"                             \
      "jmp heddle_to_library_function\n"                                          \
      "3: mov heddle_program_frame@gottpoff(%rip), %r11\n"                        \
      "lea 8(%rsp), %r10\n"                                                       \
      "mov %r10, %fs:(%r11)\n"                                                    \
      "jmp heddle_seen_" #name "\n"                                               \
      ".size " #name ", .-" #name "\n"                                            \
      ".popsection\n");
// clang-format on
static_assert(offsetof(heddle::LibraryFunction, next) == 8);
#include "harness/hooks/cpp_library_functions.def"

// The program's memory, from the program's operator new if it has one of its own.
#define HEDDLE_PROGRAM_OPERATOR(result, name, parameters, arguments)                            \
  extern "C" [[gnu::visibility("hidden")]] result heddle_seen_##name parameters {               \
    static std::atomic<result(*) parameters> found;                                             \
    auto function = found.load(std::memory_order_relaxed);                                      \
    if (function == nullptr) {                                                                  \
      function = reinterpret_cast<result(*) parameters>(heddle::look_for(#name, RTLD_DEFAULT)); \
      found.store(function, std::memory_order_relaxed);                                         \
    }                                                                                           \
    return function arguments;                                                                  \
  }
HEDDLE_PROGRAM_OPERATOR(void*, _Znwm, (std::size_t size), (size))
HEDDLE_PROGRAM_OPERATOR(void, _ZdlPv, (void* at), (at))
HEDDLE_PROGRAM_OPERATOR(void, _ZdlPvm, (void* at, std::size_t size), (at, size))
