#include "harness/hooks/lasting_state.h"

namespace heddle::lasting_state {

// Constant-initialised: hooks are called before constructors have run.
constinit std::atomic<Parts> g_changed = 0;
constinit std::atomic<const char*> g_kept_by = nullptr;

}  // namespace heddle::lasting_state
