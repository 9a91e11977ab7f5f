// The test. Do not change this file.
#include <atomic>
#include <cassert>
#include <thread>

#include "settings.h"

namespace {
std::atomic<int> read{0};
}

Settings read_in() {
  read.fetch_add(1);
  Settings fresh;
  fresh.width = 80;
  fresh.height = 25;
  return fresh;
}

int main() {
  assert(read == 0);
  const auto use = [] {
    const Settings& current = settings();
    assert(current.width == 80);
    assert(current.height == 25);
  };
  std::thread first(use);
  std::thread second(use);
  first.join();
  second.join();
  assert(read == 1);
  return 0;
}
