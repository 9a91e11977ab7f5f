// A timer of the calling thread, whose signal no program under test can handle or block by the C
// library's functions.
#pragma once

#include <signal.h>
#include <time.h>
#include <ucontext.h>

#include <cstdint>

namespace heddle::native {

// To be defined with static storage, and used by one thread of a process: one that was forked has
// no timer, and makes its own when it is first set. Where the system gives none, nothing ever
// ticks.
class ThreadTimer {
 public:
  using Handler = void (*)(ucontext_t* interrupted);

  // `signal`: one of the two that the C library keeps for itself, 32 (pthread_cancel()) or 33
  // (setuid() in a process of many threads).
  constexpr ThreadTimer(int signal, clockid_t clock, Handler handler)
      : signal_(signal), clock_(clock), handler_(handler) {}

  bool is_made() const { return made_in_ == g_process; }
  // In nanoseconds; `every_ns` 0: once. Both 0: no more.
  void set(std::uint64_t first_ns, std::uint64_t every_ns);

 private:
  static void on_signal(int number, siginfo_t* info, void* context);
  void make();

  // Not the process's number: to ask for it takes a tenth of a short run's time.
  static std::uint64_t g_process;    // how often it was forked
  static const int g_told_of_forks;  // 0 if so

  int signal_;
  clockid_t clock_;
  Handler handler_;
  std::uint64_t made_in_ = 0;
  int timer_ = -1;
};

}  // namespace heddle::native
