// What the linker has put into the program's file to be called at the end of its process:
// `__attribute__((destructor))`.
#pragma once

#include <link.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace heddle {

using ProgramDestructor = void (*)();

// As they stand there: the last is called first. Without those of libraries.
inline std::span<const ProgramDestructor> program_destructors() {
  const link_map* const program = _r_debug.r_map;
  if (program == nullptr) return {};
  const ElfW(Dyn)* list = nullptr;
  std::size_t bytes = 0;
  for (const ElfW(Dyn)* entry = program->l_ld; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_FINI_ARRAY) list = entry;
    if (entry->d_tag == DT_FINI_ARRAYSZ) bytes = entry->d_un.d_val;
  }
  if (list == nullptr) return {};
  const auto first = program->l_addr + list->d_un.d_ptr;
  return {reinterpret_cast<const ProgramDestructor*>(first), bytes / sizeof(ProgramDestructor)};
}

// Whether it is __do_global_dtors_aux() of crtbegin.o, which has no name in a stripped program, and
// is in nearly every one: it would have the C library run what is registered there, and be of no
// use the next time. It begins with a look at a byte that says whether it has run.
inline bool is_of_start_file(ProgramDestructor destructor) {
  constexpr std::array<std::uint8_t, 4> kMark = {0xf3, 0x0f, 0x1e, 0xfa};  // endbr64
  constexpr std::array<std::uint8_t, 2> kLook = {0x80, 0x3d};              // cmpb ...(%rip)
  const auto* code = reinterpret_cast<const std::uint8_t*>(destructor);
  if (std::equal(kMark.begin(), kMark.end(), code)) code += kMark.size();
  return std::equal(kLook.begin(), kLook.end(), code);
}

}  // namespace heddle
