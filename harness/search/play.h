// A person decides who goes next: one run, decision by decision.
//
// A run cannot be kept waiting for a person. So each time the program is executed from its
// beginning: as the person has decided so far, and from there on in the default order, with what is
// open at each point written down. Where the person decides as the default has it, the run that is
// known goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "harness/engine/engine.h"
#include "harness/model/decision.h"
#include "harness/search/replayer.h"

namespace heddle {

class Play {
 public:
  // `job`: of a replay, with the racy_pcs at which plain accesses are decisions.
  Play(Replayer& replayer, Job job);

  // Executes the run as it has been decided so far. What is wrong, if it could not be; then nothing
  // else may be called but undo(). To be called first.
  std::optional<std::string> run();

  // Where the person is. Null: at the end of the run.
  const Decision* decision() const {
    return at_ < log_.decisions.size() ? &log_.decisions[at_] : nullptr;
  }
  std::size_t decisions_made() const { return at_; }
  // What the threads have done until there; the earliest may be missing.
  std::span<const Event> events() const;
  // Of these, those since so many decisions were made. Not by their number: where others decide,
  // what was one event before may be two.
  std::span<const Event> events_since(std::size_t decisions) const;

  // Decides: a thread that is ready, or an alternative. Errors are those of run().
  std::optional<std::string> take(std::uint32_t value);

  // Remembers this place for undo().
  void mark();
  // Forgets the last place that was marked.
  void unmark() { marks_.pop_back(); }
  // Goes back to the last place that was marked; false if there is none.
  bool can_undo() const { return !marks_.empty(); }
  std::optional<std::string> undo();

  // How the run ends, once decision() is null.
  const Outcome& outcome() const { return outcome_; }
  const std::vector<Failed>& reports() const { return reports_; }
  // Of the whole run.
  const Trace& trace() const { return trace_; }
  // The run up to here, and from here on in the default order.
  Token token() const { return {.schedule = schedule_, .relacy_state = {}}; }

 private:
  // How many have been done, with those that are missing.
  std::uint64_t events_done() const;

  struct Mark {
    Schedule schedule;
    std::size_t at = 0;
  };

  // One execution; false: it took the record of its decisions with it.
  std::optional<std::string> execute(std::uint64_t most_decisions, bool& recorded);
  // It goes on for longer than anybody plays.
  std::optional<std::string> execute_to_end();
  bool same_until_here(const DecisionLog& log) const;

  Replayer& replayer_;
  Job job_;
  Schedule schedule_;
  std::size_t at_ = 0;
  std::vector<Mark> marks_;
  // What follows is of the last execution.
  DecisionLog log_;
  Trace trace_;
  Outcome outcome_ = Passed{};
  std::vector<Failed> reports_;
  // Decisions beyond the present one. One, once a run has died further on.
  std::uint64_t ahead_ = 1'000;
};

// Of these events of a run: those that a person is shown. Plain accesses to what only one thread
// uses, or nobody writes, are none of them. `trace`: of the whole run.
std::vector<Event> shown_events(std::span<const Event> events, const Trace& trace);

// The code addresses of plain accesses that race in some run of a short search, for Job::racy_pcs
// of a job like `job`.
std::variant<std::vector<Address>, StartError> find_racing(const WorkerOptions& worker,
                                                           const Job& job);

// "Until something interesting": what the thread does next is about memory, or an object, that
// another thread has used or is about to use, and not both only look.
bool meets_another(const Decision& decision, ThreadId thread, std::span<const Event> done);

}  // namespace heddle
