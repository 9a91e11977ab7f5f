// System calls made without the C library, and the time without a call at all.
//
// The C library's functions are hooked in the process that this code runs in, and ThreadSanitizer
// intercepts them again: what Heddle does for itself must be seen by neither.
#pragma once

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace heddle::native {

// Returns a negative errno value on failure, as the kernel does; errno itself is left alone.
inline long system_call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                        long f = 0) {
  long result = 0;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

template <typename T>
long as_argument(T* pointer) {
  return reinterpret_cast<long>(pointer);
}

inline std::int32_t thread_id() {
  return static_cast<std::int32_t>(system_call(SYS_gettid));
}
inline std::int32_t process_id() {
  return static_cast<std::int32_t>(system_call(SYS_getpid));
}

// In nanoseconds; 0 if there is no such clock.
inline std::uint64_t clock_ns(clockid_t clock) {
  timespec now{};
  system_call(SYS_clock_gettime, clock, as_argument(&now));
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}

inline std::uint64_t monotonic_ns() {
  return clock_ns(CLOCK_MONOTONIC);
}

// The clock of the processor time that a process has had, as the kernel names it.
inline clockid_t processor_clock_of(std::int32_t pid) {
  constexpr unsigned kScheduled = 2;
  return static_cast<clockid_t>(~static_cast<std::uint32_t>(pid) << 3U | kScheduled);
}

inline timespec to_timespec(std::uint64_t ns) {
  return {.tv_sec = static_cast<time_t>(ns / 1'000'000'000U),
          .tv_nsec = static_cast<long>(ns % 1'000'000'000U)};
}

// Whether a word can be read there, told without reading it here: the kernel looks at the new mask
// before it looks at what is to be done with it, which is nothing that there is.
inline bool is_readable(std::uint64_t word) {
  constexpr long kNothing = 0x48;
  return system_call(SYS_rt_sigprocmask, kNothing, static_cast<long>(word), 0,
                     sizeof(std::uint64_t)) != -EFAULT;
}

// memcpy() is intercepted too.
inline void copy_bytes(void* to, const void* from, std::size_t size) {
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

// A copy of memory that may be gone; false if it is.
inline bool read_memory(std::uint64_t at, void* to, std::size_t size) {
  const iovec here{.iov_base = to, .iov_len = size};
  const iovec there{.iov_base = reinterpret_cast<void*>(at), .iov_len = size};
  const long read = system_call(SYS_process_vm_readv, process_id(), as_argument(&here), 1,
                                as_argument(&there), 1, 0);
  if ((read != -EPERM && read != -ENOSYS) || size == 0) return read == static_cast<long>(size);
  // Container runtimes deny that call.
  constexpr std::uint64_t kWord = 8;
  constexpr std::uint64_t kPage = 4096;
  for (std::uint64_t page = at / kPage; page <= (at + size - 1) / kPage; ++page) {
    if (!is_readable(std::max(at / kWord * kWord, page * kPage))) return false;
  }
  copy_bytes(to, reinterpret_cast<const void*>(at), size);
  return true;
}

using Futex = std::atomic<std::uint32_t>;

inline constexpr std::uint64_t kForever = ~std::uint64_t{0};

// Sleeps while `futex` holds `value`, for at most `timeout_ns`. May return early for no reason.
// `shared`: another process may be the one that wakes.
inline void futex_wait(const Futex& futex, std::uint32_t value, std::uint64_t timeout_ns = kForever,
                       bool shared = false) {
  const timespec timeout = to_timespec(timeout_ns);
  system_call(SYS_futex, as_argument(&futex), shared ? FUTEX_WAIT : FUTEX_WAIT_PRIVATE, value,
              timeout_ns == kForever ? 0 : as_argument(&timeout));
}

inline void futex_wake(const Futex& futex, int count, bool shared = false) {
  system_call(SYS_futex, as_argument(&futex), shared ? FUTEX_WAKE : FUTEX_WAKE_PRIVATE, count);
}

inline void yield_processor() {
  system_call(SYS_sched_yield);
}

inline void zero_bytes(void* to, std::size_t size) {
  asm volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(0) : "memory");
}

// Ends the process at once: no exit functions, no flushing, no interceptor.
[[noreturn]] inline void end_process(int status) {
  for (;;) system_call(SYS_exit_group, status);
}

// The processor's time stamp counter: a delay of a hundred nanoseconds cannot be measured by a
// system call that takes longer than that.
inline std::uint64_t ticks() {
  return __builtin_ia32_rdtsc();
}

inline void relax() {
  __builtin_ia32_pause();
}

// Ticks per nanosecond; measured over a millisecond at the first call.
double ticks_per_ns();

}  // namespace heddle::native
