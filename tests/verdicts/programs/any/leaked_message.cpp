// Bug: two threads publish a message; who comes second finds one there and forgets its own.
// Fails: with --leaks, whoever comes first.
#include <atomic>
#include <thread>

struct Message {
  int number;
};

std::atomic<Message*> published{nullptr};

void publish(int number) {
  Message* message = new Message{number};
  Message* none = nullptr;
  published.compare_exchange_strong(none, message);
}

int main() {
  std::thread first(publish, 1);
  std::thread second(publish, 2);
  first.join();
  second.join();
  delete published.load();
  return 0;
}
