// Initialisations that throw: of variables of functions, and by pthread_once(), which
// std::call_once() is made of. ThreadSanitizer's __cxa_guard_abort() of g++ 12 wakes nobody who
// waits for the initialisation, and its pthread_once() takes one that has thrown for one that never
// ends: threads hang that in life would try again. Nor does any version order the next attempt
// behind the one that failed, as the libraries do.
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>

#include "harness/engine/tsan/happens_before.h"

#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

// As ThreadSanitizer has it in the same place: what it has begun before the first run goes on here.
constexpr std::uint32_t kBegins = 0;
constexpr std::uint32_t kDone = 1;
constexpr std::uint32_t kRuns = 1U << 16;
constexpr std::uint32_t kAwaited = 1U << 17;

void wake_all(void* word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

// The initialisation has been begun, and leaves its state as it ends, however that is.
class Attempt {
 public:
  explicit Attempt(std::atomic<std::uint32_t>& state) : state_(state) {
    heddle::tsan::acquire(&state_);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  ~Attempt() {
    heddle::tsan::release(&state_);
    if ((state_.exchange(result_) & kAwaited) != 0) wake_all(&state_);
  }
  void succeed() { result_ = kDone; }

 private:
  std::atomic<std::uint32_t>& state_;
  std::uint32_t result_ = kBegins;
};

}  // namespace

HEDDLE_EXPORT int pthread_once(pthread_once_t* once, void (*initialise)()) {
  using namespace heddle::tsan;
  if (t_self == nullptr) {
    using Function = int(pthread_once_t*, void (*)());
    static constinit Function* real = nullptr;
    if (real == nullptr) real = next<Function>("pthread_once");
    return real(once, initialise);
  }
  auto& state = *reinterpret_cast<std::atomic<std::uint32_t>*>(once);
  for (std::uint32_t now = state.load();;) {
    if (now == kBegins) {
      if (!state.compare_exchange_strong(now, kRuns)) continue;
      Attempt attempt(state);
      initialise();
      attempt.succeed();
      return 0;
    }
    if ((now & kRuns) == 0) {
      acquire(once);
      return 0;
    }
    if ((now & kAwaited) != 0 || state.compare_exchange_strong(now, now | kAwaited)) {
      syscall(SYS_futex, once, FUTEX_WAIT_PRIVATE, now | kAwaited, nullptr, nullptr, 0);
      now = state.load();
    }
  }
}

HEDDLE_EXPORT int __cxa_guard_acquire(std::uint64_t* guard) {
  using namespace heddle::tsan;
  using Function = int(std::uint64_t*);
  static constinit Function* real = nullptr;
  if (real == nullptr) real = next<Function>("__cxa_guard_acquire");
  const int is_to_initialise = real(guard);
  if (t_self != nullptr && is_to_initialise != 0) acquire(guard);
  return is_to_initialise;
}

HEDDLE_EXPORT void __cxa_guard_abort(std::uint64_t* guard) {
  using namespace heddle::tsan;
  if (t_self != nullptr) release(guard);
  using Function = void(std::uint64_t*);
  static constinit Function* real = nullptr;
  if (real == nullptr) real = next<Function>("__cxa_guard_abort");
  real(guard);
  // Its first four bytes are what is waited for.
  wake_all(guard);
}
