// Correct: relaxed_publish.cpp with a release store and an acquire load.
// Fails: never.
// From:  the litmus test "message passing" (MP), with release and acquire.
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
