// Two threads hand each other the turn for ever: none runs for long at a time, none waits for long,
// and something changes at each turn.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable turn_changed;
int turn = 0;

void take_turns(int mine) {
  while (true) {
    std::unique_lock lock(mutex);
    turn_changed.wait(lock, [&] { return turn == mine; });
    turn = 1 - mine;
    turn_changed.notify_one();
  }
}

int main() {
  std::thread other(take_turns, 1);
  take_turns(0);
  other.join();
  return 0;
}
