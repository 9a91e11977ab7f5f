#include "buffer.h"

void Buffer::put(int item) {
  while (full_) {
  }
  item_ = item;
  full_ = true;
}

int Buffer::take() {
  while (!full_) {
  }
  full_ = false;
  return item_;
}
