#include "buffer.h"

void Buffer::put(int item) {
  mutex_.lock();
  item_ = item;
  full_ = true;
}

int Buffer::take() {
  mutex_.lock();
  full_ = false;
  return item_;
}
