// Correct: as many users at once as there are connections. The third one leaves if its try fails,
//          which it may for no reason. All permits are back in the end.
// Fails: never by itself; libstdc++'s semaphore may leave a thread asleep.
#include <atomic>
#include <cassert>
#include <semaphore>
#include <thread>

std::counting_semaphore<2> free_connections(2);
std::atomic<int> users{0};

void use() {
  const int now = ++users;
  assert(now <= 2);
  --users;
  free_connections.release();
}

void query() {
  free_connections.acquire();
  use();
}

void query_or_leave() {
  if (free_connections.try_acquire()) use();
}

int main() {
  std::thread first(query);
  std::thread second(query);
  std::thread third(query_or_leave);
  first.join();
  second.join();
  third.join();
  free_connections.acquire();
  free_connections.acquire();
  assert(users == 0);
  return 0;
}
