// Bug: the detached thread uses an object of main's, which main destroys at the end of the block.
// Fails: if the thread comes after that: the object's memory is freed. If it comes before, nothing
//        orders its read and the destruction.
#include <cassert>
#include <memory>
#include <thread>

int main() {
  {
    const auto message = std::make_unique<int>(42);
    std::thread([text = message.get()] { assert(*text == 42); }).detach();
  }
  std::this_thread::yield();
  return 0;
}
