#include "harness/engine/stress/monitor.h"

#include <signal.h>

#include <cstring>
#include <utility>

#include "harness/engine/native/task_state.h"
#include "harness/hooks/real_calls.h"

namespace heddle::stress {
namespace {

using native::Life;
using native::Verdict;

constexpr std::uint64_t kPeriodNs = 1'000'000;

// The mutex lies in this process, and a thread of the program waits for it, so it is there.
std::optional<std::int32_t> owner_of(Address mutex) {
  std::int32_t owner = 0;
  std::memcpy(&owner, reinterpret_cast<const char*>(mutex) + native::kOwnerOffset, sizeof owner);
  return owner;
}

}  // namespace

RunResult make_result(const Run& run, std::uint64_t number) {
  RunResult result;
  result.run = number;
  result.outcome = run.outcome();
  result.steps = run.total_steps();
  result.threads = run.thread_count();
  return result;
}

Monitor::Monitor(const Job& job, RunHost& host)
    : host_(host),
      job_(job),
      detector_(std::uint64_t{job.hang_ms} * 1'000'000, job.step_limit, job.stood_still) {
  // Signals sent to the process are for the program's threads.
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  real().pthread_create(&thread_, nullptr, loop, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Monitor::~Monitor() {
  quit_.store(1);
  native::futex_wake(quit_, 1);
  real().pthread_join(thread_, nullptr);
}

void* Monitor::loop(void* monitor) {
  auto& self = *static_cast<Monitor*>(monitor);
  while (self.quit_.load() == 0) {
    native::futex_wait(self.quit_, 0, kPeriodNs);
    const std::uint64_t sequence = g_run.sequence();
    if (sequence != self.last_sequence_) {
      // Nearly always: another run than a millisecond ago, or none.
      self.last_sequence_ = sequence;
      self.ending_since_ns_ = 0;
      continue;
    }
    if (sequence == 0) continue;
    g_run.lock_sequence();
    if (g_run.sequence() == sequence) self.look(sequence);
    g_run.unlock_sequence();
  }
  return nullptr;
}

void Monitor::look(std::uint64_t sequence) {
  const std::uint64_t now = native::monotonic_ns();
  if (g_run.end.state.load() == native::EndRecord::kOpen && !g_run.lost.load()) {
    // A creator that computes without a hook: what it created shall not wait for it for ever.
    if (g_run.gate_closed()) g_run.open_gate();
    judge(sequence, now);
    return;
  }
  if (ending_since_ns_ == 0) ending_since_ns_ = now;
  if (g_run.lost.load() || now - ending_since_ns_ >= kGraceNs) {
    host_.end_run_and_process(make_result(g_run, number_of(sequence)));
  }
  // Main may be asleep too, and nobody else repeats a stop signal that came too early.
  if (g_run.stopping()) g_run.request_stop();
}

void Monitor::find_waiting(native::HangDetector::Sample& sample) {
  const std::int32_t pid = native::process_id();
  const std::uint32_t count = g_run.thread_count();
  waits_.assign(count, false);
  settled_.assign(count, false);
  bool any = false;
  bool all = true;
  bool asleep = true;
  for (std::uint32_t i = 0; i < count; ++i) {
    const ProgramThread& thread = g_run.thread(i);
    const Life life = thread.slot.life.load();
    if (life == Life::created) return;
    if (life == Life::running) any = true;
    const native::TaskState state = native::read_task_state(pid, thread.slot.tid.load());
    // Where the kernel does not tell, the hooks know as much for the calls that go through them.
    // A thread that has ended but is awake is about to tell those who wait for its end.
    const bool blocking =
        life == Life::ended || (thread.blocking.load() && !thread.slot.timed.load());
    waits_[i] = state.blocked_for_good() ||
                (state.waiting == native::Waiting::unknown && state.state == 'S' && blocking);
    // The thread of a main that has ended waits for the others, with a time limit. One that was
    // cancelled, or left a robust mutex locked, is gone, and what it holds nobody gives back.
    settled_[i] = waits_[i] || (life == Life::ended && (i == 0 || state.gone()));
    all = all && settled_[i];
    asleep = asleep && (settled_[i] || life == Life::ended || state.asleep());
  }
  sample.all_blocked = any && all;
  sample.all_asleep = any && asleep;
}

// Of all threads but the monitor's own.
std::uint64_t Monitor::processor_time() const {
  const std::uint64_t own = native::clock_ns(CLOCK_THREAD_CPUTIME_ID);
  return native::clock_ns(CLOCK_PROCESS_CPUTIME_ID) - own;
}

void Monitor::judge(std::uint64_t sequence, std::uint64_t now) {
  native::HangDetector::Sample sample{.run = sequence,
                                      .now_ns = now,
                                      .cpu_ns = processor_time(),
                                      .steps = g_run.total_steps(),
                                      .changes = g_run.total_changes()};
  find_waiting(sample);
  if (detector_.asks()) sample.motion = motion_.see(g_run.slots(), settled_);
  const Verdict verdict = detector_.see(sample);
  if (!detector_.asks()) motion_.stop(g_run.slots());
  if (verdict != Verdict::going_on) end_run(verdict);
}

void Monitor::end_run(Verdict verdict) {
  if (!g_run.end.claim()) return;  // a thread was about to end it by itself
  const auto stuck = native::collect_stuck(g_run.slots(), waits_, owner_of, g_run.notifications);
  Failed hang = native::describe_hang(stuck, verdict == Verdict::blocked);
  if (native::HangDetector::is_limit(verdict)) {
    g_run.verdict = GaveUp{detector_.limit_words(verdict), std::move(hang.places)};
  } else {
    g_run.verdict = std::move(hang);
  }
  g_run.end.give();
  g_run.request_stop();
}

}  // namespace heddle::stress
