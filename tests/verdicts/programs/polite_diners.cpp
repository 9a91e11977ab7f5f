// Two threads hand each other a spoon as long as the other is hungry, and both stay so: in whatever
// order they go on, they come back to where they have been.
#include <atomic>
#include <thread>

std::atomic<int> owner{0};
std::atomic<bool> hungry[2] = {true, true};

void dine(int me) {
  while (hungry[me]) {
    if (owner != me) {
      std::this_thread::yield();
      continue;
    }
    if (hungry[1 - me]) {
      owner = 1 - me;
    } else {
      hungry[me] = false;
    }
  }
}

int main() {
  std::thread one(dine, 0);
  std::thread two(dine, 1);
  one.join();
  two.join();
}
