// Correct: two threads share an object by a std::shared_ptr each, and whichever gives it up last
//          deletes it.
// Fails: never.
#include <cassert>
#include <memory>
#include <thread>
#include <utility>

int main() {
  auto shared = std::make_shared<const int>(42);
  std::thread first([mine = shared] { assert(*mine == 42); });
  std::thread second([mine = std::move(shared)] { assert(*mine == 42); });
  first.join();
  second.join();
  return 0;
}
