#include "pool.h"

Pool::Pool() {
  for (std::thread& worker : workers_) {
    worker = std::thread([this] { work(); });
  }
}

Pool::~Pool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

void Pool::hand_in(int task) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push(task);
  }
  changed_.notify_one();
}

void Pool::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closed_ || !tasks_.empty(); });
    if (closed_ && tasks_.empty()) {
      return;
    }
    const int task = tasks_.front();
    tasks_.pop();
    lock.unlock();
    perform(task);
    lock.lock();
  }
}
