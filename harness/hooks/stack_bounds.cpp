#include "harness/hooks/stack_bounds.h"

namespace heddle {

StackBounds given_stack(const pthread_attr_t* attributes) {
  if (attributes == nullptr) return {};
  void* begin = nullptr;
  std::size_t size = 0;
  if (pthread_attr_getstack(attributes, &begin, &size) != 0) return {};
  // The C library keeps the upper end: null if there is none.
  const Address end = reinterpret_cast<Address>(begin) + size;
  // Of pthread_attr_setstackaddr(), which is told no size.
  if (size == 0 && pthread_attr_getstacksize(attributes, &size) != 0) return {};
  if (end == 0 || size < kLeastGivenStack) return {};
  return {.begin = end - size, .size = size};
}

}  // namespace heddle
