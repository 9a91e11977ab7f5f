#include "tests/bench/plain_loop.h"

#include <mutex>
#include <thread>

namespace heddle::bench {
namespace {

// As in cases/data_race.
std::mutex g_mutex;
int g_counter = 0;

void increment() {
  ++g_counter;
}

void increment_locked() {
  const std::lock_guard<std::mutex> lock(g_mutex);
  ++g_counter;
}

std::uint64_t loop(std::uint64_t runs, void (*body)()) {
  std::uint64_t lost = 0;
  for (std::uint64_t i = 0; i < runs; ++i) {
    g_counter = 0;
    std::thread first(body);
    std::thread second(body);
    first.join();
    second.join();
    lost += g_counter == 2 ? 0 : 1;
  }
  return lost;
}

}  // namespace

std::uint64_t plain_unlocked_counter(std::uint64_t runs) {
  return loop(runs, increment);
}

std::uint64_t plain_mutex_counter(std::uint64_t runs) {
  return loop(runs, increment_locked);
}

}  // namespace heddle::bench
