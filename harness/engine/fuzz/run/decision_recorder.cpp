#include "harness/engine/fuzz/run/decision_recorder.h"

#include <algorithm>

#include "harness/engine/fuzz/run/run.h"

namespace heddle {
namespace {

ThreadAt::State state_of(const FuzzThread& thread) {
  switch (thread.state) {
    case FuzzThread::State::ready:
      return ThreadAt::State::ready;
    case FuzzThread::State::blocked:
      return ThreadAt::State::blocked;
    case FuzzThread::State::finished:
      break;
  }
  return ThreadAt::State::finished;
}

}  // namespace

bool DecisionRecorder::is_recorded(const SchedulingPoint& point) const {
  const Op& op = *point.ready[point.fallback].pending;
  return !point.running || !is_plain_access(op.kind) ||
         std::find(job_.racy_pcs.begin(), job_.racy_pcs.end(), op.pc) != job_.racy_pcs.end();
}

Decision& DecisionRecorder::add(ThreadId thread, std::uint64_t step) const {
  DecisionLog& log = g_run->decision_log();
  if (log.decisions.size() >= job_.most_decisions) g_run->end_recording();
  g_run->settle();
  g_run->note_where();
  Decision& decision = log.decisions.emplace_back();
  decision.thread = thread;
  decision.step = step;
  decision.events = g_run->recorded_events();
  for (ThreadId id = 0; id < g_run->thread_count(); ++id) {
    const FuzzThread& at = g_run->thread(id);
    const bool runs = id == g_run->self().id;
    decision.threads.push_back({.thread = id,
                                .state = state_of(at),
                                .begun = runs || at.step > 0,
                                .eager = at.eager,
                                .op = at.op,
                                .stack = at.where});
  }
  return decision;
}

std::size_t DecisionRecorder::pick(const SchedulingPoint& point) {
  if (!is_recorded(point)) return decides_->pick(point);
  const RuntimeScope scope;
  Decision& decision = add(point.thread, point.step);
  for (const ReadyThread& ready : point.ready) decision.ready.push_back(ready.id);
  const std::size_t taken = decides_->pick(point);
  decision.usual = point.ready[point.fallback].id;
  decision.taken = point.ready[taken].id;
  return taken;
}

std::uint32_t DecisionRecorder::choose(Choice what, std::uint32_t n, ThreadId thread,
                                       std::uint64_t step) {
  const RuntimeScope scope;
  Decision& decision = add(thread, step);
  decision.choice = what;
  decision.alternatives = n;
  decision.taken = decides_->choose(what, n, thread, step);
  return decision.taken;
}

}  // namespace heddle
