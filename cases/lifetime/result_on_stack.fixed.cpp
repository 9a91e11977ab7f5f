// Does:   A thread works out a sum and hands it to who joins it.
// Class:  lifetime, difficulty 2 of 5
//
// Correct: result_on_stack.cpp with the variable in the caller.
// Fails:   never.
// From:    see result_on_stack.cpp.
#include <pthread.h>

#include <cassert>

struct Work {
  int from;
  int to;
  int sum;
};

void* add_up(void* argument) {
  auto* work = static_cast<Work*>(argument);
  int& sum = work->sum;
  for (int number = work->from; number <= work->to; ++number) {
    sum = sum + number;
  }
  return &sum;
}

int main() {
  Work work = {1, 10, 0};
  pthread_t adder;
  pthread_create(&adder, nullptr, add_up, &work);
  void* result = nullptr;
  pthread_join(adder, &result);
  assert(*static_cast<int*>(result) == 55);
  return 0;
}
