// What an engine installs for its runs, and what stays as constructors of the program have set it:
// what they do is done once, and each run is to find it.
#pragma once

#include <signal.h>

#include <array>
#include <cstddef>

#include "harness/hooks/own_code.h"
#include "harness/hooks/program_signals.h"

namespace heddle {

inline bool is_set_by_program(const struct sigaction& action) {
  return action.sa_handler != SIG_DFL && !is_own_code(reinterpret_cast<Address>(action.sa_handler));
}

// `before`: what was there.
template <std::size_t kCount>
void install_handlers(const std::array<int, kCount>& signals, const struct sigaction& action,
                      std::array<struct sigaction, kCount>& before) {
  for (std::size_t i = 0; i < kCount; ++i) {
    sigaction(signals[i], nullptr, &before[i]);
    if (!is_set_by_program(before[i])) sigaction(signals[i], &action, nullptr);
  }
}

// In a process that the program has forked, and whose end is the program's affair.
template <std::size_t kCount>
void remove_handlers(const std::array<int, kCount>& signals) {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (const int signal : signals) {
    struct sigaction now {};
    sigaction(signal, nullptr, &now);
    if (!is_set_by_program(now)) sigaction(signal, &standard, nullptr);
  }
}

// The calling thread's stack for signals, as long as this lives.
class SignalStackInForce {
 public:
  explicit SignalStackInForce(const stack_t& stack) : installed_(!program_signals::has_stack()) {
    if (installed_) sigaltstack(&stack, &before_);
  }
  SignalStackInForce(const SignalStackInForce&) = delete;
  SignalStackInForce& operator=(const SignalStackInForce&) = delete;
  ~SignalStackInForce() {
    if (installed_) sigaltstack(&before_, nullptr);
  }

 private:
  bool installed_;
  stack_t before_{};
};

}  // namespace heddle
