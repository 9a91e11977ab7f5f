// scanf and its kin. They write while they read; so they are called with private places for the
// results, and the program gets those that were assigned.
#include <stdarg.h>
#include <stdio.h>

#include "harness/hooks/file_positions.h"
#include "harness/hooks/library_variables.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/scan_format.h"

namespace library_variables = heddle::library_variables;

using heddle::is_watched;
using heddle::MemoryAccess;
using heddle::ScanResults;
using heddle::hidden_state::StreamUse;
using heddle::hidden_state::use_stream_input;

// `input`: statement that tells what is read of the source; `use`: that its position is used, right
// before the C library does. `dialect`: see ScanDialect.
#define HEDDLE_SCAN(name, list_name, dialect, parameters, list_parameters, input, use, call)      \
  extern "C" int heddle_hook_##list_name list_parameters __asm__(#list_name);                     \
  extern "C" int heddle_hook_##name parameters __asm__(#name);                                    \
  extern "C" __attribute__((visibility("default"))) int heddle_hook_##list_name list_parameters { \
    const auto real = HEDDLE_REAL(list_name);                                                     \
    if (!is_watched()) return real call;                                                          \
    const MemoryAccess access(HEDDLE_PC);                                                         \
    input;                                                                                        \
    ScanResults results(access, heddle::ScanDialect::dialect, format, arguments);                 \
    use;                                                                                          \
    return results.deliver(real call);                                                            \
  }                                                                                               \
  extern "C" __attribute__((visibility("default"))) int heddle_hook_##name parameters {           \
    va_list arguments;                                                                            \
    va_start(arguments, format);                                                                  \
    const auto real = HEDDLE_REAL(list_name);                                                     \
    int count = 0;                                                                                \
    if (is_watched()) {                                                                           \
      const MemoryAccess access(HEDDLE_PC);                                                       \
      input;                                                                                      \
      ScanResults results(access, heddle::ScanDialect::dialect, format, arguments);               \
      use;                                                                                        \
      count = results.deliver(real call);                                                         \
    } else {                                                                                      \
      count = real call;                                                                          \
    }                                                                                             \
    va_end(arguments);                                                                            \
    return count;                                                                                 \
  }

#define HEDDLE_SCAN_FAMILY(prefix, dialect)                                                        \
  HEDDLE_SCAN(prefix##sscanf, prefix##vsscanf, dialect,                                            \
              (const char* text, const char* format, ...),                                         \
              (const char* text, const char* format, va_list arguments), access.read_string(text), \
              , (text, format, arguments))                                                         \
  HEDDLE_SCAN(prefix##fscanf, prefix##vfscanf, dialect, (FILE * stream, const char* format, ...),  \
              (FILE * stream, const char* format, va_list arguments), ,                            \
              const StreamUse held = use_stream_input(stream, HEDDLE_PC),                          \
              (stream, format, arguments))                                                         \
  HEDDLE_SCAN(                                                                                     \
      prefix##scanf, prefix##vscanf, dialect, (const char* format, ...),                           \
      (const char* format, va_list arguments), ,                                                   \
      const StreamUse held = use_stream_input(library_variables::input(HEDDLE_PC), HEDDLE_PC),     \
      (format, arguments))

// scanf, fscanf, sscanf of C89, of C99 and of C23, each with and without a list.
HEDDLE_SCAN_FAMILY(, gnu)
HEDDLE_SCAN_FAMILY(__isoc99_, c99)
HEDDLE_SCAN_FAMILY(__isoc23_, c99)
