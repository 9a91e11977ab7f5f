#include "harness/hooks/lasting_keys.h"

#include <limits.h>

#include <array>
#include <cstdint>
#include <utility>

namespace heddle::lasting_keys {
namespace {

// A few are made before main by GoogleTest and the like; those above are ordinary keys.
constexpr std::size_t kMost = 64;

using Values = std::array<void*, kMost>;

struct Key {
  pthread_key_t key = 0;
  void (*destructor)(void*) = nullptr;
};

constinit std::array<Key, kMost> g_keys{};
constinit std::size_t g_used = 0;
constinit std::uint64_t g_run = 0;
constinit Values g_before_main{};

// Not the C library's own: its values stay with threads that wait for another run, and point into
// the heap of the run before.
struct ThreadValues {
  std::uint64_t run = 0;
  bool before_main = false;  // the thread that has run constructors
  Values values{};
};
constinit thread_local ThreadValues t_values;

std::size_t slot_of(pthread_key_t key) {
  std::size_t slot = 0;
  while (slot < g_used && g_keys[slot].key != key) ++slot;
  return slot;
}

Values& values_of_this_run() {
  if (t_values.run != g_run) {
    t_values.run = g_run;
    t_values.values = t_values.before_main ? g_before_main : Values{};
  }
  return t_values.values;
}

}  // namespace

void add(pthread_key_t key, void (*destructor)(void*), bool before_main) {
  if (g_used == kMost) return;
  g_keys[g_used++] = {.key = key, .destructor = destructor};
  if (before_main) t_values.before_main = true;
}

bool contains(pthread_key_t key) {
  return slot_of(key) != g_used;
}

void set(pthread_key_t key, void* value) {
  values_of_this_run()[slot_of(key)] = value;
  if (g_run == 0) g_before_main[slot_of(key)] = value;
}

void* get(pthread_key_t key) {
  return values_of_this_run()[slot_of(key)];
}

void run_destructors() {
  // As often as POSIX asks for: a destructor may set values again.
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; ++round) {
    bool any = false;
    for (std::size_t slot = 0; slot < g_used; ++slot) {
      if (g_keys[slot].destructor == nullptr) continue;
      void* const value = std::exchange(values_of_this_run()[slot], nullptr);
      if (value == nullptr) continue;
      any = true;
      g_keys[slot].destructor(value);
    }
    if (!any) return;
  }
}

void restore() {
  ++g_run;
}

}  // namespace heddle::lasting_keys
