// What the kinds of object define, see kinds.def.
#pragma once

#include "harness/engine/fuzz/objects/objects.h"

namespace heddle {

#define HEDDLE_OBJECT_KIND(name) void answer_##name(EngineTable& table, ObjectCalls& calls);
#include "harness/engine/fuzz/objects/kinds.def"

}  // namespace heddle
