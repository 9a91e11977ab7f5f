// When a run is watched for livelocks, and what is said of one.
#include <algorithm>
#include <utility>

#include "harness/engine/call_stack.h"
#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/fuzz/run/switch.h"
#include "harness/hooks/hidden_memory.h"

namespace heddle {
namespace {

// Of the steps of a run the part that is watched, as a divisor: to say in which state a thread is
// takes as long as some dozen steps.
constexpr std::uint64_t kWatchedPart = 256;

constexpr std::uint64_t bit(ThreadId thread) {
  return std::uint64_t{1} << thread;
}

}  // namespace

bool Run::waits_for_more_than_time() const {
  for (std::size_t i = 0; i < used_threads_; ++i) {
    const FuzzThread& thread = *threads_[i];
    const bool waits = thread.sleeping || thread.pending_until != 0;
    if (waits && thread.op.kind != OpKind::sleep) return true;
  }
  return false;
}

void Run::begin_watch(std::uint64_t steps) {
  const RuntimeScope scope;
  const bool looks = steps >= next_look_;
  if (looks) next_look_ = steps * 2;
  watch_at_ = std::min(next_look_, steps + kFirstWatch);
  if (!looks) {
    // Somebody may poll under a lock, which is no waiting that shows.
    if (!exhaustive_) fire_timer();
    return;
  }
  // A search through all orders has the choice to wake up early for that, and another moment of
  // time to come is no step that it could know of.
  constexpr std::uint64_t kPolls = 10'000;
  if (exhaustive_ && !timers_.empty() && decisions_ > kPolls) {
    give_up("others poll while a thread sleeps, and a search through all orders does not wait");
  }
  if (is_last_thread() || used_threads_ > LivelockWatch::kMostThreads) return;
  // A time that is to come may change anything, but that of who sleeps, who can go on any time.
  if (waits_for_more_than_time()) return;
  while (fire_timer()) {
  }
  if (awaits_time()) return;
  watch_.begin(steps / kWatchedPart);
  watching_ = watched_ = observed_ = true;
  // Every decision is to be made by decide_in_time(), which hands them on.
  ++eager_timed_;
  g_engine_table = tables_.watched;
}

void Run::end_watch() {
  watch_.end();
  watching_ = false;
  watched_ = tracing_ || followed_ || done_log_ != nullptr;
  observed_ = tracing_ || followed_ || log_ != nullptr;
  --eager_timed_;
  answer_shared();
  const std::uint64_t steps = steps_of_all();
  next_look_ = steps * 2;
  watch_at_ = std::min(next_look_, steps + kFirstWatch);
}

void Run::watch_write(Address address, std::size_t size) {
  // Its own stack belongs to the state of the thread.
  if (address - running_.stack_begin < FiberStacks::kSlot) return;
  const RuntimeScope scope;
  // What the address stands for lies elsewhere.
  if (hidden_state::contains(address)) {
    watch_.disturb();
  } else {
    watch_.wrote(address, size);
  }
}

std::size_t Run::decide_watched(std::size_t fallback, bool is_running) {
  FuzzThread& self = *running_.thread;
  // Of these a replay has more points than the run had.
  if (is_plain_access(self.op.kind) && is_running) {
    const bool proves = watch_.phase() == LivelockWatch::Phase::proving;
    return proves ? ready_.index_of(self.id) : decide_freely(fallback, is_running);
  }
  // Only who follows a run is asked where there is one thread to go on: watch_alone() was there.
  if (ready_.size() == 1) return decide_freely(fallback, is_running);
  if (arrive_watched() == LivelockWatch::Answer::no_more) return decide(fallback, is_running);
  if (watch_.phase() == LivelockWatch::Phase::looking) return decide_freely(fallback, is_running);
  // No deviation: a replay comes here as well.
  ++decisions_;
  return ready_.index_of(watch_.pick());
}

void Run::watch_alone() {
  if (is_plain_access(running_.thread->op.kind)) return;
  const RuntimeScope scope;
  arrive_watched();
}

LivelockWatch::Answer Run::arrive_watched() {
  FuzzThread& self = *running_.thread;
  std::uint64_t alive = 0;
  std::uint64_t ready = 0;
  for (std::size_t i = 0; i < used_threads_; ++i) {
    if (threads_[i]->state != FuzzThread::State::finished) alive |= bit(threads_[i]->id);
  }
  for (const ReadyThread& thread : ready_) {
    // Of its own accord it would only wake up without a reason, as long as nobody has notified it.
    const FuzzThread& one = *threads_[thread.id];
    if (!one.eager || one.op.kind == OpKind::sleep || one.cond == nullptr) ready |= bit(one.id);
  }
  std::uint64_t state = state_at(self.op.pc, self.stack().end());
  if (state == 0 || awaits_time() || waits_for_more_than_time()) watch_.disturb();
  state = mix(mix(state, static_cast<std::uint64_t>(self.op.kind)), self.op.address);
  if (self.state == FuzzThread::State::blocked) state = ~state;
  watch_.note_thread(self.id, state);
  const LivelockWatch::Answer answer = watch_.arrive(self.id, ready, alive);
  switch (answer) {
    case LivelockWatch::Answer::closed:
      livelock(
          "livelock: in whatever order the threads go on, they come back to where they have been, "
          "and none ever ends");
    case LivelockWatch::Answer::no_more:
      end_watch();
      // Others go on without being told of it.
      if (proves_for_follower_ && exhaustive_) {
        give_up("the run comes back to where it has been, which other orders of steps may leave");
      }
      break;
    case LivelockWatch::Answer::comes_again:
      // A search through all orders would not come to an end of this one.
      proves_for_follower_ = std::exchange(followed_, false);
      watch_.prove();
      break;
    case LivelockWatch::Answer::go_on:
      break;
  }
  return answer;
}

void Run::livelock(std::string message) {
  const RuntimeScope scope;
  // In whatever order those who sleep go on.
  late_in_watch_ = false;
  Failed failure{.kind = FailureKind::hang, .message = std::move(message), .places = {}};
  capture(FuzzThread::State::ready, failure.places);
  for (Place& place : failure.places) place.note = "repeats itself here";
  capture(FuzzThread::State::blocked, failure.places);
  fail(std::move(failure));
}

}  // namespace heddle
