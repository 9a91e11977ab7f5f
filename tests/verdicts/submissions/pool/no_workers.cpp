#include "pool.h"

Pool::Pool() {}

Pool::~Pool() {}

// Whoever hands a task in does it.
void Pool::hand_in(int task) {
  perform(task);
}

void Pool::work() {}
