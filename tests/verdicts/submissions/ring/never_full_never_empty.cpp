#include "ring.h"

// Nothing is ever there.
bool Ring::put(int) {
  return true;
}

bool Ring::take(int&) {
  return false;
}
