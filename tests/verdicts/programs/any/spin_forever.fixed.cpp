// Correct: nobody resets the flag. One thread spins with a yield and one without; both end as soon
//          as main, which nothing holds up, sets the flag.
// Fails: never, and is no livelock.
#include <atomic>
#include <thread>

std::atomic<bool> go{false};

int main() {
  std::thread polite([] {
    while (!go) std::this_thread::yield();
  });
  std::thread impolite([] {
    while (!go) {
    }
  });
  go = true;
  polite.join();
  impolite.join();
  return 0;
}
