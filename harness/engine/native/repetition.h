// Tells a thread that goes round in circles from one that works and only reads: the one comes back
// to a state that it was in, registers, stack and all. If nobody has changed anything meanwhile, it
// comes back for ever.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "harness/model/op.h"

namespace heddle::native {

// One for each thread, in memory that may be shared with the process that watches. Zero is a state
// in which nobody asks. What the thread notes it notes for itself alone; only the answer is read by
// others.
class Repetition {
 public:
  enum class Answer : std::uint32_t {
    none,     // not known yet, or neither
    repeats,  // the thread was in this state before
    wanders,  // it looks at ever other things
  };

  // --- by who watches
  void ask() { asked_.fetch_add(1, std::memory_order_relaxed), on_.store(true); }
  void stop() { on_.store(false); }
  Answer answer() const {
    const std::uint64_t given = answer_.load(std::memory_order_acquire);
    return given >> 32U == asked_.load(std::memory_order_relaxed)
               ? static_cast<Answer>(given & ~std::uint32_t{0})
               : Answer::none;
  }

  // --- by the thread
  bool asked() const { return on_.load(std::memory_order_relaxed); }
  // From a hook that the program called at `pc` for `address`, before anything of the hook's own
  // that differs from time to time has run. `base`: where the program's part of the stack ends;
  // 0 if that is not known. Allocates nothing; takes a microsecond or more.
  void look(Address pc, Address address, Address base);
  // From a signal handler, of a thread that comes by no hook: its registers where it was
  // interrupted.
  void sample(const std::uint64_t* registers, std::size_t count);

  // Before another run; nobody may be watching.
  void reset() { on_.store(false, std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kPlaces = 16;
  static constexpr std::size_t kStates = 16;

  void begin_if_new();
  void give(Answer answer);

  std::atomic<bool> on_;
  std::atomic<std::uint32_t> asked_;   // counts the questions
  std::atomic<std::uint64_t> answer_;  // the question, and in the lower half what it came to

  // The thread's own, of the question `begun_`.
  std::uint32_t begun_;
  std::uint32_t looks_;
  std::uint32_t next_reference_;  // the look whose state becomes the one to compare with
  std::uint32_t returns_;         // how often the thread was back in that state
  std::uint64_t reference_;
  std::uint32_t samples_;
  std::uint32_t places_used_;  // beyond kPlaces: more than were kept
  std::uint32_t states_used_;
  std::array<std::uint64_t, kPlaces> places_;
  std::array<std::uint64_t, kStates> states_;
};

}  // namespace heddle::native
