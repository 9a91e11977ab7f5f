#include "counter.h"

namespace {
int count = 0;
}

// The compiler puts the word together where a blank follows the backslash too.
void let_in(int visitor) {
  welcome(visitor);
  as\  
m volatile("incl %0"
           : "+m"(count));
}

int visitors() {
  return count;
}
