// Does:   Data is published in state 1; a helper moves the state on to 2; a reader waits for 2.
// Class:  memory_order, difficulty 5 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the helper's relaxed store of 2 is not part of the release sequence of the 1, so the
//         reader of the 2 does not synchronise with who wrote the data.
// Fails:  if the reader sees the 2: what it reads then is a data race, in every such run. x86-64
//         shows no wrong value.
// From:   [intro.races] in C++20: a release sequence consists of the release and of
//         read-modify-writes; stores of other threads have never been part of it.
// Found:  stress nothing; tsan the data race; fuzz the data race; relacy the data race.
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
  if (state.load(std::memory_order_relaxed) == 1) {
    state.store(2, std::memory_order_relaxed);
  }
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
