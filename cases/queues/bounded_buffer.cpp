// Does:   A buffer for one item, with semaphores for free and for filled places.
// Class:  queues, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    both sides take the mutex first and then wait for a place, with the mutex in their hands.
// Fails:  if the consumer comes before there is an item, or the producer while the buffer is full.
// From:   A. S. Tanenbaum, "Modern Operating Systems", on the producer-consumer problem with
//         semaphores: the two downs in the wrong order.
// Found:  stress the deadlock, in every run; tsan as stress; fuzz the deadlock; relacy cannot run
//         it: semaphores.
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
    std::lock_guard<std::mutex> lock(mutex);
    sem_wait(&free_places);
    buffer = item;
    sem_post(&filled_places);
  }
}

void consume() {
  for (int expected = 1; expected <= kItems; ++expected) {
    std::lock_guard<std::mutex> lock(mutex);
    sem_wait(&filled_places);
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
