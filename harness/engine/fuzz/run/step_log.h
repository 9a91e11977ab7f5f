// The steps of a run, to tell whether another execution of it has the same.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle {

class StepLog {
 public:
  void add(ThreadId thread, const Op& op) {
    if (steps_.size() < kMost) steps_.push_back({thread, op.kind, op.address, op.pc});
  }

  // Where two executions of run number `run` part.
  static std::optional<Divergence> first_difference(std::uint64_t run, const StepLog& first,
                                                    const StepLog& second);

 private:
  // Longer runs are compared up to here only.
  static constexpr std::size_t kMost = 100'000;

  struct Step {
    ThreadId thread;
    OpKind kind;
    Address address;
    Address pc;

    friend bool operator==(const Step&, const Step&) = default;
  };
  static Place place_of(const Step& step);

  std::vector<Step> steps_;
};

}  // namespace heddle
