#include "harness/engine/fuzz/run/livelock_watch.h"

#include <bit>
#include <utility>

#include "harness/engine/fuzz/run/known_failures.h"
#include "harness/engine/native/raw_system.h"

namespace heddle {
namespace {

// A livelock of a few threads has some dozens.
constexpr std::size_t kMostStates = 1'024;
constexpr std::size_t kMostWords = 1'024;
constexpr std::size_t kMostWritten = 256;
// Should steps not do the same each time after all.
constexpr std::uint64_t kMostSteps = 40'000;
constexpr Address kWord = 8;

std::uint64_t put(std::unordered_map<Address, std::uint64_t>& contents, Address at,
                  std::uint64_t value) {
  const std::uint64_t hash = mix(mix(0x2545f4914f6cdd1dU, at), value);
  std::uint64_t& mine = contents[at];
  const std::uint64_t change = mine ^ hash;
  mine = hash;
  return change;
}

ThreadId lowest(std::uint64_t threads) {
  return static_cast<ThreadId>(std::countr_zero(threads));
}

}  // namespace

void LivelockWatch::begin(std::uint64_t looks) {
  phase_ = Phase::looking;
  disturbed_ = false;
  looks_left_ = looks;
  arrivals_ = 0;
  threads_.fill(0);
  moved_.fill(0);
  written_.clear();
  words_.clear();
  locks_.clear();
  memory_ = 0;
  seen_.clear();
}

void LivelockWatch::prove() {
  phase_ = Phase::proving;
  arrivals_ = 0;
  states_.clear();
  present_ = stepped_from_ = nullptr;
  // Until the first state is known: as an earlier run in this process left it, a fresh process
  // would go on with another thread.
  next_ = lowest(ready_);
}

void LivelockWatch::wrote(Address address, std::size_t size) {
  if (written_.size() + size / kWord >= kMostWritten) {
    disturb();
    return;
  }
  for (Address word = address / kWord; word <= (address + size - 1) / kWord; ++word) {
    written_.push_back(word * kWord);
  }
}

void LivelockWatch::done(ThreadId thread, const Op& op, bool changed) {
  if (!changed) return;
  switch (op.kind) {
    case OpKind::atomic_store:
    case OpKind::atomic_rmw:
      wrote(op.address, op.size);
      return;
    case OpKind::mutex_lock:
      memory_ ^= put(locks_, op.address, thread + 1);
      return;
    case OpKind::mutex_unlock:
      memory_ ^= put(locks_, op.address, 0);
      return;
    // Plain writes are told beforehand. All interleavings are sequentially consistent, where a
    // fence does nothing. Who has slept goes on as who has not, but for what time it finds.
    case OpKind::write:
    case OpKind::fence:
    case OpKind::sleep:
      return;
    default:
      disturb();
  }
}

void LivelockWatch::settle_memory() {
  for (const Address word : written_) {
    std::uint64_t value = 0;
    // The program may have given up the memory since.
    if (native::read_memory(word, &value, sizeof value)) {
      memory_ ^= put(words_, word, value);
    } else {
      disturb();
    }
  }
  written_.clear();
  if (words_.size() > kMostWords) disturb();
}

std::uint64_t LivelockWatch::state_of_all(std::uint64_t ready, std::uint64_t alive) const {
  std::uint64_t hash = mix(memory_, ready);
  for (ThreadId thread = 0; thread < kMostThreads; ++thread) {
    if ((alive >> thread & 1) == 0) continue;
    // One that waits all the time goes on from where it is when its turn comes.
    if (threads_[thread] == 0 && (ready >> thread & 1) != 0) return 0;
    hash = mix(hash, threads_[thread] + thread);
  }
  return hash | 1;
}

LivelockWatch::Answer LivelockWatch::arrive(ThreadId mover, std::uint64_t ready,
                                            std::uint64_t alive) {
  settle_memory();
  if (disturbed_ || ready == 0) return Answer::no_more;
  ready_ = ready;
  const std::uint64_t state = state_of_all(ready, alive);
  return phase_ == Phase::looking ? look(mover, state, ready) : prove(state, ready);
}

LivelockWatch::Answer LivelockWatch::look(ThreadId mover, std::uint64_t state,
                                          std::uint64_t ready) {
  moved_[mover] = ++arrivals_;
  if (state != 0) {
    std::uint64_t& last = seen_[state];
    bool all_moved = last != 0;
    for (std::uint64_t rest = ready; rest != 0; rest &= rest - 1) {
      all_moved = all_moved && moved_[lowest(rest)] > last;
    }
    if (all_moved) return Answer::comes_again;
    if (last == 0) last = arrivals_;
  }
  return --looks_left_ == 0 ? Answer::no_more : Answer::go_on;
}

LivelockWatch::Answer LivelockWatch::prove(std::uint64_t state, std::uint64_t ready) {
  if (++arrivals_ > kMostSteps) return Answer::no_more;
  State* const from = std::exchange(stepped_from_, nullptr);
  if (state == 0) {
    // As if the step had not been made: where it leads is not known. First all are to be.
    if (from != nullptr) from->tried &= ~(std::uint64_t{1} << next_);
    present_ = nullptr;
    next_ = lowest(ready);
    for (std::uint64_t rest = ready; rest != 0; rest &= rest - 1) {
      if (threads_[lowest(rest)] == 0) next_ = lowest(rest);
    }
    return Answer::go_on;
  }
  present_ = &states_.try_emplace(state, State{.ready = ready}).first->second;
  if (states_.size() > kMostStates) return Answer::no_more;
  if (from != nullptr) from->steps.push_back({.thread = next_, .to = present_});
  const auto next = find_untried();
  if (!next.has_value()) return Answer::closed;
  next_ = *next;
  if ((present_->tried >> next_ & 1) == 0) {
    present_->tried |= std::uint64_t{1} << next_;
    stepped_from_ = present_;
  }
  return Answer::go_on;
}

std::optional<ThreadId> LivelockWatch::find_untried() {
  if (present_->tried != present_->ready) return lowest(present_->ready & ~present_->tried);
  present_->visit = ++visits_;
  open_.clear();
  for (const Step& step : present_->steps) {
    if (std::exchange(step.to->visit, visits_) == visits_) continue;
    step.to->by = step.thread;
    open_.push_back(step.to);
  }
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const State& state = *open_[i];
    if (state.tried != state.ready) return state.by;
    for (const Step& step : state.steps) {
      if (std::exchange(step.to->visit, visits_) == visits_) continue;
      step.to->by = state.by;
      open_.push_back(step.to);
    }
  }
  return std::nullopt;
}

}  // namespace heddle
