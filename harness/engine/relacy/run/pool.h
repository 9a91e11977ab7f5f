// Objects of one type for the length of a run: as many as needed, none given back.
#pragma once

#include <cstddef>
#include <new>

#include "harness/engine/relacy/run/reserved_array.h"

namespace heddle::relacy {

template <typename T>
class Pool {
 public:
  explicit Pool(std::size_t capacity) : memory_(capacity) {}
  void clear() { used_ = 0; }
  // Null: the pool is empty. What stood there in an earlier run is overwritten, not destroyed:
  // Relacy's destructors complain of locked mutexes.
  template <typename... Arguments>
  T* make(Arguments... arguments) {
    if (used_ == memory_.capacity()) return nullptr;
    return new (memory_[used_++].bytes) T(arguments...);
  }

 private:
  struct Room {
    alignas(T) unsigned char bytes[sizeof(T)];
  };
  ReservedArray<Room> memory_;
  std::size_t used_ = 0;
};

}  // namespace heddle::relacy
