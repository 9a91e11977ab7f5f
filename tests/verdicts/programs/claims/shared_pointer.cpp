// The program names no memory order; what it uses of the standard library does, in its headers.
#include <cassert>
#include <memory>
#include <thread>

int main() {
  auto number = std::make_shared<int>(1);
  std::thread first([copy = number] { assert(*copy == 1); });
  std::thread second([copy = number] { assert(*copy == 1); });
  first.join();
  second.join();
}
