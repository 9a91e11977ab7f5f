// The functions of lasting_state.def, on their way to ThreadSanitizer's runtime or the C library.
// (`.globl`: they are exported.)
#include "harness/hooks/noting_stubs.h"

#define HEDDLE_LEAVES(name, part) HEDDLE_NOTING_STUB(name, part)
#define HEDDLE_LEAVES_UNHOOKED(name, part) HEDDLE_NOTING_STUB(name, part)
#include "harness/hooks/lasting_state.def"
