// Does:   A buffer for one item, with semaphores for free and for filled places.
// Class:  queues, difficulty 2 of 5
//
// Correct: bounded_buffer.cpp with the mutex taken after the wait.
// Fails:   never.
// From:    see bounded_buffer.cpp.
#include <semaphore.h>

#include <cassert>
#include <mutex>
#include <thread>

constexpr int kItems = 2;

sem_t free_places;
sem_t filled_places;
std::mutex mutex;
int buffer = 0;

void produce() {
  for (int item = 1; item <= kItems; ++item) {
    sem_wait(&free_places);
    std::lock_guard<std::mutex> lock(mutex);
    buffer = item;
    sem_post(&filled_places);
  }
}

void consume() {
  for (int expected = 1; expected <= kItems; ++expected) {
    sem_wait(&filled_places);
    std::lock_guard<std::mutex> lock(mutex);
    assert(buffer == expected);
    sem_post(&free_places);
  }
}

int main() {
  sem_init(&free_places, 0, 1);
  sem_init(&filled_places, 0, 0);
  std::thread producer(produce);
  std::thread consumer(consume);
  producer.join();
  consumer.join();
  sem_destroy(&free_places);
  sem_destroy(&filled_places);
  return 0;
}
