// A list to which threads push: the compare-exchange has the node's own link as what it expects,
// and writes it each time that it fails. The loop counts on that, and is no waiting.
#include <atomic>
#include <cassert>
#include <thread>

struct Node {
  Node* next = nullptr;
};

Node nodes[2];
std::atomic<Node*> head{nullptr};

void push(Node* node) {
  node->next = head.load();
  while (!head.compare_exchange_strong(node->next, node)) {
  }
}

int main() {
  std::thread first(push, &nodes[0]);
  std::thread second(push, &nodes[1]);
  first.join();
  second.join();
  int length = 0;
  for (const Node* node = head; node != nullptr; node = node->next) ++length;
  assert(length == 2);
  return 0;
}
