// Bug: a flag that publishes data is stored and loaded with relaxed order, which orders nothing.
// Fails: if the reader sees the flag but not yet the data. No interleaving of the two threads does
//        that, and x86-64 never does; weaker processors do, and the C++ memory model allows it. The
//        data race is there in every run in which the reader sees the flag.
// From:  the litmus test "message passing" (MP).
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
