// Does:   Data is published in state 1; a helper moves the state on to 2; a reader waits for 2.
// Class:  memory_order, difficulty 5 of 5
//
// Correct: release_sequence.cpp with a read-modify-write, which carries the release sequence on.
// Fails:   never.
// From:    see release_sequence.cpp.
#include <atomic>
#include <cassert>
#include <thread>

int data = 0;
std::atomic<int> state{0};

void publish() {
  data = 42;
  state.store(1, std::memory_order_release);
}

void move_on() {
  int published = 1;
  state.compare_exchange_strong(published, 2, std::memory_order_relaxed);
}

void read() {
  if (state.load(std::memory_order_acquire) == 2) {
    assert(data == 42);
  }
}

int main() {
  std::thread writer(publish);
  std::thread helper(move_on);
  std::thread reader(read);
  writer.join();
  helper.join();
  reader.join();
  return 0;
}
