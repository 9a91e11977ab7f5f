#include "harness/engine/tsan/tsan_engine.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/engine/native/hang.h"
#include "harness/engine/native/motion_watch.h"
#include "harness/engine/native/task_state.h"
#include "harness/engine/tsan/child_run.h"
#include "harness/engine/tsan/shared_run.h"
#include "harness/model/process_end.h"

namespace heddle {
namespace tsan {
namespace {

using native::Life;
using native::Verdict;

// How many runs a process may execute. What ThreadSanitizer keeps for threads that have ended grows
// with each; after this many, a fork is cheap by comparison.
constexpr std::uint32_t kRunsPerProcess = 200;

constexpr std::uint64_t kPeriodNs = 2'000'000;

// The pages that both sides see. Made with the system call: the runtime's mmap() would take note of
// accesses to them.
class SharedPages {
 public:
  SharedPages() {
    const long address = native::system_call(SYS_mmap, 0, sizeof(SharedRun), PROT_READ | PROT_WRITE,
                                             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    // Fresh pages are zero, which every member takes for its empty state.
    if (address > 0) run_ = reinterpret_cast<SharedRun*>(address);
  }
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;
  ~SharedPages() {
    if (run_ != nullptr)
      native::system_call(SYS_munmap, native::as_argument(run_), sizeof(SharedRun));
  }

  SharedRun* get() const { return run_; }

 private:
  SharedRun* run_ = nullptr;
};

class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { end(); }

  bool alive() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  std::uint32_t runs() const { return runs_; }
  void count_run() { ++runs_; }

  // False if the system has no more processes.
  bool start(RunHost& host) {
    runs_ = 0;
    pid_ = fork();
    if (pid_ == 0) serve_runs(host);
    return pid_ > 0;
  }

  // Its wait status, if it has ended.
  std::optional<int> poll() {
    int status = 0;
    if (!alive() || waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = -1;
    return status;
  }

  void end() {
    if (!alive()) return;
    kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  std::uint32_t runs_ = 0;
};

class TsanEngine final : public Engine {
 public:
  bool execute(const Job& job, RunHost& host) override {
    const SharedPages pages;
    if (pages.get() == nullptr) {
      host.begin_run(job.first_run);
      host.end_run(error(job.first_run, "no memory to share with the runs' processes"));
      return true;
    }
    g_shared = pages.get();
    g_shared->seed = job.seed;
    g_shared->delay = job.delay;
    g_shared->ticks_per_ns = native::ticks_per_ns();
    {
      Child child;
      for (std::uint64_t i = 0; i < job.runs; ++i) {
        const std::uint64_t number = job.first_run + i;
        host.begin_run(number);
        if (!host.end_run(execute_one(job, number, host, child))) break;
      }
    }
    g_shared = nullptr;
    return true;
  }

 private:
  static RunResult error(std::uint64_t number, std::string message) {
    RunResult result;
    result.run = number;
    result.outcome = HarnessError{std::move(message)};
    return result;
  }

  static RunResult execute_one(const Job& job, std::uint64_t number, RunHost& host, Child& child) {
    RunResult result = attempt(job, number, host, child);
    // Locks seen in earlier runs may have had a part in these; see the header.
    const bool doubtful =
        child.runs() > 1 &&
        std::any_of(result.reports.begin(), result.reports.end(),
                    [](const Failed& report) { return report.kind != FailureKind::data_race; });
    if (doubtful) {
      child.end();
      result = attempt(job, number, host, child);
    }
    const char* const left_behind = g_shared->left_behind.data();
    const bool apart = job.isolation == Isolation::process;
    if (apart || *left_behind != '\0') host.had_own_process(left_behind);
    if (apart || !g_shared->reusable.load() || child.runs() >= kRunsPerProcess) child.end();
    return result;
  }

  static RunResult attempt(const Job& job, std::uint64_t number, RunHost& host, Child& child) {
    SharedRun& run = *g_shared;
    run.reset();
    run.number = number;
    const std::uint32_t done = run.done.load();
    if (child.alive()) {
      run.go.fetch_add(1, std::memory_order_release);
      native::futex_wake(run.go, 1, true);
    } else if (!child.start(host)) {
      return error(number, "no more processes");
    }
    child.count_run();
    RunResult result;
    result.run = number;
    result.first_of_process = child.runs() == 1;
    result.outcome = watch(job, done, child);
    result.reports = collect_reports(run);
    result.threads = run.thread_count.load();
    for (std::uint32_t i = 0; i < run.threads_used(); ++i) {
      result.steps += run.threads[i].slot.steps.load();
    }
    return result;
  }

  // Waits for the end of the run, or ends it.
  static Outcome watch(const Job& job, std::uint32_t done, Child& child) {
    SharedRun& run = *g_shared;
    static bool stood_still = false;
    native::HangDetector detector(std::uint64_t{job.hang_ms} * 1'000'000, job.step_limit,
                                  stood_still || job.stood_still);
    native::MotionWatch motion(child.pid());
    for (;;) {
      if (run.done.load(std::memory_order_acquire) == done) {
        native::futex_wait(run.done, done, kPeriodNs, true);
      }
      if (run.done.load(std::memory_order_acquire) != done) return written_outcome();
      if (const auto status = child.poll()) return outcome_of(*status, done);
      std::vector<bool> waits;
      std::vector<bool> settled;
      native::HangDetector::Sample seen = sample(child.pid(), waits, settled);
      const auto slots = slots_used();
      if (detector.asks()) seen.motion = motion.see(slots, settled);
      const Verdict verdict = detector.see(seen);
      if (!detector.asks()) motion.stop(slots);
      if (verdict == Verdict::going_on) continue;
      stood_still |= verdict == Verdict::standstill;
      Failed hang = describe(child.pid(), waits, verdict);
      child.end();
      if (native::HangDetector::is_limit(verdict)) {
        return GaveUp{detector.limit_words(verdict), std::move(hang.places)};
      }
      return hang;
    }
  }

  static Outcome written_outcome() {
    if (g_shared->end.written()) return to_failed(g_shared->end);
    return Passed{};
  }

  // The process has ended without saying so, or between saying so and our looking.
  static Outcome outcome_of(int status, std::uint32_t done) {
    if (g_shared->done.load(std::memory_order_acquire) != done || g_shared->end.written()) {
      return written_outcome();
    }
    const bool exited = WIFEXITED(status);
    // At its end the runtime says so of one that it has reported something of.
    const bool reported = g_shared->report_count.load() > 0;
    if (exited && (WEXITSTATUS(status) == 0 || (WEXITSTATUS(status) == kEndedByTsan && reported))) {
      return Passed{};
    }
    if (exited && WEXITSTATUS(status) == kEndedByTsan) {
      return GaveUp{"ThreadSanitizer ended the process: it does not support what the program does",
                    {}};
    }
    // In the words of the other engines, by which it is the same failure.
    return Failed{.kind = exited ? FailureKind::exit_status : FailureKind::signal,
                  .message = exited ? "exit status " + std::to_string(WEXITSTATUS(status))
                                    : "the process " + describe_end(status),
                  .places = {}};
  }

  static std::vector<const native::ThreadSlot*> slots_used() {
    std::vector<const native::ThreadSlot*> slots;
    for (std::uint32_t i = 0; i < g_shared->threads_used(); ++i) {
      slots.push_back(&g_shared->threads[i].slot);
    }
    return slots;
  }

  // `waits`, `settled`: by thread; settled is who waits, or has ended.
  static native::HangDetector::Sample sample(pid_t pid, std::vector<bool>& waits,
                                             std::vector<bool>& settled) {
    const SharedRun& run = *g_shared;
    native::HangDetector::Sample sample{
        .run = run.number,
        .now_ns = native::monotonic_ns(),
        .cpu_ns = native::clock_ns(native::processor_clock_of(pid))};
    bool any = false;
    bool all = true;
    bool asleep = true;
    for (std::uint32_t i = 0; i < run.threads_used(); ++i) {
      const native::ThreadSlot& slot = run.threads[i].slot;
      sample.steps += slot.steps.load();
      sample.changes += slot.changes.load();
      const Life life = slot.life.load();
      const native::TaskState state = native::read_task_state(pid, slot.tid.load());
      waits.push_back(life != Life::created && state.blocked_for_good());
      if (life != Life::ended) any = true;
      // A thread that has left the program has yet to leave the runtime, and is waited for there.
      // Main's own, after pthread_exit(), waits for the others with a time limit.
      settled.push_back(waits.back() || (life == Life::ended && (i == 0 || state.gone())));
      all = all && settled.back();
      asleep = asleep && (settled.back() || life == Life::ended || state.asleep());
    }
    sample.all_asleep = any && asleep;
    // Threads beyond the limit are not seen; one of them may be the one that goes on.
    // A thread may wait within ThreadSanitizer's runtime for its background thread, which is none
    // of the program's and has a lock: that is no deadlock, however long the machine takes over it.
    sample.all_blocked =
        any && all && run.thread_count.load() <= kMaxThreads && !native::any_task_awake(pid);
    return sample;
  }

  static std::optional<std::int32_t> owner_in(pid_t pid, Address mutex) {
    std::int32_t owner = 0;
    const iovec to{.iov_base = &owner, .iov_len = sizeof owner};
    const iovec from{.iov_base = reinterpret_cast<void*>(mutex + native::kOwnerOffset),
                     .iov_len = sizeof owner};
    if (native::system_call(SYS_process_vm_readv, pid, native::as_argument(&to), 1,
                            native::as_argument(&from), 1, 0) != sizeof owner) {
      return std::nullopt;
    }
    return owner;
  }

  static Failed describe(pid_t pid, const std::vector<bool>& waits, Verdict verdict) {
    const auto stuck = native::collect_stuck(
        slots_used(), waits, [pid](Address mutex) { return owner_in(pid, mutex); },
        g_shared->notifications);
    return native::describe_hang(stuck, verdict == Verdict::blocked);
  }
};

}  // namespace
}  // namespace tsan

std::unique_ptr<Engine> make_tsan_engine() {
  return std::make_unique<tsan::TsanEngine>();
}

}  // namespace heddle
