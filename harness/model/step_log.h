// The steps of a run, to tell whether another execution of it has the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/model/codec.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"

namespace heddle {

class StepLog {
 public:
  void add(ThreadId thread, const Op& op) {
    if (steps_.size() < kMost) steps_.push_back({thread, op.kind, op.address, op.pc});
  }
  void clear() { steps_.clear(); }
  std::size_t size() const { return steps_.size(); }

  // What other processes have as well: without plain accesses and the lives of memory, of which a
  // replay takes more for steps than a search does, and without addresses. Cut off where it is too
  // long to be sent.
  StepLog for_other_processes() const;

  // Where two executions of run number `run` part.
  static std::optional<Divergence> first_difference(std::uint64_t run, const StepLog& first,
                                                    const StepLog& second);

  friend void encode(Writer& writer, const StepLog& log);
  friend void decode(Reader& reader, StepLog& log);
  friend bool operator==(const StepLog&, const StepLog&) = default;

 private:
  // Longer runs are compared up to here only.
  static constexpr std::size_t kMost = 100'000;
  static constexpr std::size_t kMostSent = 20'000;

  struct Step {
    ThreadId thread = 0;
    OpKind kind = OpKind::none;
    Address address = 0;
    Address pc = 0;

    friend bool operator==(const Step&, const Step&) = default;
  };
  static Place place_of(const Step& step);

  std::vector<Step> steps_;
};

}  // namespace heddle
