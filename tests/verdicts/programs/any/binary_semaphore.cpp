// Bug: both players wait for the ball before they pass it on; nobody has it at first.
// Fails: in every interleaving: all threads wait.
#include <semaphore>
#include <thread>

std::binary_semaphore ping(0);
std::binary_semaphore pong(0);

int main() {
  std::thread first([] {
    ping.acquire();
    pong.release();
  });
  std::thread second([] {
    pong.acquire();
    ping.release();
  });
  first.join();
  second.join();
  return 0;
}
