// printf and its kin. Text for the program is made in a private buffer first, since only then it is
// known how much of the program's memory changes.
#include <stdarg.h>
#include <stdio.h>

#include <algorithm>

#include "harness/hooks/file_positions.h"
#include "harness/hooks/library_variables.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/print_format.h"

namespace library_variables = heddle::library_variables;

using heddle::access_print_arguments;
using heddle::is_watched;
using heddle::MemoryAccess;
using heddle::PrivateBuffer;

extern "C" {
int heddle_hook_vsnprintf(char*, size_t, const char*, va_list) __asm__("vsnprintf");
int heddle_hook_vsprintf(char*, const char*, va_list) __asm__("vsprintf");
int heddle_hook_vasprintf(char**, const char*, va_list) __asm__("vasprintf");
int heddle_hook_vfprintf(FILE*, const char*, va_list) __asm__("vfprintf");
int heddle_hook_vprintf(const char*, va_list) __asm__("vprintf");
int heddle_hook_vdprintf(int, const char*, va_list) __asm__("vdprintf");
int heddle_hook___vsnprintf_chk(char*, size_t, int, size_t, const char*,
                                va_list) __asm__("__vsnprintf_chk");
int heddle_hook___vsprintf_chk(char*, int, size_t, const char*, va_list) __asm__("__vsprintf_chk");
int heddle_hook___vasprintf_chk(char**, int, const char*, va_list) __asm__("__vasprintf_chk");
int heddle_hook___vfprintf_chk(FILE*, int, const char*, va_list) __asm__("__vfprintf_chk");
int heddle_hook___vprintf_chk(int, const char*, va_list) __asm__("__vprintf_chk");
int heddle_hook___vdprintf_chk(int, int, const char*, va_list) __asm__("__vdprintf_chk");
}

namespace {

// Of the fortified forms: how strict they are; 0 is what the plain ones do.
constexpr int kPlain = 0;

int format_into(char* to, size_t size, int flag, const char* format, va_list arguments) {
  va_list copy;
  va_copy(copy, arguments);
  const int length = HEDDLE_REAL(__vsnprintf_chk)(to, size, flag, size, format, copy);
  va_end(copy);
  return length;
}

// As vsnprintf() with `size`. `room`: what the target holds, where that is known; a text that does
// not fit is not written, and the caller has to see to it.
int print_to(const MemoryAccess& access, char* to, size_t size, size_t room, int flag,
             const char* format, va_list arguments) {
  va_list copy;
  va_copy(copy, arguments);
  access_print_arguments(access, format, copy);
  va_end(copy);
  const auto deliver = [&](char* text, int length) {
    const auto whole = static_cast<size_t>(length) + 1;
    if (std::min(whole, size) > room || size == 0) return;
    if (whole > size) text[size - 1] = '\0';
    access.put(to, text, std::min(whole, size));
  };
  char text[512];
  const int length = format_into(text, sizeof text, flag, format, arguments);
  if (length < 0) return length;
  if (static_cast<size_t>(length) < sizeof text) {
    deliver(text, length);
    return length;
  }
  PrivateBuffer longer(static_cast<size_t>(length) + 1);
  format_into(longer.data(), static_cast<size_t>(length) + 1, flag, format, arguments);
  deliver(longer.data(), length);
  return length;
}

int print_allocated(const MemoryAccess& access, char** to, int flag, const char* format,
                    va_list arguments) {
  va_list copy;
  va_copy(copy, arguments);
  access_print_arguments(access, format, copy);
  va_end(copy);
  char* text = nullptr;
  const int length = HEDDLE_REAL(__vasprintf_chk)(&text, flag, format, arguments);
  if (length >= 0) access.write(text, static_cast<size_t>(length) + 1);
  access.put(to, text);
  return length;
}

void access_arguments(heddle::Address pc, const char* format, va_list arguments) {
  if (!is_watched()) return;
  va_list copy;
  va_copy(copy, arguments);
  access_print_arguments(MemoryAccess(pc), format, copy);
  va_end(copy);
}

// `print()` calls the C library. Right before it comes the use of the position in the file: nobody
// may come in between the two.
template <typename Print>
int print_to_stream(heddle::Address pc, FILE* stream, const char* format, va_list arguments,
                    Print print) {
  access_arguments(pc, format, arguments);
  const heddle::hidden_state::StreamUse held = heddle::hidden_state::use_stream_output(stream, pc);
  return print();
}

template <typename Print>
int print_to_file(heddle::Address pc, int file, const char* format, va_list arguments,
                  Print print) {
  access_arguments(pc, format, arguments);
  heddle::hidden_state::use_file_output(file, pc);
  return print();
}

int print_string(heddle::Address pc, char* to, const char* format, va_list arguments) {
  if (!is_watched()) return HEDDLE_REAL(vsprintf)(to, format, arguments);
  return print_to(MemoryAccess(pc), to, SIZE_MAX, SIZE_MAX, kPlain, format, arguments);
}

int print_part(heddle::Address pc, char* to, size_t size, const char* format, va_list arguments) {
  if (!is_watched()) return HEDDLE_REAL(vsnprintf)(to, size, format, arguments);
  return print_to(MemoryAccess(pc), to, size, SIZE_MAX, kPlain, format, arguments);
}

int print_new(heddle::Address pc, char** to, const char* format, va_list arguments) {
  if (!is_watched()) return HEDDLE_REAL(vasprintf)(to, format, arguments);
  return print_allocated(MemoryAccess(pc), to, kPlain, format, arguments);
}

int print_string_checked(heddle::Address pc, char* to, int flag, size_t room, const char* format,
                         va_list arguments) {
  if (is_watched()) {
    va_list copy;
    va_copy(copy, arguments);
    const int length = print_to(MemoryAccess(pc), to, SIZE_MAX, room, flag, format, copy);
    va_end(copy);
    if (length < 0 || static_cast<size_t>(length) < room) return length;
  }
  return HEDDLE_REAL(__vsprintf_chk)(to, flag, room, format, arguments);
}

int print_part_checked(heddle::Address pc, char* to, size_t size, int flag, size_t room,
                       const char* format, va_list arguments) {
  if (!is_watched() || size > room) {
    return HEDDLE_REAL(__vsnprintf_chk)(to, size, flag, room, format, arguments);
  }
  return print_to(MemoryAccess(pc), to, size, room, flag, format, arguments);
}

int print_new_checked(heddle::Address pc, char** to, int flag, const char* format,
                      va_list arguments) {
  if (!is_watched()) return HEDDLE_REAL(__vasprintf_chk)(to, flag, format, arguments);
  return print_allocated(MemoryAccess(pc), to, flag, format, arguments);
}

}  // namespace

// Each function twice: with its arguments, and with a list of them. `parameters` and `arguments` in
// brackets; `list` names the arguments that come before the variable ones.
#define HEDDLE_PRINT(name, list_name, parameters, list_parameters, call)                          \
  extern "C" int heddle_hook_##name parameters __asm__(#name);                                    \
  extern "C" __attribute__((visibility("default"))) int heddle_hook_##name parameters {           \
    va_list arguments;                                                                            \
    va_start(arguments, format);                                                                  \
    const int length = call;                                                                      \
    va_end(arguments);                                                                            \
    return length;                                                                                \
  }                                                                                               \
  extern "C" int heddle_hook_##list_name list_parameters __asm__(#list_name);                     \
  extern "C" __attribute__((visibility("default"))) int heddle_hook_##list_name list_parameters { \
    return call;                                                                                  \
  }

HEDDLE_PRINT(sprintf, vsprintf, (char* to, const char* format, ...),
             (char* to, const char* format, va_list arguments),
             print_string(HEDDLE_PC, to, format, arguments))
HEDDLE_PRINT(snprintf, vsnprintf, (char* to, size_t size, const char* format, ...),
             (char* to, size_t size, const char* format, va_list arguments),
             print_part(HEDDLE_PC, to, size, format, arguments))
HEDDLE_PRINT(asprintf, vasprintf, (char** to, const char* format, ...),
             (char** to, const char* format, va_list arguments),
             print_new(HEDDLE_PC, to, format, arguments))
HEDDLE_PRINT(__sprintf_chk, __vsprintf_chk,
             (char* to, int flag, size_t room, const char* format, ...),
             (char* to, int flag, size_t room, const char* format, va_list arguments),
             print_string_checked(HEDDLE_PC, to, flag, room, format, arguments))
HEDDLE_PRINT(__snprintf_chk, __vsnprintf_chk,
             (char* to, size_t size, int flag, size_t room, const char* format, ...),
             (char* to, size_t size, int flag, size_t room, const char* format, va_list arguments),
             print_part_checked(HEDDLE_PC, to, size, flag, room, format, arguments))
HEDDLE_PRINT(__asprintf_chk, __vasprintf_chk, (char** to, int flag, const char* format, ...),
             (char** to, int flag, const char* format, va_list arguments),
             print_new_checked(HEDDLE_PC, to, flag, format, arguments))

// To streams and descriptors: only the arguments are the program's memory.
HEDDLE_PRINT(printf, vprintf, (const char* format, ...), (const char* format, va_list arguments),
             print_to_stream(HEDDLE_PC, library_variables::output(HEDDLE_PC), format, arguments,
                             [&] { return HEDDLE_REAL(vprintf)(format, arguments); }))
HEDDLE_PRINT(fprintf, vfprintf, (FILE * stream, const char* format, ...),
             (FILE * stream, const char* format, va_list arguments),
             print_to_stream(HEDDLE_PC, stream, format, arguments,
                             [&] { return HEDDLE_REAL(vfprintf)(stream, format, arguments); }))
HEDDLE_PRINT(dprintf, vdprintf, (int file, const char* format, ...),
             (int file, const char* format, va_list arguments),
             print_to_file(HEDDLE_PC, file, format, arguments,
                           [&] { return HEDDLE_REAL(vdprintf)(file, format, arguments); }))
HEDDLE_PRINT(__printf_chk, __vprintf_chk, (int flag, const char* format, ...),
             (int flag, const char* format, va_list arguments),
             print_to_stream(HEDDLE_PC, library_variables::output(HEDDLE_PC), format, arguments,
                             [&] { return HEDDLE_REAL(__vprintf_chk)(flag, format, arguments); }))
HEDDLE_PRINT(__fprintf_chk, __vfprintf_chk, (FILE * stream, int flag, const char* format, ...),
             (FILE * stream, int flag, const char* format, va_list arguments),
             print_to_stream(HEDDLE_PC, stream, format, arguments, [&] {
               return HEDDLE_REAL(__vfprintf_chk)(stream, flag, format, arguments);
             }))
HEDDLE_PRINT(__dprintf_chk, __vdprintf_chk, (int file, int flag, const char* format, ...),
             (int file, int flag, const char* format, va_list arguments),
             print_to_file(HEDDLE_PC, file, format, arguments, [&] {
               return HEDDLE_REAL(__vdprintf_chk)(file, flag, format, arguments);
             }))
