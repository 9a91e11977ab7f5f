// How a run ends with a failure.
#include "harness/engine/fuzz/run/run.h"

namespace heddle {

void Run::end(Failed failure) {
  failure.late_wake = result_.late_wake = had_late_wake();
  const std::uint64_t cheap = KnownFailures::cheap_key(failure);
  if (tracing_) {
    recorder_.settle();
    Op op = failure.places.empty() ? Op{} : failure.places.front().op;
    op.kind = OpKind::failure;
    record(op, {}, {});
  }
  if (const KnownFailures::Known* known = known_.find(cheap)) {
    result_.known_end = known->key;
  } else {
    known_.add(cheap, failure);
    result_.outcome = std::move(failure);
  }
}

void Run::fail(Failed failure) {
  const RuntimeScope scope;
  end(std::move(failure));
  leave();
}

void Run::fail_known(const KnownFailures::Known& known) {
  result_.known_end = known.key;
  result_.late_wake = had_late_wake();
  leave();
}

void Run::fail(FailureKind kind, std::string message, Address pc) {
  const RuntimeScope scope;
  Failed failure{.kind = kind, .message = std::move(message), .places = {}};
  const Op op{.kind = OpKind::failure, .pc = pc};
  // The stack is described once; to recognise the failure again its place is enough.
  failure.late_wake = had_late_wake();
  if (code_.contains(pc)) {
    failure.places.push_back({.thread = running_.thread->id, .op = op, .stack = {}, .note = {}});
    if (known_.find(KnownFailures::cheap_key(failure)) == nullptr) {
      failure.places.front() = here(op);
    }
  } else {
    failure.places.push_back(here(op));
  }
  fail(std::move(failure));
}

void Run::give_up(std::string reason) {
  GaveUp end{.reason = std::move(reason)};
  capture(FuzzThread::State::ready, end.places, true);
  result_.outcome = std::move(end);
  leave();
}

void Run::fail_and_leave_process(Failed failure) {
  const RuntimeScope scope;
  end(std::move(failure));
  finish_result();
  host_.end_run_and_process(result_);
  __builtin_unreachable();
}

void Run::fail_with_process(Failed failure) {
  failure.late_wake = result_.late_wake = had_late_wake();
  result_.outcome = std::move(failure);
  finish_result();
  host_.end_run_and_process(result_);
  __builtin_unreachable();
}

}  // namespace heddle
