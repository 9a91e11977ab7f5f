// What the arguments of printf and its kin lead to.
#pragma once

#include <stdarg.h>

#include "harness/hooks/memory_access.h"

namespace heddle {

// Tells the reads of the format and of the strings that it names, and the write of each %n.
// `arguments` is used up. Arguments by position (%2$s) are passed over.
void access_print_arguments(const MemoryAccess& access, const char* format, va_list arguments);

}  // namespace heddle
