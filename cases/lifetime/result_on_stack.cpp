// Does:   A thread works out a sum and hands it to who joins it.
// Class:  lifetime, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the thread returns a pointer to a variable of its own, which ends with it.
// Fails:  in every run, though the old value may still be there to see.
// From:   pthread_exit(3): the value must not be located on the calling thread's stack.
// Found:  stress the failed assertion, in every run; tsan as stress; fuzz the use after return;
//         relacy the failed assertion.
#include <pthread.h>

#include <cassert>

struct Work {
  int from;
  int to;
};

void* add_up(void* argument) {
  auto* work = static_cast<Work*>(argument);
  volatile int sum = 0;
  for (int number = work->from; number <= work->to; ++number) {
    sum = sum + number;
  }
  int* result = const_cast<int*>(&sum);
  return result;
}

int main() {
  Work work = {1, 10};
  pthread_t adder;
  pthread_create(&adder, nullptr, add_up, &work);
  void* result = nullptr;
  pthread_join(adder, &result);
  assert(*static_cast<int*>(result) == 55);
  return 0;
}
