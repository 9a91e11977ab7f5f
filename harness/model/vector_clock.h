// Vector clocks (Fidge 1988, Mattern 1989): how much of every thread's past a thread knows of. With
// the virtual time that it has come to, which travels the same ways: a thread's time then depends
// on nothing but what happened before, and not on threads that it has nothing to do with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>

#include "harness/model/op.h"

namespace heddle {

// One time per thread, 0 where never set. Up to kInline threads it allocates nothing; once it has
// grown it keeps its memory, so that reuse costs nothing either.
class VectorClock {
 public:
  using Time = std::uint64_t;

  VectorClock() = default;
  VectorClock(const VectorClock& other) { *this = other; }
  VectorClock& operator=(const VectorClock& other) {
    if (this == &other) return *this;
    if (!heap_ && !other.heap_) [[likely]] {
      // As a whole: a few moves, where a copy of `size_` times would be a call.
      std::copy(std::begin(other.inline_), std::end(other.inline_), std::begin(inline_));
    } else {
      if (other.size_ > capacity_) grow(other.size_);
      std::copy_n(other.data(), other.size_, data());
      if (other.size_ < size_) std::fill(data() + other.size_, data() + size_, 0);
    }
    size_ = other.size_;
    now_ = other.now_;
    return *this;
  }
  ~VectorClock() = default;

  Time get(ThreadId thread) const { return thread < size_ ? data()[thread] : 0; }

  void set(ThreadId thread, Time time) {
    extend(thread + 1);
    data()[thread] = time;
  }

  // Virtual nanoseconds.
  std::uint64_t now() const { return now_; }
  void advance(std::uint64_t now) { now_ = std::max(now_, now); }

  // Afterwards this knows all that either knew.
  void join(const VectorClock& other) {
    advance(other.now_);
    extend(other.size_);
    Time* mine = data();
    const Time* theirs = other.data();
    for (std::uint32_t i = 0; i < other.size_; ++i) mine[i] = std::max(mine[i], theirs[i]);
  }

  void clear() {
    if (heap_) {
      std::fill_n(heap_.get(), size_, 0);
    } else {
      std::fill(std::begin(inline_), std::end(inline_), 0);
    }
    size_ = 0;
    now_ = 0;
  }
  bool empty() const { return size_ == 0; }

  // Threads with an id below this may have a time; those from here on have none.
  std::uint32_t size() const { return size_; }

  // Whether everything this knows, `other` knows too.
  bool ordered_before(const VectorClock& other) const {
    for (std::uint32_t i = 0; i < size_; ++i) {
      if (data()[i] > other.get(i)) return false;
    }
    return true;
  }

 private:
  static constexpr std::uint32_t kInline = 6;

  Time* data() { return data_; }
  const Time* data() const { return data_; }

  void extend(std::uint32_t size) {
    if (size <= size_) return;
    if (size > capacity_) [[unlikely]]
      grow(size);
    size_ = size;
  }

  [[gnu::noinline]] void grow(std::uint32_t size) {
    const std::uint32_t capacity = std::max(size, capacity_ * 2);
    std::unique_ptr<Time[]> bigger(new Time[capacity]());
    std::copy_n(data(), size_, bigger.get());
    heap_ = std::move(bigger);
    data_ = heap_.get();
    capacity_ = capacity;
  }

  Time* data_ = inline_;  // or the heap's
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = kInline;
  std::uint64_t now_ = 0;
  // Zero from `size_` on, as the heap's are.
  Time inline_[kInline] = {};
  std::unique_ptr<Time[]> heap_;
};

}  // namespace heddle
