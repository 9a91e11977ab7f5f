// The stress engine's answers to the program's calls.
#pragma once

#include "harness/hooks/engine_table.h"

namespace heddle::stress {

extern const EngineTable kStressTable __attribute__((visibility("hidden")));

}  // namespace heddle::stress
