// Programs in miniature with tables for steps, drawn at random, against a search through all states
// that they can come to.
#include "harness/engine/fuzz/run/livelock_watch.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

#include "fuzz/random.h"

namespace heddle {
namespace {

constexpr unsigned kThreads = 3;
constexpr unsigned kPlaces = 3;  // in the code of a thread
constexpr unsigned kValues = 3;  // of the variable

struct State {
  std::array<unsigned, kThreads> places{};
  unsigned value = 0;

  friend auto operator<=>(const State&, const State&) = default;
};

class Program {
 public:
  // One step in `ends`, on the average, ends its thread.
  Program(std::uint64_t seed, std::uint64_t ends) {
    Random random(seed);
    for (auto& thread : steps_) {
      for (auto& place : thread) {
        for (Step& step : place) {
          step = {.place = static_cast<unsigned>(random.below(kPlaces)),
                  .value = static_cast<unsigned>(random.below(kValues)),
                  .ends = random.below(ends) == 0};
        }
      }
    }
  }

  // Nothing if the thread ends.
  std::optional<State> after(State state, ThreadId thread) const {
    const Step& step = steps_[thread][state.places[thread]][state.value];
    if (step.ends) return std::nullopt;
    state.places[thread] = step.place;
    state.value = step.value;
    return state;
  }

  // Whether any order of steps ends a thread.
  bool can_end(const State& from) const {
    std::set<State> seen = {from};
    std::deque<State> open = {from};
    for (; !open.empty(); open.pop_front()) {
      for (ThreadId thread = 0; thread < kThreads; ++thread) {
        const auto next = after(open.front(), thread);
        if (!next.has_value()) return true;
        if (seen.insert(*next).second) open.push_back(*next);
      }
    }
    return false;
  }

 private:
  struct Step {
    unsigned place;
    unsigned value;
    bool ends;
  };
  std::array<std::array<std::array<Step, kValues>, kPlaces>, kThreads> steps_;
};

enum class Seen { livelock, end, nothing };

// Runs the program under the watch, at random until a state comes again. `last`: where it was then.
Seen watch(const Program& program, std::uint64_t seed, State& last) {
  static std::uint64_t variable;
  constexpr std::uint64_t kAll = (std::uint64_t{1} << kThreads) - 1;
  Random random(seed);
  LivelockWatch watch;
  watch.begin(1'000);
  State state;
  ThreadId thread = 0;
  for (;;) {
    last = state;
    const auto next = program.after(state, thread);
    if (!next.has_value()) return Seen::end;
    state = *next;
    variable = state.value;
    watch.done(
        thread,
        {.kind = OpKind::atomic_store, .size = 8, .address = reinterpret_cast<Address>(&variable)},
        true);
    watch.note_thread(thread, state.places[thread] + 1);
    switch (watch.arrive(thread, kAll, kAll)) {
      case LivelockWatch::Answer::closed:
        last = state;
        return Seen::livelock;
      case LivelockWatch::Answer::no_more:
        return Seen::nothing;
      case LivelockWatch::Answer::comes_again:
        watch.prove();
        // This state is the first of the proof.
        EXPECT_EQ(watch.arrive(thread, kAll, kAll), LivelockWatch::Answer::go_on);
        break;
      case LivelockWatch::Answer::go_on:
        break;
    }
    thread = watch.phase() == LivelockWatch::Phase::proving
                 ? watch.pick()
                 : static_cast<ThreadId>(random.below(kThreads));
  }
}

TEST(LivelockWatch, says_so_where_no_order_of_steps_ends_it_and_only_there) {
  std::array<int, 3> counts{};
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    const Program program(seed, 1 + seed % 60);
    State last;
    const Seen seen = watch(program, seed, last);
    ++counts[static_cast<std::size_t>(seen)];
    if (seen == Seen::livelock) {
      EXPECT_FALSE(program.can_end(last)) << seed;
    } else {
      EXPECT_TRUE(program.can_end(State{})) << seed;
    }
  }
  // There are enough of both.
  EXPECT_GT(counts[static_cast<std::size_t>(Seen::livelock)], 300);
  EXPECT_GT(counts[static_cast<std::size_t>(Seen::end)], 300);
}

TEST(LivelockWatch, who_has_a_lock_is_part_of_a_state) {
  LivelockWatch watch;
  watch.begin(100);
  watch.note_thread(0, 1);
  EXPECT_EQ(watch.arrive(0, 1, 1), LivelockWatch::Answer::go_on);
  watch.done(0, {.kind = OpKind::mutex_lock, .address = 8}, true);
  EXPECT_EQ(watch.arrive(0, 1, 1), LivelockWatch::Answer::go_on);
  watch.done(0, {.kind = OpKind::mutex_unlock, .address = 8}, true);
  EXPECT_EQ(watch.arrive(0, 1, 1), LivelockWatch::Answer::go_on);
  watch.done(0, {.kind = OpKind::mutex_lock, .address = 8}, true);
  EXPECT_EQ(watch.arrive(0, 1, 1), LivelockWatch::Answer::comes_again);
}

TEST(LivelockWatch, a_state_that_comes_again_before_all_have_moved_is_none) {
  LivelockWatch watch;
  watch.begin(100);
  watch.note_thread(0, 1);
  watch.note_thread(1, 1);
  EXPECT_EQ(watch.arrive(1, 3, 3), LivelockWatch::Answer::go_on);
  watch.note_thread(0, 2);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(watch.arrive(0, 3, 3), LivelockWatch::Answer::go_on);
  EXPECT_EQ(watch.arrive(1, 3, 3), LivelockWatch::Answer::comes_again);
}

TEST(LivelockWatch, what_is_not_known_to_be_part_of_a_state_ends_it) {
  for (const OpKind kind : {OpKind::sem_post, OpKind::cond_signal, OpKind::thread_create,
                            OpKind::heap_free, OpKind::futex_wake, OpKind::barrier_wait}) {
    LivelockWatch watch;
    watch.begin(100);
    watch.note_thread(0, 1);
    watch.done(0, {.kind = kind, .address = 8}, true);
    EXPECT_EQ(watch.arrive(0, 1, 1), LivelockWatch::Answer::no_more);
  }
}

TEST(LivelockWatch, memory_that_is_gone_ends_it) {
  LivelockWatch watch;
  watch.begin(100);
  watch.note_thread(0, 1);
  watch.wrote(8, 8);
  EXPECT_EQ(watch.arrive(0, 1, 1), LivelockWatch::Answer::no_more);
}

}  // namespace
}  // namespace heddle
