// Failures on real threads, which cannot be repeated, held against first runs of processes by
// numbers: a run is worth what a fresh process is worth.
#pragma once

#include <cstdint>
#include <map>

#include "harness/search/result.h"

namespace heddle {

class FirstRuns {
 public:
  enum class Verdict : std::uint8_t {
    open,        // not seen in a first run, and there were too few to say that it stays away
    shown,       // seen in a first run: it is the program's
    stays_away,  // from first runs, by what chance does once in a thousand times
    only_there,  // likewise from all others
  };

  void add_runs(const ProcessRuns& runs);
  // Of the failure with this failure_key().
  void add_failures(std::uint64_t key, const ProcessRuns& failed);

  Verdict verdict(std::uint64_t key) const;
  ProcessRuns failures(std::uint64_t key) const;
  const ProcessRuns& runs() const { return runs_; }

  // Some failure is open, or seems to be of first runs only.
  bool wants_more() const;
  // Some failure is of first runs only, or of others only.
  bool differs() const;

 private:
  Verdict verdict(const ProcessRuns& failed) const;
  // First runs fail about as often as others, be it in other ways: which of several ways a bug
  // shows in hangs on how quickly threads begin, and that is another in a new process.
  bool fail_alike() const;

  ProcessRuns runs_;
  ProcessRuns all_failures_;
  std::map<std::uint64_t, ProcessRuns> failures_;
};

// How many of the next runs of real threads get a process each. Most share some; but never do runs
// apart take more time than the others: how a process is made may be much of what a run costs.
class ApartShare {
 public:
  // Of the runs to come next; 0: they share.
  std::uint64_t runs_apart(bool wanted) const;
  void add(bool apart, std::uint64_t runs, double seconds);

 private:
  double shared_seconds_ = 0;
  double apart_seconds_ = 0;
  std::uint64_t apart_runs_ = 0;
};

}  // namespace heddle
