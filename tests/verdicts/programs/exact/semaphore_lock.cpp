// N threads that take the one unit of a semaphore and give it back, each once: N! interleavings. As
// many threads post to another semaphore before, which makes none.
//
// Arguments: N [outcome]
#include <semaphore.h>

#include <thread>
#include <vector>

#include "seen.h"

namespace {

sem_t unit;
sem_t posts;
int order;

}  // namespace

int main(int argc, char** argv) {
  sem_init(&unit, 0, 1);
  sem_init(&posts, 0, 0);
  std::vector<Seen> seen(argument(argc, argv, 1));
  std::vector<std::thread> threads;
  for (Seen& own : seen) {
    threads.emplace_back([&own] {
      sem_post(&posts);
      sem_wait(&unit);
      own.add(order++);
      sem_post(&unit);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return status(argc, argv, seen);
}
