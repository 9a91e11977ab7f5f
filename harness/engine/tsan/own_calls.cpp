// The layer's own calls of functions that a program may define.
#include <locale.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "harness/hooks/own_call.h"

#include "harness/engine/tsan/own_calls.def"
