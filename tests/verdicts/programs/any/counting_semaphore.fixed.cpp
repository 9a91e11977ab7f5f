// Correct: as many users as there are connections, which the users share out by an atomic counter,
//          and a third user who waits, or leaves if the try fails.
// Fails: never.
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
  assert(free_connections.try_acquire_for(std::chrono::seconds(0)) || users == 0);
  return 0;
}
