#include <mutex>

#include "counter.h"

namespace {
std::mutex mutex;
int count = 0;
}  // namespace

void let_in(int visitor) {
  std::lock_guard<std::mutex> lock(mutex);
  welcome(visitor);
  ++count;
}

int visitors() {
  return count;
}
