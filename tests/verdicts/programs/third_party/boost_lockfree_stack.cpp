// boost::lockfree::stack: two threads push two elements and pop one each, with nodes used again at
// once (ABA); a third pops. No element is lost or comes out twice, what was written before push()
// is seen after pop(), and what is left at the end comes out last in, first out per thread.
//
// FIXED makes the stack of a fixed capacity: nodes in an array with tagged 16-bit indices.
#include <boost/lockfree/stack.hpp>
#include <cassert>
#include <thread>
#include <vector>

#ifdef FIXED
boost::lockfree::stack<int*, boost::lockfree::capacity<4>> stack;
#else
boost::lockfree::stack<int*> stack(1);
#endif
int values[2][2];

void pop(std::vector<int*>& taken) {
  int* value = nullptr;
  if (stack.pop(value)) taken.push_back(value);
}

void push(int thread, int number) {
  values[thread][number] = 10 * thread + number;
  const bool pushed = stack.push(&values[thread][number]);
  assert(pushed);
}

void push_pop_push(int thread, std::vector<int*>& taken) {
  push(thread, 0);
  pop(taken);
  push(thread, 1);
}

int main() {
  std::vector<int*> taken[3];
  std::thread first([&] { push_pop_push(0, taken[0]); });
  std::thread second([&] { push_pop_push(1, taken[1]); });
  std::thread third([&] { pop(taken[2]); });
  first.join();
  second.join();
  third.join();

  int last[2] = {2, 2};
  std::vector<int*> rest;
  for (int* value = nullptr; stack.pop(value);) {
    rest.push_back(value);
    assert(*value % 10 < last[*value / 10]);
    last[*value / 10] = *value % 10;
  }
  assert(stack.empty());
  int seen[2][2] = {};
  for (const auto* by : {&taken[0], &taken[1], &taken[2], &rest}) {
    for (const int* value : *by) ++seen[*value / 10][*value % 10];
  }
  for (const auto& of_thread : seen) {
    for (const int times : of_thread) assert(times == 1);
  }
  return 0;
}
