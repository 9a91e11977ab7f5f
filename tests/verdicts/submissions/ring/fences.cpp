#include "ring.h"

bool Ring::put(int item) {
  const unsigned put = put_.load(std::memory_order_relaxed);
  if (put - taken_.load(std::memory_order_relaxed) == kRoom) {
    return false;
  }
  std::atomic_thread_fence(std::memory_order_acquire);
  items_[put % kRoom] = item;
  std::atomic_thread_fence(std::memory_order_release);
  put_.store(put + 1, std::memory_order_relaxed);
  return true;
}

bool Ring::take(int& item) {
  const unsigned taken = taken_.load(std::memory_order_relaxed);
  if (put_.load(std::memory_order_relaxed) == taken) {
    return false;
  }
  std::atomic_thread_fence(std::memory_order_acquire);
  item = items_[taken % kRoom];
  std::atomic_thread_fence(std::memory_order_release);
  taken_.store(taken + 1, std::memory_order_relaxed);
  return true;
}
