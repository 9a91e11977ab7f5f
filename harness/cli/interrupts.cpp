#include "harness/cli/interrupts.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace heddle {
namespace {

constexpr int kStatusOfSignals = 128;

std::atomic<int> g_signal{0};
std::atomic<time_t> g_second{0};  // when the first came, by the monotonic clock

time_t now() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

void on_interrupt(int signal) {
  if (!g_interrupted.exchange(true)) {
    g_signal = signal;
    g_second = now();
    return;
  }
  // The second time the person means it.
  if (signal == SIGINT && now() - g_second > 1) _exit(kStatusOfSignals + signal);
}

}  // namespace

std::atomic<bool> g_interrupted{false};

void watch_for_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

int interrupted_status() {
  return kStatusOfSignals + g_signal;
}

}  // namespace heddle
