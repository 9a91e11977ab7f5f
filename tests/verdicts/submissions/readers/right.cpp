#include "board.h"

void Board::write(int number) {
  std::unique_lock<std::shared_mutex> lock(mutex_);
  left_ = number;
  right_ = number;
}

bool Board::read() {
  std::shared_lock<std::shared_mutex> lock(mutex_);
  return look(left_) == look(right_);
}
