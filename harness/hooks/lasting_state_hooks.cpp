// The functions of lasting_state.def that have no other hook. (`.globl`: they are exported.)
#include "harness/hooks/noting_stubs.h"

#define HEDDLE_LEAVES_UNHOOKED(name, part) HEDDLE_NOTING_STUB(name, part)
#include "harness/hooks/lasting_state.def"
