// Bug: one thread adds through std::atomic_ref and the other one directly.
// Fails: in every interleaving: a plain write and an atomic one without order are a race, and one
//        of the additions may be lost.
#include <atomic>
#include <cassert>
#include <thread>

int counter = 0;

int main() {
  std::thread first([] { std::atomic_ref<int>(counter).fetch_add(1); });
  std::thread second([] { counter = counter + 1; });
  first.join();
  second.join();
  assert(counter == 2);
  return 0;
}
