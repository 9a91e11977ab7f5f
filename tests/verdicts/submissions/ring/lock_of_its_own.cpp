#include "ring.h"

namespace {
// No word that is forbidden.
std::atomic<bool> busy{false};

struct Alone {
  Alone() {
    while (busy.exchange(true, std::memory_order_acquire)) {
    }
  }
  ~Alone() { busy.store(false, std::memory_order_release); }
};
}  // namespace

bool Ring::put(int item) {
  const Alone alone;
  const unsigned put = put_.load(std::memory_order_relaxed);
  if (put - taken_.load(std::memory_order_relaxed) == kRoom) {
    return false;
  }
  items_[put % kRoom] = item;
  put_.store(put + 1, std::memory_order_relaxed);
  return true;
}

bool Ring::take(int& item) {
  const Alone alone;
  const unsigned taken = taken_.load(std::memory_order_relaxed);
  if (put_.load(std::memory_order_relaxed) == taken) {
    return false;
  }
  item = items_[taken % kRoom];
  taken_.store(taken + 1, std::memory_order_relaxed);
  return true;
}
