// Every interleaving once: Optimal-DPOR with wakeup trees, of Abdulla, Aronis, Jonsson, Sagonas,
// "Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction", Journal of the ACM 64
// (2017); there also the treatment of locks, where the two steps of a race have an unlock between
// them.
//
// After each execution, every pair of steps that could have come the other way round is looked at:
// unless an execution in which it did is known or planned, one is planned, from the point before
// the first of the two. What was explored from a point on sleeps there until a step that conflicts
// with it. Two executions never have the same partial order.
//
// What the theorem asks for, and where it holds here:
// - An event is a step: what a thread does from where it was picked to its next scheduling point
//   (Execution::step()). What it does hangs on nothing but its thread's steps before it and on what
//   it finds; the engine has no other input, and choices are alternatives of the step (choose()).
// - What it accesses is known when it was executed (Execution::executed(), accesses_of()); and for
// a
//   place where it was not, as far as a race needs it, from what it would find there
//   (turned_round()). A read-modify-write, a compare-exchange or a try that leaves all as it is, is
//   a read; whether it is hangs on what it finds (LeavesAlone), so that two events of one step that
//   differ in it are different events.
// - Two events commute if no access of the one and of the other stand in a relation (relation(), in
//   dependency.h). Of events as they were executed this hangs on no state.
// - A thread is enabled where the scheduler offers it (SchedulingPoint::ready). Steps that do not
//   commute alone enable or disable it: locks, by their modes; all that waits by other means orders
//   itself as a write.
//
// Loops that wait. A round in which a thread changes nothing, and after which it is in the state
// that it began the round in, can be left out of an execution: nobody else sees a difference, and
// the thread might have waited where the loop begins. So the interleavings are those of a program
// in which a round ends well or does not end. Where a step turns out to have ended a round for
// nothing (came_round()), the run is given up and the step sleeps from there on, until somebody
// conflicts with it. Unlike that of other sleepers its sleep covers nothing: what could begin with
// it was not explored. Therefore a plan which it is no part of is made though it sleeps; and a
// planned step at a place where threads wait keeps what it covers, so that this can be planned in
// its stead. A run that ends in sleepers of this kind has come to an end (nobody()): it is a hang
// if nothing that they have found in the rounds they are amid has changed, else it is blocked, and
// counts as redundant.
// - That a round changes nothing is found by the engine from registers, stack and writes. What
//   libraries keep for themselves it does not see.
// - A round in which mutexes are taken and given back changes nothing either, as long as nobody
//   tries to take one: who waits for a mutex cannot tell how often it was taken meanwhile. What
//   ends it is its last lock if nothing that others could see lies between that and its unlock.
//   When a try is seen, all such rounds are followed, and the search begins anew (tries_).
// - Other rounds that count, or that change something to and fro, are followed as exhaustive.h
// says.
//
// Departures and bounds, each of which shows in exploration():
// - A race is turned round in the first execution in which its second step occurs. In later ones
//   only if something sleeps at the point before its first step, or what the second will do there
//   hangs on what came before. The plan takes along the steps that have nothing to do with the
//   first. In a later execution those may come in another order, and wake a sleeper which the plan
//   of the first execution leaves asleep. Where nothing sleeps, the order of them is turned round
//   behind the plan.
// - A run that ends early (an exception, exit() while threads run) hides what the other threads
//   would have done: from its last step on all other threads are tried as well. What such a run
//   plans may lack steps that would wake a sleeper, and so is covered by no sleeper that it lacks.
//   The searches behind it may come to where all who are left sleep: then those tell of races too.
// - Waiting loops and what may happen any time are bounded as exhaustive.h says.
// - Whether a compare-exchange, or a try to lock, succeeds hangs on what came before it, and with
//   that what it conflicts with. The theorem speaks of what a step does where it stands: so of the
//   second step of a race it is worked out what it will do in front of the first. To take it for
//   what it did behind it leaves out executions (a sleeping reader seems independent of what will
//   be a write); to take it for a write in any case does so too (what is planned for it stands
//   where a sleeping step covers it, and keeps others from being planned). So it is with
//   notifications, tries of semaphores, and what is done once. What it finds there is what the
//   first step found, but for what commutes with that: posts, and readers of a lock
//   (found_in_front()).
// - What waits can be disabled. A semaphore's wait is no race with a post that gave it its unit, as
//   a lock is none with the unlock before it: the race is with who took the unit before
//   (Execution::meet_entry()). A lock that several may share is free in front of one of them if the
//   others leave without it (would_wait()).
// - A step's choices are part of what it is: with others it is another step, planned where the
//   first was executed, together with all that does not hang on it (plan_alternatives()). That way
//   it is covered or not by who sleeps, as any other.
// - For barriers and futexes the reversal of a race may be impossible. Such a plan is dropped where
//   it fails, and the run goes on freely; it may turn out redundant.
//
// Memory grows with the depth of an execution (nodes, clocks: steps times threads) and with what is
// planned along the one under way; not with the number of executions.
//
// Plain memory: see dependency.h. The search is over executions in which the places known to race
// are scheduling points; when a run shows another such place, it begins anew.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/random.h"
#include "fuzz/strategy/dependency.h"
#include "fuzz/strategy/execution.h"
#include "fuzz/strategy/exhaustive.h"
#include "fuzz/strategy/forecast.h"
#include "fuzz/strategy/kept_traces.h"
#include "fuzz/strategy/state_text.h"
#include "fuzz/strategy/strategy.h"

namespace heddle {

struct DporOptions {
  // Where any thread may go next, the seed decides, and not that the running one goes on: another
  // order of the same interleavings.
  bool random_order = false;
};

class Dpor final : public Strategy {
 public:
  explicit Dpor(const DporOptions& options = {}, std::uint64_t seed = 0);

  bool begin_run(std::uint64_t run) override;
  std::size_t pick(const SchedulingPoint& point) override;
  std::uint32_t choose(Choice what, std::uint32_t n, ThreadId thread, std::uint64_t step) override;
  void end_run(const RunEnd& end) override;

  bool follows() const override { return true; }
  void found(std::uint64_t value, const LeavesAlone& alone) override {
    if (!goes_round_) execution_.found(value, alone);
  }
  void executed(const Op& op, bool changed) override;
  void came_round(ThreadId thread, const Round& round) override;
  bool waits_at(Address pc) const override {
    return std::find(waiting_places_.begin(), waiting_places_.end(), pc) != waiting_places_.end();
  }
  void woke(ThreadId thread) override {
    if (!goes_round_) execution_.woke(thread);
  }
  void left_waiting(ThreadId thread, const Op& op) override { waiting_.push_back({thread, op}); }

  std::string state() const override;
  bool set_state(std::string_view state) override;
  std::optional<Exploration> exploration() const override;
  std::optional<Exploration> forecast() const override;

 private:
  // A step that is not taken here: all that it leads to was explored, or will be.
  struct Sleeper {
    ThreadId thread = 0;
    // Index into looks_, of a step that ends a round of a loop in which nothing is changed. What it
    // leads to is no interleaving of its own, and was not explored. Else kNoLook.
    std::uint32_t look = kNoLook;
    std::uint64_t choices = 0;       // that the step makes; with others it does not sleep
    std::uint32_t alternatives = 1;  // of them; 0: it makes several choices
    AccessList accesses;
  };
  static constexpr std::uint32_t kNoLook = ~std::uint32_t{0};
  struct Look {
    Execution::Event step;
    std::uint32_t before = 0;  // steps of the same round that come before it
  };
  // Of a wakeup tree. Siblings in the order in which they are to be explored.
  struct Branch {
    ThreadId thread = 0;
    std::uint64_t choices = 0;  // that the step makes
    // At the step's place threads wait: it may end a round, and then explores nothing.
    bool may_wait = false;
    AccessList accesses;
    Branch* child = nullptr;
    Branch* sibling = nullptr;
  };
  struct ChoiceTaken {
    std::uint32_t value = 0;
    std::uint32_t n = 1;
  };
  // The state before a step, and what is to be tried there.
  struct Node {
    ThreadId thread = 0;    // the step taken; kNoThread: any that does not sleep
    bool explored = false;  // what the step leads to, other than the end of a round
    std::uint32_t done = 0;
    std::uint64_t ready = 0;    // bit i: thread i; threads from 64 on are taken for ready
    Branch* pending = nullptr;  // the wakeup tree but for the branch being explored
    bool cut = false;           // what the step does is not known
    std::vector<Sleeper> sleepers;
    // Executions made when the node was, and when what is explored now began.
    std::uint64_t begun = 0;
    std::uint64_t child_begun = 0;
    bool planned = false;      // the step is to make these choices
    std::uint64_t wanted = 0;  // likewise, as a number
    std::vector<ChoiceTaken> choices;
  };

  Node& add_node();
  // Threads that could have gone on there; 0: not known.
  static std::size_t ready_at(const Node& node);
  // The choices of a step as a number, different for different ones: 0 if each is the first
  // alternative, which is what a step does where it has no other. A step that chooses otherwise is
  // another one, as if it were that of another thread.
  static std::uint64_t number_of(const std::vector<ChoiceTaken>& choices);
  // What has not come to its turn has made none.
  std::uint64_t choices_at(std::size_t node) const {
    return node < depth_ ? number_of(nodes_[node].choices) : 0;
  }
  // Behind a step of another thread that it does not conflict with; if not, it may be another step
  // there.
  static bool stays_asleep(Sleeper& sleeper, const AccessList& step);
  static bool is_asleep(const Node& node, ThreadId thread);
  static bool is_asleep(const Node& node, ThreadId thread, std::uint64_t choices);
  // Index into point.ready; its size if there is nobody to go on with.
  std::size_t follow_tree(const SchedulingPoint& point);
  std::size_t choose_freely(const Node& node, const SchedulingPoint& point);
  // Whether candidate `next` goes rather than `best`, the first after `candidates - 1` others.
  bool rather(const SchedulingPoint& point, std::size_t next, std::size_t best,
              std::size_t candidates);
  // Hands what the run has followed of the tree over to the nodes. Returns what lies behind.
  Branch* settle_tree();
  void leave_out_round(Branch* rest);
  // Each way through the tree.
  void plan_again(Node& node, const Branch* tree);
  // `end`: the steps that are complete.
  void reverse(const Execution::Race& race, std::size_t end);
  void reverse_waiting(std::size_t end);
  void reverse_looks(std::size_t end);
  // The step that ends a round in which its thread has changed nothing, and how many of the round
  // come before.
  struct RoundEnd {
    std::uint32_t event = 0;
    std::uint32_t before = 0;
  };
  void end_round(const RoundEnd& end);
  // Nothing if the round cannot be left out.
  std::optional<RoundEnd> round_end(ThreadId thread, std::uint32_t steps) const;
  std::uint32_t look_of(std::uint32_t event, std::uint32_t before);
  // Nobody can go on but who waits in loops, and who sleeps.
  std::size_t nobody(const Node& node, const SchedulingPoint& point);
  bool is_unchanged(const Sleeper& sleeper) const;
  void branch_everywhere(Node& node);
  bool hangs_on_the_rest(const Execution::Race& race) const;
  // Of an arrival at a barrier before which others are left out, from that event on.
  AccessList arrives_in_plan(std::size_t first, std::size_t event) const;
  std::optional<std::uint64_t> found_in_front(const Execution::Race& race, const Access& own) const;
  AccessList turned_round(const Execution::Race& race);
  std::uint64_t choices_in_front(const Execution::Race& race);
  void plan_choices_in_front(const Execution::Race& race, std::size_t end);
  // Whether a weak compare-exchange may fail without cause: its thread has not had that too often.
  bool may_fail(std::size_t event) const;
  bool would_wait(const Execution::Race& race) const;
  // Plans the step with each other choice, in the place where it stands.
  void plan_alternatives(std::size_t event, std::size_t end);
  // Fills plan_ with what comes behind that step and does not hang on it.
  void plan_rest(std::size_t event, std::size_t end);
  // Whether a plan could as well begin with this step. `or_absent`: also if it has no step of the
  // thread, and none that the order with this one matters to.
  struct Planned {
    ThreadId thread = 0;
    bool may_wait = false;  // see Branch
    std::uint64_t choices = 0;
    const AccessList* accesses = nullptr;
  };
  using Plan = std::vector<Planned>;
  static bool weak_initial(const Plan& plan, ThreadId thread, std::uint64_t choices,
                           const AccessList& accesses, bool or_absent = true);
  bool is_covered(const Node& node) const;
  // Plans plan_ at the node, unless what sleeps or is planned there covers it.
  void plan_at(Node& node);
  void plan_in(Branch** level, Plan& plan, bool keeps);
  Branch* new_branch(const Planned& step);
  void drop(Branch* tree);  // with its siblings
  static std::uint32_t count(const Branch* tree);
  // The next branch that is planned there and was not explored in the meantime.
  void take_up(Node& node);
  void backtrack();
  void begin_anew();

  // For the forecast: what the run did, of few of them.
  void keep_trace(bool given_up);
  // How many executions there will be: by the tree that is explored; and by the program, which
  // hangs on the first.
  double extrapolated() const;
  double forecast_by(double extrapolated) const;

  static constexpr std::string_view kStateName = "dpor8";
  static constexpr std::size_t kNo = ~std::size_t{0};

  static void write_tree(StateWriter& out, const Branch* tree);
  Branch* read_tree(StateReader& in);
  static void write_look(StateWriter& out, const Look& look);
  void read_look(StateReader& in);

  DporOptions options_;
  std::uint64_t seed_;
  Random random_;
  Execution execution_;
  std::vector<Node> nodes_;   // never shrinks, so that runs need not allocate
  std::size_t depth_ = 0;     // nodes in use
  std::size_t planned_ = 0;   // nodes whose step is given
  std::size_t position_ = 0;  // nodes come to in this run
  std::size_t kept_ = 0;      // steps that the execution keeps from the run before
  std::size_t fresh_ = 0;     // of those from here on no race was turned round yet
  Branch* tree_ = nullptr;    // what is planned after the nodes
  Branch* walk_ = nullptr;    // where in it the run is
  std::size_t choice_ = 0;    // choices made by the step under way
  std::deque<Branch> branches_;
  Branch* free_ = nullptr;  // branches not in use, linked by `sibling`
  std::vector<ThreadId> last_ready_;
  struct Waiting {
    ThreadId thread = 0;
    Op op;
  };
  std::vector<Waiting> waiting_;         // at the end of the run
  std::vector<std::uint32_t> sequence_;  // steps between the two of a race that leave the first be
  Plan plan_;
  Plan path_;                       // to where plan_again() is
  std::deque<AccessList> in_plan_;  // of steps that access otherwise where they are planned
  std::size_t in_plan_used_ = 0;
  AccessList turned_;  // what the second step of a race will access where it comes first
  std::optional<RoundEnd> round_;  // has just come to its end
  std::size_t useless_ = kNo;      // the node of a step that ended a round
  std::uint32_t look_ = kNoLook;   // of that step
  // The run ended while other threads could have gone on: it may lack steps that wake a sleeper. So
  // may those that end for sleepers once there was such a run.
  bool cut_ = false;
  bool cuts_ = false;     // there was such a run
  bool blocked_ = false;  // the run ended, but in who waits in loops
  // Everybody waits in loops, and nothing that they wait for will ever change: the steps until the
  // scheduler finds so are no part of the execution.
  bool goes_round_ = false;
  bool chooses_ = false;         // some step of the search has a choice, or may have
  std::size_t round_ready_ = 0;  // threads that were ready when that began
  std::vector<Look> looks_;
  std::vector<Address> waiting_places_;  // few
  bool unlocking_rounds_ = false;        // there was one with a mutex in it
  bool tries_ = false;  // a thread tries to lock a mutex: no such round is left out
  // Another such place, that this run has shown: the search begins anew when it is over. 0: none.
  Address new_place_ = 0;
  ChoiceBudget budget_;
  Forecast forecast_;
  KeptTraces traces_;
  double known_forecast_ = 0;           // of where the search was stopped; 0: none
  mutable double latest_forecast_ = 0;  // 0: none since the last run
  Exploration seen_;
};

}  // namespace heddle
