// Bug: the first thread hands the address of its thread_local variable to the second one, which
//      writes it without any order.
// Fails: if the second thread finds the address: both write the one variable.
#include <atomic>
#include <thread>

thread_local int hits = 0;
std::atomic<int*> published{nullptr};
std::atomic<bool> finished{false};

int main() {
  std::thread owner([] {
    published = &hits;
    ++hits;
    while (!finished) std::this_thread::yield();
  });
  std::thread other([] {
    if (int* found = published) ++*found;
    finished = true;
  });
  owner.join();
  other.join();
  return 0;
}
