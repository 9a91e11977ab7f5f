// Does:   One thread publishes a number with a flag; another reads it if the flag is set.
// Class:  memory_order, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    a flag that publishes data is stored and loaded with relaxed order, which orders nothing.
// Fails:  if the reader sees the flag but not yet the data. No interleaving of the two threads does
//         that, and x86-64 never does; weaker processors do, and the C++ memory model allows it.
//         The data race is there in every run in which the reader sees the flag.
// From:   the litmus test "message passing" (MP).
// Found:  stress nothing; tsan and fuzz the race; relacy the race.
#include <atomic>
#include <cassert>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

void publish() {
  data = 42;
  ready.store(true, std::memory_order_relaxed);
}

void consume() {
  if (ready.load(std::memory_order_relaxed)) {
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
