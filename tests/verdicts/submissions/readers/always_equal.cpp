#include "board.h"

void Board::write(int number) {
  left_ = number;
  right_ = number;
}

bool Board::read() {
  look(left_);
  look(right_);
  return true;
}
