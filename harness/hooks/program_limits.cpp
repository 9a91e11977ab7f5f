#include "harness/hooks/program_limits.h"

#include <errno.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/hooks/libc_state.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/state_uses.h"

namespace heddle::program_limits {
namespace {

static_assert(sizeof(rlimit) == sizeof(rlimit64));

struct Kept {
  int resource;
  bool is_set = false;  // by this run
  rlimit value{};
};

constinit bool g_any_set = false;  // by this run
constinit std::array<Kept, 3> g_kept = {
    {{.resource = RLIMIT_AS}, {.resource = RLIMIT_DATA}, {.resource = RLIMIT_CPU}}};

Kept* find(int resource) {
  if (!libc_state::in_run()) return nullptr;
  auto* const found = std::find_if(g_kept.begin(), g_kept.end(), [resource](const Kept& kept) {
    return kept.resource == resource;
  });
  return found == g_kept.end() ? nullptr : found;
}

int real_get(int resource, rlimit* value) {
  return HEDDLE_NEXT(getrlimit)(static_cast<__rlimit_resource>(resource), value);
}

// The heap is what a program takes memory from; each limit is one of it.
void limit_heap() {
  rlim_t least = RLIM_INFINITY;
  for (const Kept& kept : g_kept) {
    if (kept.is_set && kept.resource != RLIMIT_CPU) least = std::min(least, kept.value.rlim_cur);
  }
  program_heap::set_limit(least);
}

// In seconds, what of the process's processor time is of no concern to this run.
rlim_t time_used() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<rlim_t>(used.tv_sec) + 1;
}

int limit_time(const rlimit& value) {
  rlimit real{};
  real_get(RLIMIT_CPU, &real);
  real.rlim_cur = value.rlim_cur == RLIM_INFINITY
                      ? real.rlim_max
                      : std::min(real.rlim_max, value.rlim_cur + time_used());
  return HEDDLE_NEXT(setrlimit)(RLIMIT_CPU, &real);
}

int get(int resource, rlimit* value) {
  const Kept* const kept = find(resource);
  if (kept == nullptr || !kept->is_set) return real_get(resource, value);
  *value = kept->value;
  return 0;
}

int set(int resource, const rlimit& value) {
  Kept* const kept = find(resource);
  if (kept == nullptr) {
    return HEDDLE_NEXT(setrlimit)(static_cast<__rlimit_resource>(resource), &value);
  }
  rlimit now{};
  if (get(resource, &now) != 0) return -1;
  if (value.rlim_cur > value.rlim_max || (value.rlim_max > now.rlim_max && geteuid() != 0)) {
    errno = value.rlim_cur > value.rlim_max ? EINVAL : EPERM;
    return -1;
  }
  kept->is_set = g_any_set = true;
  kept->value = value;
  if (resource == RLIMIT_CPU) return limit_time(value);
  limit_heap();
  return 0;
}

int told_get(int resource, rlimit* value, Address pc) {
  if (!is_watched()) return get(resource, value);
  hidden_state::StateUses(pc).read<&hidden_state::Memory::limits>().tell();
  rlimit found{};
  const int error = get(resource, &found);
  if (error == 0) MemoryAccess(pc).put(value, &found, sizeof found);
  return error;
}

int told_set(int resource, const rlimit* value, Address pc) {
  if (!is_watched()) return set(resource, *value);
  MemoryAccess(pc).read(value, sizeof *value);
  hidden_state::StateUses(pc).update<&hidden_state::Memory::limits>().tell();
  return set(resource, *value);
}

}  // namespace

void restore() {
  if (!std::exchange(g_any_set, false)) return;
  for (Kept& kept : g_kept) kept.is_set = false;
  limit_heap();
}

}  // namespace heddle::program_limits

using namespace heddle::program_limits;  // NOLINT(google-build-using-namespace): its own hooks

HEDDLE_EXPORT int getrlimit(__rlimit_resource_t resource, struct rlimit* value) noexcept {
  return told_get(resource, value, HEDDLE_PC);
}

HEDDLE_EXPORT int getrlimit64(__rlimit_resource_t resource, struct rlimit64* value) noexcept {
  return told_get(resource, reinterpret_cast<rlimit*>(value), HEDDLE_PC);
}

HEDDLE_EXPORT int setrlimit(__rlimit_resource_t resource, const struct rlimit* value) noexcept {
  return told_set(resource, value, HEDDLE_PC);
}

HEDDLE_EXPORT int setrlimit64(__rlimit_resource_t resource, const struct rlimit64* value) noexcept {
  return told_set(resource, reinterpret_cast<const rlimit*>(value), HEDDLE_PC);
}

namespace {

int set_and_get(int resource, const rlimit* value, rlimit* old, heddle::Address pc) {
  rlimit before{};
  if (old != nullptr && get(resource, &before) != 0) return -1;
  if (value != nullptr && told_set(resource, value, pc) != 0) return -1;
  if (old == nullptr) return 0;
  if (!heddle::is_watched()) {
    *old = before;
    return 0;
  }
  if (value == nullptr) return told_get(resource, old, pc);
  heddle::MemoryAccess(pc).put(old, &before, sizeof before);
  return 0;
}

bool is_self(pid_t process) {
  return heddle::libc_state::in_run() && (process == 0 || process == getpid());
}

}  // namespace

HEDDLE_EXPORT int prlimit(pid_t process, __rlimit_resource resource, const struct rlimit* value,
                          struct rlimit* old) noexcept {
  if (is_self(process)) return set_and_get(resource, value, old, HEDDLE_PC);
  return HEDDLE_NEXT(prlimit)(process, resource, value, old);
}

HEDDLE_EXPORT int prlimit64(pid_t process, __rlimit_resource resource, const struct rlimit64* value,
                            struct rlimit64* old) noexcept {
  if (is_self(process)) {
    return set_and_get(resource, reinterpret_cast<const rlimit*>(value),
                       reinterpret_cast<rlimit*>(old), HEDDLE_PC);
  }
  return HEDDLE_NEXT(prlimit64)(process, resource, value, old);
}
