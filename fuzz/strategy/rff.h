// Reads-from feedback: Wolff, Shi, Duck, Mathur, Roychoudhury, "Greybox Fuzzing for Concurrency
// Testing", ASPLOS 2024.
//
// What a run shows is which write each of its reads saw. An abstract schedule is a few wishes: this
// read is to see that write, or not. A run follows one as far as it can, by making threads wait
// that would break a wish, and is otherwise partial order sampling. Schedules that led to something
// new are kept, and later ones are made of them by a change; those whose outcome was seen seldom
// are taken more often.
//
// Reads and writes are known by the place in the code and the object, so all threads that run the
// same code count as one. A lock reads what the lock before it wrote.
//
// Departures:
// - New is a set of pairs (a write and the read that saw it) that no run had, where the paper asks
//   for a new pair: in programs of few pairs these are soon all seen, each for itself.
// - One run in two begins with no wishes before its change.
// - How often a schedule is taken: of two drawn at random the one whose outcome was seen less
// often,
//   in place of the paper's energy, which goes with how many runs are left to do.
// - A wish need not name a pair that was seen, only a read and a write of the same object.
// - It learns in the first kLearningRuns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/pos.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

class Rff final : public Strategy {
 public:
  explicit Rff(std::uint64_t seed) : seed_(seed), random_(seed) {}

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;
  void end_run(const RunEnd& end) override;

  bool follows() const override { return true; }
  bool learns() const override { return true; }
  void executed(const Op& op, bool changed) override;

  std::string state() const override;
  bool set_state(std::string_view state) override;

 private:
  // A place in the code and an object, hashed.
  using Event = std::uint64_t;
  static constexpr Event kInitial = 0;  // wrote what was there before any write

  struct Wish {
    std::uint64_t place = 0;
    Event read = 0;
    Event write = kInitial;
    bool see = true;  // or not to see
  };
  using Wishes = std::vector<Wish>;
  struct Kept {
    Wishes wishes;
    std::uint64_t outcome = 0;
  };
  // An event that was seen.
  struct Known {
    std::uint64_t place = 0;
    Event event = 0;
    bool reads = false;
    bool writes = false;
  };
  struct Place {
    Event last_write = kInitial;
    ThreadId first_thread = 0;
    bool shared = false;  // by several threads
  };

  void change(Wishes& wishes);
  std::optional<Wish> new_wish();
  bool would_break(const Op& op) const;
  void learn_events();
  void find_reads();

  static constexpr std::string_view kStateName = "rff1";

  std::uint64_t seed_;
  Random random_;
  std::uint64_t run_ = 0;
  ThreadId running_ = 0;
  PosPriorities priorities_;

  // In the order in which they were seen: by their hashes, the choice among them would depend on
  // where the program happens to lie.
  std::vector<Known> known_;
  std::unordered_map<Event, std::size_t> known_at_;
  std::vector<std::size_t> reads_;  // indices of those that read in known_
  std::vector<Kept> kept_;
  std::unordered_map<std::uint64_t, std::uint64_t> outcomes_;  // how often each was seen

  // Of the run under way.
  Wishes wishes_;
  std::vector<bool> over_;  // index: wish; its read has been
  std::unordered_map<std::uint64_t, Place> places_;
  std::vector<std::uint64_t> pairs_;  // of a read and the write that it saw, hashed
  std::vector<Known> events_;
};

}  // namespace heddle
