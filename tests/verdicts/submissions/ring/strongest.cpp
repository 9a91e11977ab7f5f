#include "ring.h"

bool Ring::put(int item) {
  const unsigned put = put_.load(std::memory_order_seq_cst);
  if (put - taken_.load(std::memory_order_seq_cst) == kRoom) {
    return false;
  }
  items_[put % kRoom] = item;
  put_.store(put + 1, std::memory_order_seq_cst);
  return true;
}

bool Ring::take(int& item) {
  const unsigned taken = taken_.load(std::memory_order_seq_cst);
  if (put_.load(std::memory_order_seq_cst) == taken) {
    return false;
  }
  item = items_[taken % kRoom];
  taken_.store(taken + 1, std::memory_order_seq_cst);
  return true;
}
