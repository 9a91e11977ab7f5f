// Does:   Three requests share a connection; an answer that is there is not fetched again.
// Class:  liveness, difficulty 2 of 5
//
// Correct: lost_post.cpp with a post on both ways.
// Fails:   never.
// From:    see lost_post.cpp.
#include <semaphore.h>

#include <atomic>
#include <thread>

sem_t connections;
std::atomic<bool> cached{false};

void request() {
  if (cached) {
    return;
  }
  sem_wait(&connections);
  if (cached) {
    sem_post(&connections);
    return;
  }
  cached = true;
  sem_post(&connections);
}

int main() {
  sem_init(&connections, 0, 1);
  std::thread first(request);
  std::thread second(request);
  std::thread third(request);
  first.join();
  second.join();
  third.join();
  sem_destroy(&connections);
  return 0;
}
