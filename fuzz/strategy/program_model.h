// What a program does, as far as executions have shown it: which step each thread makes next behind
// what it has done and found, and what that does where it finds what. From it executions can be
// made up that nobody has run, thousands in the time of a few real ones. They are for forecasts: a
// step that was never seen is taken for one that another thread made at the same place, and what a
// value will be is known only where a rule for it was seen to hold.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/dependency.h"
#include "fuzz/strategy/leaves_alone.h"
#include "fuzz/strategy/tally.h"

namespace heddle {

class ProgramModel {
 public:
  // A step as an execution had it.
  struct Seen {
    ThreadId thread = 0;
    OpKind kind = OpKind::none;  // what the thread was to do when it was picked
    Address pc = 0;
    AccessList accesses;
    LeavesAlone alone;                   // when it changes nothing
    std::optional<std::uint64_t> found;  // the value, by its first access
    ThreadId other = kNoThread;          // the thread that it creates, or waits for
    std::uint32_t choices = 1;           // alternatives that it had
    std::uint32_t choice = 0;            // and the one that it took
    bool sleeps = false;   // the thread cannot go on behind it until somebody wakes it
    bool in_vain = false;  // it ended a round of a loop that waits: no execution goes on there
  };
  // An execution from its begin on.
  struct Trace {
    std::vector<Seen> steps;
    bool whole = false;  // it came to its end
  };

  static constexpr std::uint32_t kEnd = 0;  // no step
  static constexpr std::size_t kMostThreads = 64;

  struct Thread {
    std::uint64_t fine = 0;     // hash of what it has done and found
    std::uint64_t control = 0;  // of what it has done
    std::uint64_t effects = 0;  // of what of that has changed something
    std::uint64_t last = 0;     // of its last step
    std::uint64_t found = 0;    // of what that found, roughly
    std::uint64_t value = 0;    // likewise, the value; 0: not known
    std::uint64_t data = 0;     // of what lay behind what it has accessed last
    std::uint64_t section = 0;  // of where it has been since it took a lock
    std::uint64_t loop = 0;     // see Execution::Event
    std::uint32_t rounds = 0;
    std::uint32_t elsewhere = 0;
    std::uint32_t patience = 1;
    std::uint32_t changes = 0;    // steps that have changed something
    std::uint32_t next = kEnd;    // the step that it is to make
    std::uint32_t chosen = 0;     // what it has had happen to it that may happen any time
    std::uint32_t guesses = 0;    // steps that follow from nothing that was seen
    std::uint32_t sleeps_on = 0;  // an object, from 1; 0: none
    bool exists = false;
  };
  struct Object {
    std::uint64_t fine = 0;       // hash of how it came by what it is now
    std::uint64_t coarse = 0;     // where it was changed last
    std::uint64_t data = 0;       // of what was done to it, in whatever order
    std::uint64_t unchanged = 0;  // bit i: since thread i has accessed it
    std::optional<std::uint64_t> value;
    std::int32_t units = 0;  // of a semaphore; of a lock: who have it together
    bool exclusive = false;  // a lock: one has it alone
  };
  struct State {
    std::vector<Thread> threads;
    std::vector<Object> objects;
  };
  // What a step will do where it stands.
  struct Step {
    AccessList accesses;
    std::uint32_t choices = 1;
    bool sleeps = false;
    bool in_vain = false;
  };

  void learn(const Trace& trace);
  // Nothing can be made up.
  bool empty() const { return places_.size() <= 1 || too_large_; }
  std::size_t most_steps() const { return most_steps_; }

  void begin(State& state) const;
  std::size_t threads() const { return threads_; }
  bool may_go_on(const State& state, ThreadId thread) const;
  Step step_of(const State& state, ThreadId thread, Random& random) const;
  void take(State& state, ThreadId thread, const Step& step, std::uint32_t choice,
            Random& random) const;
  // Whether what the thread may yet do races with the step of another. May err, where a thread does
  // what it was never seen to do.
  bool may_race(const State& state, ThreadId thread, const AccessList& step) const;

 private:
  static constexpr std::size_t kModes = 11;
  struct Place {  // of a step in the program, on one object
    OpKind kind = OpKind::none;
    Address pc = 0;
    Access first;              // what it accesses first
    std::uint32_t object = 0;  // of that, from 1; 0: it accesses nothing
    ThreadId other = kNoThread;
    bool depends = false;
    bool may_choose = false;                 // a wait may end for nothing, a compare-exchange fail
    std::map<std::uint32_t, Step> outcomes;  // by shape
    std::uint32_t any = 0;                   // a shape of it
  };
  // What a thread does to values at a place, as long as it does the same each time.
  struct Rule {
    LeavesAlone alone;
    std::uint64_t found = 0;  // the first that it was seen to find
    std::uint64_t value = 0;  // what it leaves
    std::uint64_t more = 0;   // by how much that is more than what it finds
    bool same_alone = true;
    bool same_value = true;
    bool same_more = true;
    bool many_found = false;      // it was seen to find different values,
    bool many_left_from = false;  // and to change different ones
    bool leaves = false;          // what it leaves was seen
    std::uint64_t left_from = 0;  // the first that it was seen to change
  };
  using Table = std::unordered_map<std::uint64_t, Tally>;
  static constexpr std::size_t kNextLevels = 18;
  static constexpr std::size_t kOutcomeLevels = 8;
  using NextKeys = std::array<std::uint64_t, kNextLevels>;
  using OutcomeKeys = std::array<std::uint64_t, kOutcomeLevels>;

  static NextKeys next_keys(const Thread& thread, ThreadId id);
  OutcomeKeys outcome_keys(const State& state, ThreadId thread, std::uint32_t place) const;
  std::uint32_t object_of(const Access& access);
  static std::uint64_t rule_key(std::uint32_t place, ThreadId thread, std::uint64_t fine = 0);
  const Rule* rule_of(std::uint32_t place, ThreadId thread, std::uint64_t fine) const;
  std::uint32_t known_object(const Access& access) const;
  std::uint32_t place_for(const Seen& step);
  std::uint32_t shape_of(const Seen& step, std::uint32_t place);
  Step step_in(const Place& place, std::uint32_t shape) const;
  void predict(Thread& thread, ThreadId id, Random& random) const;
  // The first access in that mode.
  static Step with_mode(Step step, const Place& place, AccessMode mode);
  static std::size_t sleepers_on(const State& state, std::uint32_t object);
  void learn_values(const std::vector<Seen>& steps);
  static void note_round(Thread& thread, std::uint32_t place, bool changed);
  // All but what the thread does next.
  void apply(State& state, ThreadId thread, std::uint32_t at, const AccessList& accesses,
             bool sleeps, std::uint32_t choice) const;

  std::vector<Place> places_ = {Place{}};
  std::unordered_map<std::uint64_t, std::uint32_t> place_by_key_;
  std::unordered_map<std::uint64_t, std::uint32_t> objects_;       // to a number from 1
  std::vector<std::optional<std::uint64_t>> first_values_ = {{}};  // by object
  std::vector<bool> is_memory_ = {false};                          // likewise
  std::unordered_map<std::uint64_t, Rule> rules_;                  // by place and thread
  std::unordered_map<std::uint64_t, std::uint32_t> own_place_;     // of a thread and a pc
  std::unordered_map<std::uint64_t, std::uint32_t> was_at_;        // of a thread and a place
  std::vector<Step> shapes_;  // how steps turn out, each from where that was seen first
  std::unordered_map<std::uint64_t, std::uint32_t> shape_by_key_;
  std::array<Table, kNextLevels> next_;
  std::array<Table, kOutcomeLevels> outcome_;
  // By thread, object, mode: how many changes the thread had made when it did so last, plus one.
  std::vector<std::vector<std::array<std::uint16_t, kModes>>> future_;
  std::size_t most_steps_ = 0;
  std::size_t threads_ = 0;
  std::uint64_t created_ = 0;  // bit i: a step that creates thread i was seen
  bool too_large_ = false;     // to make up many
};

}  // namespace heddle
