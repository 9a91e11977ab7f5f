// qsort, whose comparisons are the program's own code. bsearch() needs no hook: all that is read is
// read by those.
#include <stddef.h>

#include "harness/hooks/memory_access.h"

using heddle::is_watched;
using heddle::MemoryAccess;

namespace {

// `sort(elements)`. Another array is sorted and copied back: the C library moves the elements while
// it compares them, where no other thread could come in between. Small arrays it sorts in a private
// copy itself.
template <typename Sort>
void sort_privately(heddle::Address pc, void* elements, size_t count, size_t size, Sort sort) {
  size_t bytes;
  if (!is_watched() || __builtin_mul_overflow(count, size, &bytes)) {
    sort(elements);
    return;
  }
  const MemoryAccess access(pc);
  heddle::PrivateBuffer copy(bytes);
  access.take(copy.data(), elements, bytes);
  sort(copy.data());
  access.put(elements, copy.data(), bytes);
}

}  // namespace

HEDDLE_EXPORT_HOOK(void, qsort, void* elements, size_t count, size_t size,
                   int (*compare)(const void*, const void*)) {
  sort_privately(HEDDLE_PC, elements, count, size, [&](void* copy) {
    HEDDLE_REAL(qsort)(copy, count, size, compare);
  });
}

HEDDLE_EXPORT_HOOK(void, qsort_r, void* elements, size_t count, size_t size,
                   int (*compare)(const void*, const void*, void*), void* argument) {
  sort_privately(HEDDLE_PC, elements, count, size, [&](void* copy) {
    HEDDLE_REAL(qsort_r)(copy, count, size, compare, argument);
  });
}
