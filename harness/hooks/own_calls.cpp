// Heddle's own calls of functions that it has hooks for, or that a program may define: the C
// library's, past both.
#include <dirent.h>
#include <locale.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "harness/hooks/own_call.h"

#define HEDDLE_OWN_CALL_LIST(result, name, list_name, list_parameters, parameters, arguments_) \
  extern "C" result heddle_own_##name parameters __asm__("__wrap_" #name);                     \
  extern "C" result heddle_own_##name parameters {                                             \
    using Function = result list_parameters;                                                   \
    static constinit Function* slot = nullptr;                                                 \
    va_list arguments;                                                                         \
    va_start(arguments, format);                                                               \
    const result value = heddle::next_function(slot, #list_name) arguments_;                   \
    va_end(arguments);                                                                         \
    return value;                                                                              \
  }
#include "harness/hooks/own_calls.def"
