#include "harness/engine/fiber/fiber_signals.h"

#include <unwind.h>

#include <algorithm>

#include "harness/engine/fiber/fiber.h"
#include "harness/engine/native/raw_system.h"
#include "harness/engine/native/thread_timer.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/own_code.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/system_objects.h"

namespace heddle::fiber_signals {
namespace {

using native::as_argument;
using native::copy_bytes;
using native::system_call;
using program_signals::Arrived;
using program_signals::g_fiber_signals;
using program_signals::RunningHandler;

void on_timer(ucontext_t* interrupted);

constexpr std::uint64_t kLaterNs = 20'000;
// What the interrupted thread blocks: for it to end that, or another thread to be interrupted.
constexpr std::uint64_t kMuchLaterNs = 1'000'000;
// So often at one place, it waits there for something in a call that a hook has made for the
// program (read()), and the handler may be what ends that.
constexpr unsigned kPatience = 500;

Address g_last_place = 0;
unsigned g_times_there = 0;
constinit native::ThreadTimer g_timer(32, CLOCK_MONOTONIC, on_timer);

Address place(const ucontext_t& interrupted) {
  return static_cast<Address>(interrupted.uc_mcontext.gregs[REG_RIP]);
}

Address stack_pointer(const ucontext_t& interrupted) {
  return static_cast<Address>(interrupted.uc_mcontext.gregs[REG_RSP]);
}

// At the end of a handler the kernel makes it what it was.
void set_mask(std::uint64_t mask) {
  system_call(SYS_rt_sigprocmask, SIG_SETMASK, as_argument(&mask), 0, sizeof mask);
}

// Else another would come amid what is noted here.
void block_all() {
  set_mask(~std::uint64_t{0});
}

// As it was before the kernel, and block_all(), blocked some.
void unblock(const ucontext_t& interrupted) {
  std::uint64_t mask = 0;
  copy_bytes(&mask, &interrupted.uc_sigmask, sizeof mask);
  set_mask(mask);
}

struct Walk {
  Address interrupted = 0;
  bool begun = false;
  bool is_own = false;
};

_Unwind_Reason_Code look_at_frame(_Unwind_Context* frame, void* argument) {
  Walk& walk = *static_cast<Walk*>(argument);
  const auto pc = static_cast<Address>(_Unwind_GetIP(frame));
  // Those before are the handler's.
  if (pc == walk.interrupted) walk.begun = true;
  if (!walk.begun) return _URC_NO_REASON;
  walk.is_own = is_own_code(pc);
  // A library's function is amid what its caller does.
  const bool is_callers =
      !walk.is_own && in_system_library(reinterpret_cast<const void*>(pc & ~Address{3}));
  return is_callers ? _URC_NO_REASON : _URC_END_OF_STACK;
}

bool is_amid_own_work(const ucontext_t& interrupted) {
  if (!t_program_code || is_own_code(place(interrupted))) return true;
  // The unwinder calls functions that are hooked.
  const RuntimeScope scope;
  Walk walk{.interrupted = place(interrupted)};
  _Unwind_Backtrace(look_at_frame, &walk);
  return walk.is_own;
}

// raise() and kill() return after their handler has (POSIX, kill()).
bool is_sent_by_itself(const siginfo_t& info) {
  return (info.si_code == SI_TKILL || info.si_code == SI_USER) &&
         info.si_pid == native::process_id();
}

std::uint64_t bit(int number) {
  return std::uint64_t{1} << (number - 1);
}

std::uint64_t blocked_by(const Arrived& arrived) {
  std::uint64_t blocked = 0;
  copy_bytes(&blocked, &arrived.action.sa_mask, sizeof blocked);
  return (arrived.action.sa_flags & SA_NODEFER) != 0 ? blocked : blocked | bit(arrived.number);
}

// Whether a handler that the interrupted thread is in blocks it. Those that it has left by
// siglongjmp() are forgotten: the stack is used again where their frames were.
bool is_blocked(int number, const ucontext_t& interrupted) {
  const Address now = stack_pointer(interrupted);
  const auto is_same_thread = [&](const RunningHandler& handler) {
    return FiberStacks::owner(handler.frame) == FiberStacks::owner(now);
  };
  auto& running = g_fiber_signals.running;
  std::size_t& count = g_fiber_signals.running_count;
  const auto begin = running.begin();
  const auto end = std::remove_if(begin, begin + count, [&](const RunningHandler& handler) {
    return is_same_thread(handler) && handler.frame <= now;
  });
  count = static_cast<std::size_t>(end - begin);
  return std::any_of(begin, end, [&](const RunningHandler& handler) {
    return is_same_thread(handler) && (handler.blocked & bit(number)) != 0;
  });
}

// One more of those that wait. False if there is no room.
bool wait(const Arrived& arrived) {
  auto& waiting = g_fiber_signals.waiting;
  std::size_t& count = g_fiber_signals.waiting_count;
  // At most one of each waits, but for those of real time (POSIX, 2.4.1).
  const bool is_known =
      arrived.number < SIGRTMIN &&
      std::any_of(waiting.begin(), waiting.begin() + count,
                  [&](const Arrived& other) { return other.number == arrived.number; });
  if (is_known) return true;
  if (count == waiting.size()) return false;
  waiting[count++] = arrived;
  return true;
}

void run(const Arrived& arrived, ucontext_t* interrupted) {
  auto& running = g_fiber_signals.running;
  std::size_t& count = g_fiber_signals.running_count;
  const auto frame = reinterpret_cast<Address>(__builtin_frame_address(0));
  // More at a time than these block nothing.
  if (count < running.size()) running[count++] = {frame, blocked_by(arrived)};
  unblock(*interrupted);
  program_signals::call(arrived, interrupted);
  block_all();
  // Others may have begun meanwhile, and not have ended.
  const auto end =
      std::remove_if(running.begin(), running.begin() + count,
                     [&](const RunningHandler& handler) { return handler.frame == frame; });
  count = static_cast<std::size_t>(end - running.begin());
}

// Those that nothing blocks. At a place of the program's.
void run_waiting(ucontext_t* interrupted) {
  auto& waiting = g_fiber_signals.waiting;
  std::size_t& count = g_fiber_signals.waiting_count;
  for (std::size_t i = 0; i < count;) {
    if (is_blocked(waiting[i].number, *interrupted)) {
      ++i;
      continue;
    }
    // Before the call: other threads may run within it, and the run may end.
    const Arrived one = waiting[i];
    std::copy(waiting.begin() + i + 1, waiting.begin() + count, waiting.begin() + i);
    --count;
    run(one, interrupted);
    i = 0;
  }
  if (count > 0) g_timer.set(kMuchLaterNs, 0);
}

void on_timer(ucontext_t* interrupted) {
  block_all();
  if (g_fiber_signals.waiting_count == 0 || g_engine_table->handle_signal == nullptr) return;
  g_times_there = place(*interrupted) == g_last_place ? g_times_there + 1 : 0;
  g_last_place = place(*interrupted);
  if (is_amid_own_work(*interrupted) && g_times_there < kPatience) {
    g_timer.set(kLaterNs, 0);
  } else {
    run_waiting(interrupted);
  }
}

}  // namespace

void handle(const Arrived& arrived, ucontext_t* interrupted) {
  block_all();
  const bool is_amid = !is_sent_by_itself(arrived.info) && is_amid_own_work(*interrupted);
  if (is_amid || is_blocked(arrived.number, *interrupted)) {
    g_times_there = 0;
    g_timer.set(kLaterNs, 0);
    if (wait(arrived)) return;
    // Too early rather than not at all.
  }
  run(arrived, interrupted);
  if (!is_amid) run_waiting(interrupted);
}

}  // namespace heddle::fiber_signals
