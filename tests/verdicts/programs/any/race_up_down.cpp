// Bug: threads count themselves in and out without a lock.
// Fails: the counts race, and one can be lost: of those that go in or of those that go out.
#include <cassert>
#include <thread>

int inside = 0;

__attribute__((noinline)) void enter() {
  ++inside;
}

__attribute__((noinline)) void leave() {
  --inside;
}

void visit() {
  enter();
  leave();
}

int main() {
  std::thread first(visit);
  std::thread second(visit);
  first.join();
  second.join();
  assert(inside == 0);
  return 0;
}
