// The relacy engine: runs the unmodified program under the Relacy race detector (Dmitry Vyukov,
// 2008-2013), which decides both who goes next and which of an atomic's values a load sees, by its
// model of the C++ memory model.
//
// Limits, all Relacy's own: no switch at plain accesses (sound only because it reports races); an
// atomic remembers its last three values, so even a full search is not all that C++11 allows; a
// run stops at its first failure. At most 16 threads may be created in a run, joined ones included.
// A full search cannot go past a run that kills the process.
#pragma once

#include <memory>

#include "harness/engine/engine.h"

namespace heddle {

// One at a time: Relacy has but one context, and the fibers' stacks are at fixed addresses.
std::unique_ptr<Engine> make_relacy_engine();

}  // namespace heddle
