#include "harness/engine/native/task_state.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "harness/engine/native/raw_system.h"

namespace heddle::native {
namespace {

TEST(ParseStatState, FindsTheStateBehindTheName) {
  EXPECT_EQ(parse_stat_state("4242 (prog) S 1 4242 4242 0"), 'S');
  EXPECT_EQ(parse_stat_state("4242 (prog) R 1 4242 4242 0"), 'R');
}

TEST(ParseStatState, IsNotFooledByANameWithBracketsAndSpaces) {
  EXPECT_EQ(parse_stat_state("7 (a) R (b) S 1 7"), 'S');
}

TEST(ParseStatState, SaysNothingAboutATextWithoutAState) {
  EXPECT_EQ(parse_stat_state(""), std::nullopt);
  EXPECT_EQ(parse_stat_state("4242 (prog"), std::nullopt);
  EXPECT_EQ(parse_stat_state("4242 (prog) "), std::nullopt);
}

struct SyscallCase {
  const char* text;
  Waiting expected;
};

class ParseSyscall : public testing::TestWithParam<SyscallCase> {};

TEST_P(ParseSyscall, TellsAWaitWithoutEndFromAllElse) {
  EXPECT_EQ(parse_syscall(GetParam().text), GetParam().expected) << GetParam().text;
}

// Numbers as x86-64 Linux has them: 202 is futex; operation 0 FUTEX_WAIT, 1 FUTEX_WAKE, 9
// FUTEX_WAIT_BITSET, 0x80 the private flag, 0x100 the realtime flag; 0 is read, 34 pause, 61 wait4,
// 230 clock_nanosleep.
INSTANTIATE_TEST_SUITE_P(
    Kernel, ParseSyscall,
    testing::Values(
        SyscallCase{"202 0x7f00 0x80 0x2 0x0 0x0 0x0 0x7ffe 0x7f01\n", Waiting::forever},
        SyscallCase{"202 0x7f00 0x189 0x0 0x0 0x0 0xffffffff 0x7ffe 0x7f01\n", Waiting::forever},
        SyscallCase{"202 0x7f00 0x189 0x0 0x7ffc 0x0 0xffffffff 0x7ffe 0x7f01\n", Waiting::no},
        SyscallCase{"202 0x7f00 0x81 0x1 0x0 0x0 0x0 0x7ffe 0x7f01\n", Waiting::no},
        SyscallCase{"0 0x3 0x7ffe 0x1 0x0 0x0 0x0 0x7ffe 0x7f01\n", Waiting::outside},
        SyscallCase{"34 0x0 0x0 0x0 0x0 0x0 0x0 0x7ffe 0x7f01\n", Waiting::outside},
        SyscallCase{"61 0xffffffff 0x0 0x0 0x0 0x0 0x0 0x7ffe 0x7f01\n", Waiting::no},
        SyscallCase{"230 0x1 0x0 0x7ffc 0x0 0x0 0x0 0x7ffe 0x7f01\n", Waiting::no},
        SyscallCase{"running\n", Waiting::no}, SyscallCase{"-1 0x7ffe 0x7f01\n", Waiting::no},
        SyscallCase{"202 0x7f00\n", Waiting::unknown}, SyscallCase{"nonsense\n", Waiting::unknown},
        SyscallCase{"", Waiting::unknown}));

TEST(ReadTaskState, ShowsTheCallingThreadAsRunning) {
  const TaskState state = read_task_state(process_id(), thread_id());
  EXPECT_EQ(state.state, 'R');
  EXPECT_FALSE(state.blocked_for_good());
}

TEST(ReadTaskState, ShowsAThreadThatIsGoneAsGone) {
  std::int32_t tid = 0;
  std::thread([&] { tid = thread_id(); }).join();
  // join() returns when the kernel has cleared the thread's number, just before the task goes.
  TaskState state = read_task_state(process_id(), tid);
  while (!state.gone()) state = read_task_state(process_id(), tid);
  EXPECT_FALSE(state.blocked_for_good());
}

TEST(ReadTaskState, ShowsAThreadInACondWaitAsBlockedForGood) {
  std::mutex mutex;
  std::condition_variable cond;
  bool go = false;
  std::atomic<std::int32_t> tid = 0;
  std::thread waiter([&] {
    tid = thread_id();
    std::unique_lock lock(mutex);
    cond.wait(lock, [&] { return go; });
  });
  while (tid == 0) std::this_thread::yield();
  // Ends when the claim holds; a thread that never looked blocked would run into the test's limit.
  TaskState state = read_task_state(process_id(), tid);
  while (!state.blocked_for_good() && state.waiting != Waiting::unknown) {
    state = read_task_state(process_id(), tid);
  }
  EXPECT_EQ(state.waiting == Waiting::unknown || state.state == 'S', true);
  {
    const std::lock_guard lock(mutex);
    go = true;
  }
  cond.notify_one();
  waiter.join();
}

}  // namespace

TEST(AnyTaskAwake, SeesTheThreadThatAsks) {
  EXPECT_TRUE(any_task_awake(process_id()));
}

TEST(AnyTaskAwake, IsFalseForAProcessWhoseOnlyThreadSleeps) {
  const pid_t child = fork();
  if (child == 0) {
    while (true) pause();
  }
  // The child may not have come to sleep yet.
  while (any_task_awake(child)) sched_yield();
  EXPECT_FALSE(any_task_awake(child));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST(AnyTaskAwake, IsTrueWhereTheTasksCannotBeListed) {
  EXPECT_TRUE(any_task_awake(-1));
}

}  // namespace heddle::native
