// Bug: the pool has one connection, and its semaphore lets two users in.
// Fails: whenever neither of the two waits for the other: nothing orders their use.
#include <cassert>
#include <semaphore>
#include <thread>

std::counting_semaphore<2> free_connections(2);
int connection_users = 0;

void query() {
  free_connections.acquire();
  ++connection_users;
  assert(connection_users == 1);
  --connection_users;
  free_connections.release();
}

int main() {
  std::thread first(query);
  std::thread second(query);
  first.join();
  second.join();
  return 0;
}
