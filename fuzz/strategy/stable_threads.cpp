#include "fuzz/strategy/stable_threads.h"

#include <algorithm>

#include "fuzz/strategy/state_text.h"

namespace heddle {

bool StableThreads::begin_run(std::uint64_t run) {
  stable_.assign(1, 0);
  made_.clear();
  running_ = 0;
  return inner_->begin_run(run);
}

std::size_t StableThreads::pick(const SchedulingPoint& point) {
  ready_.clear();
  for (const ReadyThread& thread : point.ready) {
    ready_.push_back({.id = stable(thread.id), .pending = thread.pending});
  }
  SchedulingPoint known = point;
  known.ready = ready_;
  known.thread = stable(point.thread);
  const std::size_t chosen = inner_->pick(known);
  if (chosen != kEndRun) running_ = ready_[chosen].id;
  return chosen;
}

void StableThreads::executed(const Op& op, bool changed) {
  if (op.kind != OpKind::thread_create && op.kind != OpKind::thread_join) {
    inner_->executed(op, changed);
    return;
  }
  if (op.kind == OpKind::thread_create && op.other != kNoThread) {
    if (running_ >= made_.size()) made_.resize(running_ + 1);
    if (op.other >= stable_.size()) stable_.resize(op.other + 1, kNoThread);
    stable_[op.other] = known_as({.creator = running_, .child = made_[running_]++});
  }
  Op known = op;
  if (op.other != kNoThread) known.other = stable(op.other);
  inner_->executed(known, changed);
}

ThreadId StableThreads::known_as(const Known& thread) {
  const auto found = std::find(known_.begin() + 1, known_.end(), thread);
  if (found == known_.end()) {
    known_.push_back(thread);
    return static_cast<ThreadId>(known_.size() - 1);
  }
  return static_cast<ThreadId>(found - known_.begin());
}

std::string StableThreads::state() const {
  const std::string inner = inner_->state();
  if (inner.empty()) return inner;
  StateWriter out(kStateName);
  out.add(known_.size() - 1);
  for (auto thread = known_.begin() + 1; thread != known_.end(); ++thread) {
    out.add(thread->creator);
    out.add(thread->child);
  }
  return out.take() + '\n' + inner;
}

bool StableThreads::set_state(std::string_view state) {
  if (state.empty()) return inner_->set_state(state);
  const std::size_t line = std::min(state.find('\n'), state.size());
  StateReader in(kStateName, state.substr(0, line));
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    const std::uint64_t creator = in.number();
    // A damaged text: nobody is made by who comes later.
    if (creator >= known_.size()) return false;
    known_.push_back({.creator = static_cast<ThreadId>(creator), .child = in.number()});
  }
  return in.at_end() && inner_->set_state(state.substr(std::min(line + 1, state.size())));
}

}  // namespace heddle
