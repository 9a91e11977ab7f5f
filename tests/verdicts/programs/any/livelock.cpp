// Bug: each thread announces itself and then lets the other one go first, without ever taking its
//      own announcement back.
// Fails: if both announce themselves before either looks: both spin for ever. All run, none gets
//        on.
#include <atomic>
#include <thread>

std::atomic<bool> wants[2] = {false, false};

void enter(int self) {
  wants[self] = true;
  while (wants[1 - self]) std::this_thread::yield();
  wants[self] = false;
}

int main() {
  std::thread first(enter, 0);
  std::thread second(enter, 1);
  first.join();
  second.join();
  return 0;
}
