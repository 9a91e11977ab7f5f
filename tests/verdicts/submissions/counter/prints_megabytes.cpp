#include <cstdio>
#include <mutex>
#include <string>

#include "counter.h"

namespace {
std::mutex mutex;
int count = 0;
const std::string kMegabyte(1 << 20, 'x');
}  // namespace

void let_in(int visitor) {
  welcome(visitor);
  std::lock_guard<std::mutex> lock(mutex);
  ++count;
  std::puts(kMegabyte.c_str());
}

int visitors() {
  return count;
}
