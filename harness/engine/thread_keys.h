// Thread-specific data by key (POSIX pthread_key_create and its kin), per run and per logical
// thread. The C library's own would not do: its keys outlive the run, and a thread that serves many
// runs, or many threads' fibers, has one set of values and an end that never comes.
#pragma once

#include <limits.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace heddle {

class ThreadKeys {
 public:
  struct Value {
    std::uint32_t generation = 0;  // of the key; a value of an older one is none
    void* pointer = nullptr;
  };
  // A thread's; index: key. Only that thread may touch it.
  using Values = std::vector<Value>;

  // Keys made here, and not by the C library before main.
  static bool owns(pthread_key_t key) { return key >= kFirst; }

  void begin_run();

  // These return what the functions of POSIX of the same work return. Any thread may call them.
  int create(pthread_key_t* key, void (*destructor)(void*));
  int remove(pthread_key_t key);
  int set(Values& values, pthread_key_t key, void* value);
  void* get(const Values& values, pthread_key_t key) const;

  // At the end of the thread whose values these are; calls the program.
  void run_destructors(Values& values);

 private:
  // Out of the way of the C library's own.
  static constexpr pthread_key_t kFirst = 0x4000'0000;

  struct Key {
    std::atomic<std::uint32_t> generation = 0;  // odd while it is in use
    std::atomic<void (*)(void*)> destructor = nullptr;
  };

  // Its generation, if it is in use.
  std::optional<std::uint32_t> generation_of(std::size_t index) const;

  std::array<Key, PTHREAD_KEYS_MAX> keys_;
  std::atomic<std::size_t> end_ = 0;  // keys from here on were not used in this run
};

}  // namespace heddle
