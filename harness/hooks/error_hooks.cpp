// Messages to standard error, of which some end the process: by exit() inside the C library, where
// no hook would see it. Here they are made in two steps. argp_parse() and its kin, which end it
// too, are found out at the exit itself: see library_exit.h.
#include <err.h>
#include <errno.h>
#include <error.h>
#include <stdarg.h>
#include <stdio.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/library_variables.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/print_format.h"

using heddle::Address;
using heddle::is_watched;
using heddle::MemoryAccess;

namespace {

using Print = void (*)(const char*, va_list);

// With the errno of the caller, which may be part of the message.
void print(Address pc, Print next, const char* format, va_list arguments) {
  if (format != nullptr && is_watched()) {
    const int kept = errno;
    va_list copy;
    va_copy(copy, arguments);
    heddle::access_print_arguments(MemoryAccess(pc), format, copy);
    va_end(copy);
    errno = kept;
  }
  heddle::library_variables::error_output(pc);
  next(format, arguments);
}

[[noreturn]] void end(int status, Address pc) {
  heddle::g_engine_table->exit(status, pc);
  __builtin_unreachable();
}

// The C library takes no list of arguments here.
template <typename Call>
void print_as_text(Address pc, const char* format, va_list arguments, Call call) {
  const int kept = errno;
  if (is_watched()) {
    va_list copy;
    va_copy(copy, arguments);
    heddle::access_print_arguments(MemoryAccess(pc), format, copy);
    va_end(copy);
  }
  heddle::library_variables::error_output(pc);
  va_list copy;
  va_copy(copy, arguments);
  char text[512];
  errno = kept;
  const int length = HEDDLE_NEXT(vsnprintf)(text, sizeof text, format, copy);
  va_end(copy);
  if (length < static_cast<int>(sizeof text)) {
    call(text);
    return;
  }
  heddle::PrivateBuffer longer(static_cast<size_t>(length) + 1);
  errno = kept;
  HEDDLE_NEXT(vsnprintf)(longer.data(), static_cast<size_t>(length) + 1, format, arguments);
  call(longer.data());
}

}  // namespace

#define HEDDLE_WARNS(name, list_name)                              \
  HEDDLE_EXPORT void list_name(const char* format, va_list list) { \
    print(HEDDLE_PC, HEDDLE_NEXT(list_name), format, list);        \
  }                                                                \
  HEDDLE_EXPORT void name(const char* format, ...) {               \
    va_list list;                                                  \
    va_start(list, format);                                        \
    print(HEDDLE_PC, HEDDLE_NEXT(list_name), format, list);        \
    va_end(list);                                                  \
  }
HEDDLE_WARNS(warn, vwarn)
HEDDLE_WARNS(warnx, vwarnx)

#define HEDDLE_WARNS_AND_ENDS(name, list_name, next)                           \
  HEDDLE_EXPORT void list_name(int status, const char* format, va_list list) { \
    const Address pc = HEDDLE_PC;                                              \
    print(pc, HEDDLE_NEXT(next), format, list);                                \
    end(status, pc);                                                           \
  }                                                                            \
  HEDDLE_EXPORT void name(int status, const char* format, ...) {               \
    const Address pc = HEDDLE_PC;                                              \
    va_list list;                                                              \
    va_start(list, format);                                                    \
    print(pc, HEDDLE_NEXT(next), format, list);                                \
    va_end(list);                                                              \
    end(status, pc);                                                           \
  }
HEDDLE_WARNS_AND_ENDS(err, verr, vwarn)
HEDDLE_WARNS_AND_ENDS(errx, verrx, vwarnx)

HEDDLE_EXPORT void error(int status, int number, const char* format, ...) {
  const Address pc = HEDDLE_PC;
  va_list list;
  va_start(list, format);
  print_as_text(pc, format, list, [&](const char* text) {
    HEDDLE_NEXT(error)(0, number, "%s", text);
  });
  va_end(list);
  if (status != 0) end(status, pc);
}

HEDDLE_EXPORT void error_at_line(int status, int number, const char* file, unsigned line,
                                 const char* format, ...) {
  const Address pc = HEDDLE_PC;
  va_list list;
  va_start(list, format);
  print_as_text(pc, format, list, [&](const char* text) {
    HEDDLE_NEXT(error_at_line)(0, number, file, line, "%s", text);
  });
  va_end(list);
  if (status != 0) end(status, pc);
}
