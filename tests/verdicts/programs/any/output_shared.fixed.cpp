// Correct: two threads print to std::cout, which is synchronised.
// Fails: never.
#include <iostream>
#include <thread>

int main() {
  const auto greet = [] { std::cout << "hello " << 1 << '\n'; };
  std::thread first(greet);
  std::thread second(greet);
  first.join();
  second.join();
  return 0;
}
