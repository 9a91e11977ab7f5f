// The state of the run at hand, and what starts and stops its threads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "fuzz/delay/delay_plan.h"
#include "harness/engine/engine.h"
#include "harness/engine/native/end_record.h"
#include "harness/engine/native/program_image.h"
#include "harness/engine/native/stuck_threads.h"
#include "harness/engine/stress/program_thread.h"

namespace heddle::stress {

inline constexpr std::size_t kMaxThreads = 16'384;

// How new threads begin; see stress_engine.h.
enum class Start : std::uint8_t { at_once, together, with_creator };

// What a run of this number does; `none` is always at_once.
Start draw_start(const DelayPlan& plan, std::uint64_t seed, std::uint64_t run);

enum LeaveCode : int { kStopped = 1, kThreadExit = 2 };

class Run {
 public:
  // --- by the engine, between runs
  void prepare(const Job& job);
  // Makes the calling thread the one that runs main.
  void begin(std::uint64_t run, ProgramThread& main);
  // True when every thread but main's is out of the program's code.
  bool all_ended() const { return alive_.load(std::memory_order_acquire) == 0; }
  // Until all_ended() or `ns` have passed. With `stop`, threads that sleep are told again.
  bool wait_for_end(std::uint64_t ns, bool stop);
  // Ends the parked threads.
  void close();

  // --- by program threads
  int create(ProgramThread& creator, pthread_t* handle, void* (*start)(void*), void* argument,
             std::size_t stack_size, StackBounds given_stack, bool detached);
  // For g_find_stack: the C library is right about all others.
  static std::optional<StackBounds> find_given_stack(pthread_t handle);
  ProgramThread* find(pthread_t handle);
  // Whether pthread_join() would return at once.
  bool would_join(pthread_t handle);
  // As pthread_cancel().
  int cancel(pthread_t handle);
  void open_gate();
  // Ends the run as a failure of the calling thread, which leaves the program.
  [[noreturn]] void fail(ProgramThread& self, FailureKind kind, Address pc, const char* message);
  [[noreturn]] void finish(ProgramThread& self, int status, Address pc);
  // Without what is to be run at the end of a thread and of the process.
  [[noreturn]] void finish_at_once(ProgramThread& self, int status, Address pc);
  [[noreturn]] static void leave(ProgramThread& self, LeaveCode code);
  // The calling process is one that the program has made: it is no run, and how it ends is the
  // program's affair.
  void become_child() { is_child_ = true; }
  bool is_child() const { return is_child_; }
  // As exit() there.
  [[noreturn]] static void end_child(int status);

  bool stopping() const { return stop_.load(std::memory_order_relaxed); }
  // From any thread: the run's end is written, all threads are to leave.
  void request_stop();

  ThreadKeys keys;

  // --- for the monitor
  Outcome outcome() const;
  std::uint64_t sequence() const { return sequence_.load(std::memory_order_acquire); }
  void set_sequence(std::uint64_t value) { sequence_.store(value, std::memory_order_release); }
  std::uint32_t thread_count() const;
  const ProgramThread& thread(std::size_t index) const { return *threads_[index]; }
  std::span<const native::ThreadSlot* const> slots() const {
    return {slots_.data(), thread_count()};
  }
  // Held while the monitor acts on the run it looked at, and while main's thread moves on to the
  // next: else the one could stop the run after.
  void lock_sequence() {
    while (sequence_lock_.exchange(true, std::memory_order_acquire)) native::yield_processor();
  }
  void unlock_sequence() { sequence_lock_.store(false, std::memory_order_release); }
  // A thread that can never leave the program: the process has to end.
  std::atomic<bool> lost{false};
  bool gate_closed() const { return gated_count_.load(std::memory_order_relaxed) != 0; }
  std::uint64_t total_steps() const { return sum(&native::ThreadSlot::steps); }
  std::uint64_t total_changes() const { return sum(&native::ThreadSlot::changes); }

  native::EndRecord end{};
  // In place of what `end` says: written by the monitor between end.claim() and end.give().
  std::optional<Outcome> verdict;
  native::NotificationLog notifications{};

 private:
  static void* park(void* thread);
  void work(ProgramThread& self);
  // `by_itself`: what is due at a thread's end is run.
  void end_thread(ProgramThread& self, bool by_itself);
  ProgramThread* take_parked(std::size_t stack_size);
  void meet(Rendezvous& rendezvous);
  Rendezvous* new_rendezvous(std::uint32_t size);
  void hand_over(ProgramThread& thread);
  std::uint64_t sum(std::atomic<std::uint64_t> native::ThreadSlot::*counter) const;
  void lock();
  void unlock() { lock_.store(false, std::memory_order_release); }

  bool is_child_ = false;
  DelayPlan plan_;
  std::uint64_t seed_ = 0;
  std::uint64_t number_ = 0;
  Start start_ = Start::at_once;
  double ratio_ = 1;
  std::optional<native::ThreadLocals> locals_;

  std::atomic<std::uint64_t> sequence_{0};  // of the run at hand; 0 between runs
  std::atomic<bool> sequence_lock_{false};
  std::atomic<bool> stop_{false};
  std::atomic<bool> closing_{false};
  native::Futex alive_{0};

  // Guards creation and the gate: both are rare, and neither blocks.
  std::atomic<bool> lock_{false};
  std::atomic<std::uint32_t> count_{0};  // threads of this run, main's included
  std::array<ProgramThread*, kMaxThreads> threads_{};
  std::array<const native::ThreadSlot*, kMaxThreads> slots_{};
  std::vector<std::unique_ptr<ProgramThread>> pool_;  // pool_[i] serves thread i + 1 of each run
  std::atomic<std::uint32_t> gated_count_{0};
  std::array<ProgramThread*, kMaxThreads> gated_{};
  std::array<Rendezvous, 64> meetings_{};
  std::uint32_t meetings_used_ = 0;
  std::atomic<bool> end_awaited_{false};
};

// One process runs one program: hooks have no other way to find it.
extern Run g_run __attribute__((visibility("hidden")));

// Sent to threads that sleep in the program's code when a run is to end.
int stop_signal();

}  // namespace heddle::stress
