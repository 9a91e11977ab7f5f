#include "harness/hooks/lasting_state.h"

namespace heddle::lasting_state {

// Constant-initialised: hooks are called before constructors have run.
constinit std::atomic<Parts> g_changed = 0;

}  // namespace heddle::lasting_state
