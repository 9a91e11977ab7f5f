#include "harness/engine/tsan/left_behind.h"

#include <limits.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "harness/engine/tsan/child_run.h"
#include "harness/hooks/program_destructors.h"

#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))

namespace heddle::tsan {
namespace {

std::atomic<bool> g_has_exit_functions = false;
// By number.
std::array<std::atomic<bool>, PTHREAD_KEYS_MAX> g_keys;

}  // namespace

bool has_exit_functions() {
  const auto list = program_destructors();
  return g_has_exit_functions.load(std::memory_order_relaxed) ||
         std::any_of(list.begin(), list.end(),
                     [](ProgramDestructor one) { return !is_of_start_file(one); });
}

void delete_keys() {
  const auto remove = next<int(pthread_key_t)>("pthread_key_delete");
  for (pthread_key_t key = 0; key < g_keys.size(); ++key) {
    if (g_keys[key].exchange(false, std::memory_order_relaxed)) remove(key);
  }
}

}  // namespace heddle::tsan

HEDDLE_EXPORT int atexit(void (*function)()) {
  using namespace heddle::tsan;
  if (t_self != nullptr) g_has_exit_functions = true;
  return next<int(void (*)())>("atexit")(function);
}

// What atexit() is in code of the program's own, where the linker has not taken the runtime's: a
// call of this without an argument.
HEDDLE_EXPORT int __cxa_atexit(void (*function)(void*), void* argument, void* module) {
  using namespace heddle::tsan;
  if (t_self != nullptr && argument == nullptr) g_has_exit_functions = true;
  using Function = int(void (*)(void*), void*, void*);
  static constinit Function* real = nullptr;
  if (real == nullptr) real = next<Function>("__cxa_atexit");
  return real(function, argument, module);
}

HEDDLE_EXPORT int on_exit(void (*function)(int, void*), void* argument) {
  using namespace heddle::tsan;
  if (t_self != nullptr) g_has_exit_functions = true;
  return next<int(void (*)(int, void*), void*)>("on_exit")(function, argument);
}

// `name`: of the function of POSIX, or of C.
#define HEDDLE_KEY_CREATE(name)                                                        \
  HEDDLE_EXPORT int name(pthread_key_t* key, void (*destructor)(void*)) {              \
    using namespace heddle::tsan;                                                      \
    using Function = int(pthread_key_t*, void (*)(void*));                             \
    static constinit Function* real = nullptr;                                         \
    if (real == nullptr) real = next<Function>(#name);                                 \
    const int result = real(key, destructor);                                          \
    if (t_self != nullptr && result == 0 && *key < g_keys.size()) g_keys[*key] = true; \
    return result;                                                                     \
  }
HEDDLE_KEY_CREATE(pthread_key_create)
HEDDLE_KEY_CREATE(tss_create)

HEDDLE_EXPORT int pthread_key_delete(pthread_key_t key) {
  using namespace heddle::tsan;
  if (key < g_keys.size()) g_keys[key] = false;
  return next<int(pthread_key_t)>("pthread_key_delete")(key);
}

HEDDLE_EXPORT void tss_delete(pthread_key_t key) {
  using namespace heddle::tsan;
  if (key < g_keys.size()) g_keys[key] = false;
  next<void(pthread_key_t)>("tss_delete")(key);
}
