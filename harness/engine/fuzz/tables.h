// The calls of the program under test, each led to the room that answers it.
#pragma once

#include "harness/engine/fuzz/run/run.h"

namespace heddle {

// `replay`: every plain access is a scheduling point, since a schedule may name any.
EngineTables engine_tables(bool replay);

}  // namespace heddle
