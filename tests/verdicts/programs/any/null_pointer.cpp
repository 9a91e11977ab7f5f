// Bug: the pointer is looked at, and then loaded again to be used.
// Fails: if the other thread takes the object away between the two: a null pointer is used.
#include <atomic>
#include <thread>

int object = 42;
std::atomic<const int*> current{&object};
std::atomic<int> sum{0};

int main() {
  std::thread user([] {
    if (current.load() != nullptr) sum += *current.load();
  });
  std::thread owner([] { current = nullptr; });
  user.join();
  owner.join();
  return 0;
}
