#include "harness/hooks/exit_functions.h"

#include <atomic>
#include <cstddef>

#include "harness/hooks/program_destructors.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"

namespace heddle::exit_functions {
namespace {

struct Entry {
  void (*function)(void*) = nullptr;
  void (*with_status)(int, void*) = nullptr;
  void* argument = nullptr;

  void run(int status) const {
    if (with_status != nullptr) {
      with_status(status, argument);
    } else {
      function(argument);
    }
  }
};

// Of a size that is fixed: the first is registered before there is a heap.
template <std::size_t kCapacity>
class List {
 public:
  int add(const Entry& entry) {
    const std::size_t at = count_.fetch_add(1, std::memory_order_relaxed);
    if (at >= kCapacity) {
      count_.store(kCapacity, std::memory_order_relaxed);
      return -1;
    }
    entries_[at] = entry;
    return 0;
  }

  void take_snapshot() { snapshot_ = count_.load(std::memory_order_relaxed); }
  void restore() { count_.store(snapshot_, std::memory_order_relaxed); }

  void run(int status) {
    for (std::size_t left = count_.load(); left > 0; left = count_.load()) {
      count_.store(left - 1);
      const Entry entry = entries_[left - 1];
      entry.run(status);
    }
  }

 private:
  Entry entries_[kCapacity] = {};
  std::atomic<std::size_t> count_ = 0;
  std::size_t snapshot_ = 0;
};

// Registered before main in most programs: one per static object with a destructor.
constinit List<4096> g_at_exit;
constinit List<64> g_at_quick_exit;

}  // namespace

int add(void (*function)(void*), void* argument, void* module) {
  if (!t_program_code) return real().cxa_atexit(function, argument, module);
  return g_at_exit.add({.function = function, .argument = argument});
}

int add(void (*function)(int, void*), void* argument) {
  return g_at_exit.add({.with_status = function, .argument = argument});
}

int add_quick(void (*function)()) {
  // As the C library does with functions of atexit(): an argument that is not looked at is none.
  return g_at_quick_exit.add({.function = reinterpret_cast<void (*)(void*)>(function)});
}

void take_snapshot() {
  g_at_exit.take_snapshot();
  g_at_quick_exit.take_snapshot();
}

void restore() {
  g_at_exit.restore();
  g_at_quick_exit.restore();
}

void run_all(int status) {
  g_at_exit.run(status);
  const auto destructors = program_destructors();
  for (std::size_t left = destructors.size(); left > 0; --left) {
    if (is_of_start_file(destructors[left - 1])) continue;
    destructors[left - 1]();
    // What it has registered comes next, as the C library has it.
    g_at_exit.run(status);
  }
}

void run_quick() {
  g_at_quick_exit.run(0);
}

}  // namespace heddle::exit_functions
