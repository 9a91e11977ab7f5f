#include <stdexcept>

#include "buffer.h"

void Buffer::put(int item) {
  std::lock_guard<std::mutex> lock(mutex_);
  item_ = item;
  full_ = true;
}

int Buffer::take() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!full_) {
    throw std::runtime_error("nothing is there");
  }
  full_ = false;
  return item_;
}
