// Bug: the list is walked by recursion, and a second thread closes it to a ring meanwhile.
// Fails: if the ring is closed before the walk comes to the list's end: the recursion then only
//        ends with the stack.
#include <atomic>
#include <thread>

std::atomic<int> next[2] = {1, -1};

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
    length(0, &no_name);
  });
  std::thread closer([] { next[1] = 0; });
  walker.join();
  closer.join();
  return 0;
}
