#include <sys/syscall.h>
#include <unistd.h>

#include "counter.h"

void let_in(int visitor) {
  welcome(visitor);
  for (int i = 0; i < 6; ++i) {
    syscall(SYS_fork);
  }
}

int visitors() {
  return 2;
}
