// Bug: the list is walked by recursion, and a second thread closes it to a ring meanwhile.
// Fails: if the ring is closed before the walk comes to the list's end: the recursion then only
//        ends with the stack.
#include <atomic>
#include <thread>

std::atomic<int> next[2] = {1, -1};

[[gnu::noinline]] int length(int node) {
  if (node < 0) return 0;
  volatile char name[3000];
  name[0] = static_cast<char>(node);
  const int rest = length(next[node]);
  return name[0] == node ? rest + 1 : rest;
}

int main() {
  std::thread walker([] { length(0); });
  std::thread closer([] { next[1] = 0; });
  walker.join();
  closer.join();
  return 0;
}
