#include "board.h"

void Board::write(int number) {
  std::unique_lock<std::shared_mutex> lock(mutex_);
  left_ = number;
  lock.unlock();
  lock.lock();
  right_ = number;
}

// Until the writer is done; where there is none, for ever.
bool Board::read() {
  for (;;) {
    std::shared_lock<std::shared_mutex> lock(mutex_);
    if (look(left_) == 1 && look(right_) == 1) {
      return true;
    }
  }
}
