// Livelocks, shown and not timed: the states that a run can still come to are finitely many, and in
// none of them has a thread ended or come to wait otherwise than by asking again.
//
// A state is what all threads will do next hangs on: of each its registers and its stack, what is
// in the memory that has changed since the watch began, and who has which lock. Between two states
// one thread has made one step, and what that does hangs on the state alone. So when from each
// state that was seen each thread that could go on was seen to go on, and only states came of it
// that had been seen before, then no order of steps leads out of them, however long.
//
// Whatever else a step does (it ends a thread, waits for a notification, asks what time it is)
// makes the watch worthless: disturb().
//
// A watch first looks whether a state comes again after every thread has moved, as it must in a
// livelock; then it picks who goes on, so that all is seen soon.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "harness/model/op.h"

namespace heddle {

class LivelockWatch {
 public:
  enum class Phase : std::uint8_t { off, looking, proving };
  enum class Answer : std::uint8_t {
    go_on,
    comes_again,  // the end of looking
    closed,       // a livelock
    no_more,      // it was disturbed, or has seen enough
  };
  // Threads with higher numbers are not watched.
  static constexpr ThreadId kMostThreads = 64;

  // At most so many states are looked at before one comes again.
  void begin(std::uint64_t looks);
  void prove();
  void end() { phase_ = Phase::off; }
  Phase phase() const { return phase_; }

  void disturb() { disturbed_ = true; }
  // The running thread is about to write these bytes, or has.
  void wrote(Address address, std::size_t size);
  // It has done this. `changed`: what another thread can see.
  void done(ThreadId thread, const Op& op, bool changed);

  // The thread is where this stands for all that it has of its own; 0: that is not known.
  void note_thread(ThreadId thread, std::uint64_t state) { threads_[thread] = state; }

  // The run has come to a state, by a step of `mover`. `ready`: one bit for each thread that could
  // go on, but for those that only another can help or wake; `alive`: for each that has not ended.
  Answer arrive(ThreadId mover, std::uint64_t ready, std::uint64_t alive);
  // Who goes on in that state, while it proves: of `ready`, which is not empty.
  ThreadId pick();

 private:
  struct State {
    std::uint64_t ready = 0;
    std::uint64_t tried = 0;  // of these
  };

  void settle_memory();
  // 0 if some thread's is not known.
  std::uint64_t state_of_all(std::uint64_t ready, std::uint64_t alive) const;
  Answer look(ThreadId mover, std::uint64_t state, std::uint64_t ready);
  Answer prove(std::uint64_t state, std::uint64_t ready);

  Phase phase_ = Phase::off;
  bool disturbed_ = false;
  std::uint64_t looks_left_ = 0;
  std::uint64_t arrivals_ = 0;
  std::array<std::uint64_t, kMostThreads> threads_{};
  std::array<std::uint64_t, kMostThreads> moved_{};  // arrivals_ at its last step
  std::vector<Address> written_;                     // words, since the last state
  std::unordered_map<Address, std::uint64_t> words_;
  std::unordered_map<Address, std::uint64_t> locks_;
  std::uint64_t memory_ = 0;                               // of words_ and locks_
  std::unordered_map<std::uint64_t, std::uint64_t> seen_;  // looking: the last arrival
  std::unordered_map<std::uint64_t, State> states_;        // proving
  std::uint64_t untried_ = 0;                              // in all states
  std::uint64_t ready_ = 0;                                // in the present one
  State* present_ = nullptr;                               // null: not known
  std::uint64_t dice_ = 0;
};

}  // namespace heddle
