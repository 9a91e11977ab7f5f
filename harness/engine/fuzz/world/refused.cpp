// Calls that no scheduler of threads can control end the search, by name.
#include <string>

#include "harness/engine/fuzz/world/world.h"

namespace heddle {

void answer_refused(EngineTable& table) {
  table.unsupported = [](const char* function, Address) {
    {
      const RuntimeScope scope;
      g_run->result().outcome = HarnessError{
          std::string("the program calls ") + function +
          ", which the fuzz engine cannot control; the stress and tsan engines can run it"};
    }
    g_run->leave();
  };
  table.waits_outside = [](bool) {};
}

}  // namespace heddle
