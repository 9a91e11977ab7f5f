// Livelocks, shown and not timed: the states that a run can still come to are finitely many, and in
// none of them has a thread ended or come to wait otherwise than by asking again.
//
// A state is what all threads will do next hangs on: of each its registers and its stack, what is
// in the memory that has changed since the watch began, and who has which lock. Between two states
// one thread has made one step, and what that does hangs on the state alone. So when each
// thread was seen to make its step in the present state, and in all states to which such steps are
// known to lead, then there are no others: no order of steps leads out of them, however long.
// (States that were passed on the way and do not come again do not matter.)
//
// Whatever else a step does (it ends a thread, waits for a notification, asks what time it is)
// makes the watch worthless: disturb().
//
// A watch first looks whether a state comes again after every thread has moved, as it must in a
// livelock; then it picks who goes on, always towards the nearest step that is not known.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
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
  // Who goes on in that state, while it proves: one of `ready`.
  ThreadId pick() const { return next_; }

 private:
  struct State;
  struct Step {
    ThreadId thread;
    State* to;
  };
  struct State {
    std::uint64_t ready = 0;
    std::uint64_t tried = 0;    // of these
    std::vector<Step> steps{};  // what came of it
    std::uint64_t visit = 0;    // of find_untried()
    ThreadId by = 0;            // the first step of the way to it
  };

  void settle_memory();
  // 0 if some thread's is not known.
  std::uint64_t state_of_all(std::uint64_t ready, std::uint64_t alive) const;
  Answer look(ThreadId mover, std::uint64_t state, std::uint64_t ready);
  Answer prove(std::uint64_t state, std::uint64_t ready);
  // Who is to go on from the present state, on the shortest way to a step that was not made yet.
  // Nothing if there is none.
  std::optional<ThreadId> find_untried();

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
  std::uint64_t ready_ = 0;                                // in the present one
  State* present_ = nullptr;                               // null: not known
  State* stepped_from_ = nullptr;  // by a step that was not known; null: it was
  ThreadId next_ = 0;              // who goes on
  std::uint64_t visits_ = 0;
  std::vector<State*> open_;
};

}  // namespace heddle
