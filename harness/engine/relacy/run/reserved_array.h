// Memory of the engine's own for use within runs.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <type_traits>

namespace heddle {

// Address space for `capacity` elements, backed by pages as they are touched. Within a run the heap
// belongs to the program under test: whatever is taken from it is lost when the heap is put back.
// And elements never move, as Relacy keeps pointers to them. New pages are zero.
template <typename T>
class ReservedArray {
 public:
  static_assert(alignof(T) <= 64);

  // Throws std::bad_alloc.
  explicit ReservedArray(std::size_t capacity) : capacity_(capacity) {
    void* memory = mmap(nullptr, capacity * sizeof(T), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<T*>(memory);
  }
  ~ReservedArray() { munmap(data_, capacity_ * sizeof(T)); }
  ReservedArray(const ReservedArray&) = delete;
  ReservedArray& operator=(const ReservedArray&) = delete;

  T& operator[](std::size_t index) { return data_[index]; }
  const T& operator[](std::size_t index) const { return data_[index]; }
  std::size_t capacity() const { return capacity_; }

 private:
  T* data_ = nullptr;
  std::size_t capacity_;
};

}  // namespace heddle
