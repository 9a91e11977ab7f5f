// Runs a concurrent program that is written in its argument: threads separated by '|', each a list
// of steps of three characters, what, where and a digit. The exit status is a hash of all that the
// threads saw, from 1 to 251.
//
//   l x -   load                        s x v   store v            a x v   fetch_add v
//   c x v   compare-exchange 0 with v   e x v   exchange with v    f - -   fence
//   L m -   lock      U m -   unlock    t m v   try to lock; if that works, add v to the plain
//                                               number of the lock and unlock
//   i m v   add v to the plain number of the lock, which must be held
//   W m -   wait for the condition of the lock, which must be held
//   T m -   the same with a time limit
//   N m -   notify one                  B m -   notify all
//   p s -   post the semaphore          q s -   wait for it        y s -   try to
//   Y s -   wait for it with a time limit
//   M m v   as t, but with a time limit
//   r x -   read a plain number         w x v   write v to it
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "exact/seen.h"

namespace {

constexpr int kMost = 4;
std::array<std::atomic<int>, kMost> atomics;
std::array<int, kMost> numbers;

struct Lock {
  std::mutex mutex;
  std::condition_variable condition;
  int number = 0;
};
std::array<Lock, kMost> locks;
std::array<sem_t, kMost> semaphores;

timespec in_a_second() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  ++time.tv_sec;
  return time;
}

void execute(char what, int where, int value, Seen& seen) {
  switch (what) {
    case 'l':
      seen.add(atomics[where].load());
      break;
    case 's':
      atomics[where].store(value);
      break;
    case 'a':
      seen.add(atomics[where].fetch_add(value));
      break;
    case 'c': {
      int expected = 0;
      const bool exchanged = atomics[where].compare_exchange_strong(expected, value);
      seen.add(exchanged ? 10 : expected);
      break;
    }
    case 'e':
      seen.add(atomics[where].exchange(value));
      break;
    case 'f':
      std::atomic_thread_fence(std::memory_order_seq_cst);
      break;
    case 'L':
      locks[where].mutex.lock();
      break;
    case 'U':
      locks[where].mutex.unlock();
      break;
    case 't':
      if (locks[where].mutex.try_lock()) {
        locks[where].number += value;
        locks[where].mutex.unlock();
        seen.add(1);
      } else {
        seen.add(0);
      }
      break;
    case 'i':
      locks[where].number += value;
      seen.add(locks[where].number);
      break;
    case 'W': {
      std::unique_lock lock(locks[where].mutex, std::adopt_lock);
      locks[where].condition.wait(lock);
      lock.release();
      break;
    }
    case 'T': {
      std::unique_lock lock(locks[where].mutex, std::adopt_lock);
      const auto status = locks[where].condition.wait_for(lock, std::chrono::seconds(1));
      seen.add(status == std::cv_status::timeout ? 0 : 1);
      lock.release();
      break;
    }
    case 'N':
      locks[where].condition.notify_one();
      break;
    case 'B':
      locks[where].condition.notify_all();
      break;
    case 'p':
      sem_post(&semaphores[where]);
      break;
    case 'q':
      sem_wait(&semaphores[where]);
      break;
    case 'y':
      seen.add(sem_trywait(&semaphores[where]) == 0 ? 1 : 0);
      break;
    case 'Y': {
      const timespec deadline = in_a_second();
      seen.add(sem_timedwait(&semaphores[where], &deadline) == 0 ? 1 : 0);
      break;
    }
    case 'M': {
      const timespec deadline = in_a_second();
      if (pthread_mutex_timedlock(locks[where].mutex.native_handle(), &deadline) == 0) {
        locks[where].number += value;
        locks[where].mutex.unlock();
        seen.add(1);
      } else {
        seen.add(0);
      }
      break;
    }
    case 'r':
      seen.add(numbers[where]);
      break;
    case 'w':
      numbers[where] = value;
      break;
    default:
      std::abort();
  }
}

void run(std::string_view steps, Seen& seen) {
  constexpr std::size_t kStep = 3;
  for (; steps.size() >= kStep; steps.remove_prefix(kStep)) {
    execute(steps[0], steps[1] - '0', steps[2] - '0', seen);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 255;
  std::vector<std::string_view> threads;
  for (std::string_view left = argv[1]; !left.empty();) {
    const std::size_t end = std::min(left.find('|'), left.size());
    threads.push_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  for (sem_t& semaphore : semaphores) sem_init(&semaphore, 0, 0);
  std::vector<Seen> seen(threads.size() + 1);
  {
    std::vector<std::thread> running;
    for (std::size_t i = 0; i < threads.size(); ++i) {
      running.emplace_back(run, threads[i], std::ref(seen[i]));
    }
    for (std::thread& thread : running) thread.join();
  }
  for (int i = 0; i < kMost; ++i) {
    seen.back().add(atomics[i].load());
    seen.back().add(locks[i].number);
    seen.back().add(numbers[i]);
  }
  return status(argc, argv, seen);
}
