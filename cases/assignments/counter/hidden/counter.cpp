#include <mutex>

#include "counter.h"

namespace {
std::mutex mutex;
int count = 0;
}  // namespace

void let_in(int visitor) {
  welcome(visitor);
  std::lock_guard<std::mutex> lock(mutex);
  ++count;
}

int visitors() {
  std::lock_guard<std::mutex> lock(mutex);
  return count;
}
