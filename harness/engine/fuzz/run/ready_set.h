// Which threads could go on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "fuzz/strategy/strategy.h"
#include "harness/engine/fuzz/run/fiber_thread.h"

namespace heddle {

// Ascending by id, as strategies are shown it; the running thread among them unless it waits.
class ReadySet {
 public:
  void clear() { threads_.clear(); }
  std::size_t size() const { return threads_.size(); }
  bool empty() const { return threads_.empty(); }
  const ReadyThread& operator[](std::size_t i) const { return threads_[i]; }
  auto begin() const { return threads_.begin(); }
  auto end() const { return threads_.end(); }
  std::span<const ReadyThread> span() const { return threads_; }

  // Of the first that is not below `id`.
  std::size_t index_of(ThreadId id) const {
    if (threads_.size() <= 8) [[likely]] {
      std::size_t i = 0;
      while (i < threads_.size() && threads_[i].id < id) ++i;
      return i;
    }
    return static_cast<std::size_t>(std::lower_bound(threads_.begin(), threads_.end(), id,
                                                     [](const ReadyThread& thread, ThreadId value) {
                                                       return thread.id < value;
                                                     }) -
                                    threads_.begin());
  }

  // Both move what stands above one by one: there are few, and a library call would cost more.
  void add(FuzzThread& thread) {
    thread.state = FuzzThread::State::ready;
    threads_.push_back({thread.id, &thread.op});
    for (std::size_t i = threads_.size() - 1; i > 0 && threads_[i - 1].id > thread.id; --i) {
      std::swap(threads_[i], threads_[i - 1]);
    }
  }
  void remove(FuzzThread& thread) {
    thread.state = FuzzThread::State::blocked;
    for (std::size_t i = index_of(thread.id) + 1; i < threads_.size(); ++i) {
      threads_[i - 1] = threads_[i];
    }
    threads_.pop_back();
  }

 private:
  std::vector<ReadyThread> threads_;
};

}  // namespace heddle
