#include <unistd.h>

#include "counter.h"

void let_in(int visitor) {
  welcome(visitor);
  if (fork() < 0) {
  }
}

int visitors() {
  return 2;
}
