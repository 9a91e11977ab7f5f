#include "harness/hooks/stream_objects.h"

#include <cstddef>

#include "harness/hooks/caller.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

// std::ios_base::Init, by the linker's names. Each source file with <iostream> has one, which dies
// at the end of each run, but is made only once in a process. libstdc++ counts them, in memory of
// its own: the streams would be written out in the one run whose end brings the count to the last,
// and that run would have steps that no other has. NOLINTBEGIN(bugprone-reserved-identifier): not
// ours
extern "C" {
void _ZNSt8ios_base4InitC1Ev(void* self);
void _ZNSt8ios_base4InitD1Ev(void* self);
}

namespace heddle::stream_objects {
namespace {

constinit std::size_t g_dead = 0;  // in the run that is ending

}  // namespace

void restore() {
  // It has no members.
  std::byte object{};
  for (; g_dead > 0; --g_dead) HEDDLE_NEXT(_ZNSt8ios_base4InitC1Ev)(&object);
}

}  // namespace heddle::stream_objects

HEDDLE_EXPORT void _ZNSt8ios_base4InitD1Ev(void* self) {
  // Heddle's own dies with the process.
  if (heddle::t_program_code) ++heddle::stream_objects::g_dead;
  HEDDLE_NEXT(_ZNSt8ios_base4InitD1Ev)(self);
}
// NOLINTEND(bugprone-reserved-identifier)
