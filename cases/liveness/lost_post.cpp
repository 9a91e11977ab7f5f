// Does:   Three requests share a connection; an answer that is there is not fetched again.
// Class:  liveness, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the way out for what is cached already does not give the connection back.
// Fails:  if a request finds the answer after it has taken a connection, and another one still
//         waits for it. Whoever comes first always fetches.
// From:   the leak on an early return, from which RAII keeps locks; semaphores have none.
// Found:  fuzz the deadlock; stress and tsan as well; relacy has no semaphores.
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
