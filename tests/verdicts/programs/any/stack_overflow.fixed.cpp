// Correct: the recursion ends with the list, and has room for it on the threads' stacks.
// Fails: never.
#include <atomic>
#include <cassert>
#include <thread>

std::atomic<int> next[3] = {1, -1, -1};

[[gnu::noinline]] int length(int node) {
  if (node < 0) return 0;
  volatile char name[3000];
  name[0] = static_cast<char>(node);
  const int rest = length(next[node]);
  return name[0] == node ? rest + 1 : rest;
}

int main() {
  std::thread walker([] {
    const int found = length(0);
    assert(found == 2 || found == 3);
  });
  std::thread appender([] { next[1] = 2; });
  walker.join();
  appender.join();
  return 0;
}
