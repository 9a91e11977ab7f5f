#include "ring.h"

bool Ring::put(int item) {
  const unsigned put = put_.load(std::memory_order_relaxed);
  if (put - taken_.load(std::memory_order_acquire) == kRoom) {
    return false;
  }
  items_[put % kRoom] = item;
  put_.store(put + 1, std::memory_order_release);
  return true;
}

bool Ring::take(int& item) {
  const unsigned taken = taken_.load(std::memory_order_relaxed);
  if (put_.load(std::memory_order_acquire) == taken) {
    return false;
  }
  item = items_[taken % kRoom];
  taken_.store(taken + 1, std::memory_order_release);
  return true;
}
