// Where the one object of a class lies that hooks need: they have no argument to find it by. Its
// address is known when the library is linked, so that a member is as near as a global variable.
#pragma once

#include <new>
#include <utility>

namespace heddle {

template <typename T>
class Room {
 public:
  // Once in a process; it lives as long as that.
  template <typename... Arguments>
  void open(Arguments&&... arguments) {
    new (static_cast<void*>(bytes_)) T(std::forward<Arguments>(arguments)...);
  }
  T* operator->() { return std::launder(reinterpret_cast<T*>(bytes_)); }
  T& operator*() { return *operator->(); }

 private:
  alignas(T) unsigned char bytes_[sizeof(T)] = {};
};

}  // namespace heddle
