// Correct: it asks for its position in standard output, and std::cout is written out at its end in
// every run, not in one.
// Fails: never.
#include <cassert>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <thread>

std::ios_base::Init another;  // as of another source file
std::mutex mutex;
int count = 0;

void add() {
  const std::lock_guard<std::mutex> lock(mutex);
  ++count;
}

int main() {
  std::thread first(add);
  std::thread second(add);
  first.join();
  second.join();
  assert(count == 2);
  const long position = std::ftell(stdout);
  std::cout << (position > 0 ? "" : "\n");
  return 0;
}
