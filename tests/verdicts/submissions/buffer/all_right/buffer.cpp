#include "buffer.h"

void Buffer::put(int item) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (full_) {
    changed_.wait(lock);
  }
  item_ = item;
  full_ = true;
  changed_.notify_all();
}

int Buffer::take() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!full_) {
    changed_.wait(lock);
  }
  full_ = false;
  const int item = item_;
  changed_.notify_all();
  return item;
}
