#include "buffer.h"

namespace {
std::condition_variable emptied;
}

void Buffer::put(int item) {
  std::unique_lock<std::mutex> lock(mutex_);
  emptied.wait(lock, [this] { return !full_; });
  item_ = item;
  full_ = true;
  changed_.notify_one();
}

int Buffer::take() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return full_; });
  full_ = false;
  const int item = item_;
  lock.unlock();
  emptied.notify_one();
  return item;
}
