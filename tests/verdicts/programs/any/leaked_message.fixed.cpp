// Correct: who comes second finds a message there, and frees its own.
// Fails: never.
#include <atomic>
#include <thread>

struct Message {
  int number;
};

std::atomic<Message*> published{nullptr};

void publish(int number) {
  Message* message = new Message{number};
  Message* none = nullptr;
  if (!published.compare_exchange_strong(none, message)) delete message;
}

int main() {
  std::thread first(publish, 1);
  std::thread second(publish, 2);
  first.join();
  second.join();
  delete published.load();
  return 0;
}
