// Does:   One thread publishes a number with a flag; another reads it if the flag is set.
// Class:  memory_order, difficulty 2 of 5
//
// Correct: relaxed_publish.cpp with a release store and an acquire load.
// Fails:   never.
// From:    see relaxed_publish.cpp.
#include <atomic>
#include <cassert>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

void publish() {
  data = 42;
  ready.store(true, std::memory_order_release);
}

void consume() {
  if (ready.load(std::memory_order_acquire)) {
    assert(data == 42);
  }
}

int main() {
  std::thread writer(publish);
  std::thread reader(consume);
  writer.join();
  reader.join();
  return 0;
}
