// Correct: the recursion ends with the list, and has room for it on the threads' stacks.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> next[3] = {1, -1, -1};

// Each call sees the name that its caller has on the stack.
[[gnu::noinline]] int length(int node, volatile char* previous_name) {
  if (node < 0) return 0;
  volatile char name[3000];
  name[0] = 'a';
  const int rest = length(next[node], name);
  previous_name[0] = name[0];
  return rest + 1;
}

int main() {
  std::thread walker([] {
    volatile char no_name = 0;
    const int found = length(0, &no_name);
    assert(found == 2 || found == 3);
  });
  std::thread appender([] { next[1] = 2; });
  walker.join();
  appender.join();
  return 0;
}
