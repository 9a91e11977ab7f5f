// Correct: the head has a count beside the index, in one atomic, which each exchange raises: the
//          same index with the same count is the same list.
// Fails: never.
#include <atomic>
#include <cassert>
#include <cstdint>
#include <thread>

constexpr std::int32_t kNone = -1;

struct Head {
  std::int32_t node;
  std::uint32_t count;
};

std::atomic<Head> head{Head{0, 0}};
std::atomic<std::int32_t> next[2] = {1, kNone};
std::atomic<bool> owned[2] = {false, false};

int take() {
  Head top = head;
  while (top.node != kNone &&
         !head.compare_exchange_weak(top, Head{next[top.node], top.count + 1})) {
  }
  if (top.node != kNone) assert(!owned[top.node].exchange(true));
  return top.node;
}

void give(int node) {
  owned[node] = false;
  Head top = head;
  do {
    next[node] = top.node;
  } while (!head.compare_exchange_weak(top, Head{node, top.count + 1}));
}

int main() {
  std::thread first([] {
    take();
    take();
  });
  std::thread second([] {
    const int one = take();
    take();
    if (one != kNone) give(one);
  });
  first.join();
  second.join();
  return 0;
}
