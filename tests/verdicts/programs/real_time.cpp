// Fails by how long things take: on real threads always, and in no interleaving.
#include <cassert>
#include <chrono>
#include <thread>

int main() {
  const auto begin = std::chrono::steady_clock::now();
  std::thread thread([] {});
  thread.join();
  assert(std::chrono::steady_clock::now() - begin < std::chrono::nanoseconds(100));
  return 0;
}
