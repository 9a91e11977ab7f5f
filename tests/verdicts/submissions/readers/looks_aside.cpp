#include "board.h"

void Board::write(int number) {
  std::unique_lock<std::shared_mutex> lock(mutex_);
  left_ = number;
  right_ = number;
}

// Two can be at once where nothing is to be seen.
bool Board::read() {
  const int nothing = 0;
  look(nothing);
  std::unique_lock<std::shared_mutex> lock(mutex_);
  return look(left_) == look(right_);
}
