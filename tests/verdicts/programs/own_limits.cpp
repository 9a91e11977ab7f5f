// Correct: limits its own address space, data and processor time, and has enough. Fails if what
// Heddle has counts too, if the runs before do, or if more is to be had than that.
#include <sys/resource.h>

#include <cassert>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

constexpr rlim_t kLimit = rlim_t{32} << 20;

std::mutex mutex;
int count = 0;

void limit(int resource, rlim_t value) {
  rlimit limits{};
  assert(getrlimit(static_cast<__rlimit_resource>(resource), &limits) == 0);
  assert(limits.rlim_cur != value && "as an earlier run has left it");
  limits.rlim_cur = value;
  assert(setrlimit(static_cast<__rlimit_resource>(resource), &limits) == 0);
  limits = {};
  assert(prlimit(0, static_cast<__rlimit_resource>(resource), nullptr, &limits) == 0);
  assert(limits.rlim_cur == value);
}

void work() {
  auto* const block = static_cast<char*>(std::malloc(256));
  std::memset(block, 1, 256);
  const std::lock_guard lock(mutex);
  count += block[100];
  std::free(block);
}

int main() {
  limit(RLIMIT_AS, kLimit);
  limit(RLIMIT_DATA, kLimit);
  limit(RLIMIT_CPU, 1);
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  assert(count == 2);
  void* volatile too_much = std::malloc(kLimit + kLimit / 2);
  assert(too_much == nullptr);
}
