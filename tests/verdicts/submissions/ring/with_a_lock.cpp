#include <mutex>

#include "ring.h"

namespace {
std::mutex mutex;
}

bool Ring::put(int item) {
  std::lock_guard<std::mutex> lock(mutex);
  if (put_ - taken_ == kRoom) {
    return false;
  }
  items_[put_ % kRoom] = item;
  ++put_;
  return true;
}

bool Ring::take(int& item) {
  std::lock_guard<std::mutex> lock(mutex);
  if (put_ == taken_) {
    return false;
  }
  item = items_[taken_ % kRoom];
  ++taken_;
  return true;
}
