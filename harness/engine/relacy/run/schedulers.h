// Relacy's schedulers, steered by the engine. To be included by relacy_runner.cpp alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "fuzz/random.h"
#include "fuzz/relacy_search.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/relacy_state.h"
#include "harness/hooks/program_heap.h"
#include "harness/model/trace.h"

namespace heddle::relacy {

// As rl::random_scheduler, with the same chances for everything, but for its generator: that one
// has 32 bits of state and takes the run's number alone as its seed.
template <rl::thread_id_t kThreads>
class RandomScheduler
    : public rl::scheduler<RandomScheduler<kThreads>, rl::scheduler_thread_info, kThreads> {
  using Base = rl::scheduler<RandomScheduler<kThreads>, rl::scheduler_thread_info, kThreads>;

 public:
  static constexpr bool kRandom = true;
  struct task_t {};

  using Base::Base;

  void seed(std::uint64_t seed, std::uint64_t run) { random_ = Random(seed, run); }

  // Called by Relacy, by these names.
  rl::thread_id_t iteration_begin_impl() { return 0; }
  rl::iteration_t iteration_count_impl() { return 1; }
  void on_thread_block(rl::thread_id_t, bool) {}
  unsigned rand_impl(unsigned limit, rl::sched_type) { return below(limit); }

  rl::thread_id_t schedule_impl(rl::unpark_reason& reason, unsigned) {
    const auto running = static_cast<unsigned>(this->running_threads_count);
    const auto timed = static_cast<unsigned>(this->timed_thread_count_);
    if (timed != 0) {
      const unsigned index = below(running != 0 ? timed * 4 : timed);
      if (index < timed) {
        reason = rl::unpark_reason_timeout;
        return wake(this->timed_threads_[index]->index_);
      }
    }
    const auto spurious = static_cast<unsigned>(this->spurious_thread_count_);
    if (spurious != 0 && running != 0) {
      const unsigned index = below(spurious * 8);
      if (index < spurious) {
        reason = rl::unpark_reason_spurious;
        return wake(this->spurious_threads_[index]->index_);
      }
    }
    reason = rl::unpark_reason_normal;
    return this->running_threads[running == 1 ? 0 : below(running)];
  }

 protected:
  bool nobody_can_run() {
    return this->running_threads_count == 0 && this->timed_thread_count_ == 0;
  }
  void release_timed() {}  // nobody is held back

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_.below(limit)); }
  rl::thread_id_t wake(rl::thread_id_t thread) {
    this->unpark_thread(thread);
    return thread;
  }

  Random random_{0};
};

template <rl::thread_id_t kThreads>
struct TreeThread : rl::tree_search_scheduler_thread_info<kThreads> {};

// Depth-first search over all choices: rl::full_search_scheduler, and with a bound
// rl::context_bound_scheduler.
template <rl::thread_id_t kThreads>
class TreeScheduler
    : public rl::tree_search_scheduler<TreeScheduler<kThreads>, TreeThread<kThreads>, kThreads> {
  using Base = rl::tree_search_scheduler<TreeScheduler<kThreads>, TreeThread<kThreads>, kThreads>;

 public:
  static constexpr bool kRandom = false;
  using thread_info_t = typename Base::thread_info_t;

  using Base::Base;

  void set_bounds(const RelacySearch& search) {
    bound_ = search.bound;
    choices_bound_ = search.choices;
  }

  // The run to come takes these branches, then the first one everywhere.
  void set_path(const std::vector<std::uint8_t>& path) {
    this->stree_.clear();
    this->stree_.reserve(path.size() + 1024);
    for (const std::uint8_t branch : path) {
      this->stree_.push_back({kUnknown, branch, rl::sched_type_sched, 0});
    }
  }
  // The branches that the last run took.
  std::vector<std::uint8_t> path() const {
    std::vector<std::uint8_t> result;
    result.reserve(this->stree_depth_);
    for (std::size_t i = 0; i < this->stree_depth_; ++i) {
      result.push_back(static_cast<std::uint8_t>(this->stree_[i].index_));
    }
    return result;
  }
  // Turns to the next run; false if there is none.
  bool advance() {
    // A run that ended before its path did (see diverged()) leaves choices that nobody made.
    this->stree_.resize(this->stree_depth_);
    return !this->iteration_end_impl();
  }
  // Whether the last run had other choices than the path that it was to follow.
  bool diverged() const { return diverged_ || this->stree_depth_ < this->stree_.size(); }

  // Called by Relacy, by these names.
  rl::thread_id_t iteration_begin_impl() {
    diverged_ = false;
    switches_left_ = bound_;
    choices_left_ = choices_bound_;
    this->stree_depth_ = 0;
    return 0;
  }
  bool can_switch(thread_info_t&) { return switches_left_ != 0; }
  void on_switch(thread_info_t& from) {
    if (bound_ != kNoContextBound && from.state_ == rl::thread_state_running) --switches_left_;
  }
  double iteration_count_approx() { return 1; }
  unsigned rand_impl(unsigned limit, rl::sched_type type) {
    const bool is_bounded = type == rl::sched_type_atomic_load || type == rl::sched_type_cas_fail;
    if (is_bounded && choices_left_ == 0) limit = 1;
    const unsigned value = follow(limit, type);
    if (is_bounded && value != 0 && choices_bound_ != kNoContextBound) --choices_left_;
    return value;
  }

 protected:
  bool nobody_can_run() {
    const auto nobody = [this] {
      return this->running_threads_count == 0 && this->timed_thread_count_ == 0;
    };
    // Threads that gave way are held back until all others have run.
    if (nobody()) this->purge_blocked_threads();
    return nobody();
  }
  // Relacy draws one of those whose time can be up, and goes on with a thread that it does not have
  // if that one is held back and nobody else can run.
  void release_timed() {
    if (holds_back_timed()) this->purge_blocked_threads();
  }

 private:
  bool holds_back_timed() const {
    if (this->running_threads_count != 0) return false;
    for (rl::thread_id_t i = 0; i != this->timed_thread_count_; ++i) {
      if (this->timed_threads_[i]->block_count_ != 1) return true;
    }
    return false;
  }

  unsigned follow(unsigned limit, rl::sched_type type) {
    if (this->stree_depth_ == this->stree_.size()) {
      if (this->stree_.size() == this->stree_.capacity()) {
        const RuntimeScope scope;
        this->stree_.reserve(2 * this->stree_.capacity());
      }
    } else {
      auto& node = this->stree_[this->stree_depth_];
      if (node.count_ == kUnknown) node.count_ = limit;
      // A program that does not do the same again. Relacy would read past its arrays.
      if (node.count_ != limit) diverged_ = true;
      if (node.index_ >= limit) {
        diverged_ = true;
        node.index_ = 0;
      }
      node.count_ = limit;
    }
    return Base::rand_impl(limit, type);
  }

  static constexpr unsigned kUnknown = 0;

  unsigned bound_ = kNoContextBound;
  unsigned switches_left_ = kNoContextBound;
  unsigned choices_bound_ = kNoContextBound;
  unsigned choices_left_ = kNoContextBound;
  bool diverged_ = false;
};

// Runs with as many threads as the program makes. Relacy itself starts those that were never
// created at a run's end and lets them finish, one after the other in every order: that would cost
// most of a run's time, and a full search would try all the orders.
template <typename Base, rl::thread_id_t kThreads>
class Controlled : public Base {
 public:
  using thread_info_t = typename Base::thread_info_t;
  using shared_context_t = typename Base::shared_context_t;

  // Relacy's context makes the scheduler and keeps it to itself.
  static inline Controlled* instance = nullptr;

  Controlled(rl::test_params& params, shared_context_t& shared, rl::thread_id_t dynamic_threads)
      : Base(params, shared, dynamic_threads) {
    instance = this;
    this->running_threads.reserve(kThreads);
  }

  std::uint64_t decisions() const { return decisions_; }
  // What loads see other than the newest store, one for each that is newer; compare-exchanges that
  // fail without cause, wake-ups without a notification, times that are up early.
  std::uint32_t outside_choices() const { return outside_choices_; }
  SwitchReason stopped(int thread) const { return stopped_[thread]; }
  rl::thread_id_t last_created() const { return last_created_; }

  // Called by Relacy, by these names, instead of those of rl::scheduler.
  rl::thread_id_t iteration_begin(rl::iteration_t iteration) {
    this->iter_ = iteration;
    // A run that was cut short leaves its threads here.
    this->running_threads.clear();
    this->running_threads.push_back(0);
    this->running_threads_count = 1;
    this->finished_thread_count_ = 0;
    this->timed_thread_count_ = 0;
    this->spurious_thread_count_ = 0;
    this->dynamic_thread_count_ = 0;
    for (rl::thread_id_t i = 0; i <= last_created_; ++i) this->threads_[i].reset(this->params_);
    // Relacy takes them from the end: thread 1 is created first.
    for (rl::thread_id_t i = kThreads - 1; i > 0; --i) {
      // Not "blocked": whoever gives way to the others would wait for them to run.
      this->threads_[i].state_ = rl::thread_state_finished;
      this->dynamic_threads_[this->dynamic_thread_count_++] = &this->threads_[i];
    }
    last_created_ = 0;
    decisions_ = 0;
    outside_choices_ = 0;
    const rl::thread_id_t first = this->iteration_begin_impl();
    this->thread_ = &this->threads_[first];
    return first;
  }

  rl::thread_id_t schedule(rl::unpark_reason& reason, unsigned yield) {
    const thread_info_t& from = *this->thread_;
    SwitchReason why = SwitchReason::preempted;
    if (from.state_ == rl::thread_state_finished) {
      why = SwitchReason::ended;
    } else if (from.state_ == rl::thread_state_blocked) {
      why = SwitchReason::blocked;
    } else if (yield != 0) {
      why = SwitchReason::gave_way;
    }
    this->release_timed();
    const bool others = this->running_threads_count > 0;
    decisions_ += this->running_threads_count > 1 ? 1 : 0;
    const rl::thread_id_t to = Base::schedule(reason, yield);
    if (others && reason != rl::unpark_reason_normal) ++outside_choices_;
    if (to != from.index_) stopped_[from.index_] = why;
    return to;
  }

  unsigned rand(unsigned limit, rl::sched_type type) {
    const unsigned value = Base::rand(limit, type);
    if (type == rl::sched_type_atomic_load && value != 0) ++outside_choices_;
    return value;
  }
  void fails_without_cause() { ++outside_choices_; }

  bool can_create() const { return this->dynamic_thread_count_ != 0; }

  rl::thread_id_t create_thread() {
    thread_info_t& thread = *this->dynamic_threads_[--this->dynamic_thread_count_];
    thread.state_ = rl::thread_state_blocked;
    thread.block_count_ = 1;
    this->unblock_thread(thread.index_);
    last_created_ = thread.index_;
    return thread.index_;
  }

  // The current thread has ended. `deadlock`: and nobody else can go on, for ever.
  rl::thread_finish_result thread_finished() {
    this->block_thread(this->thread_->index_, false);
    this->thread_->state_ = rl::thread_state_finished;
    this->finished_thread_count_ += 1;
    if (this->finished_thread_count_ == last_created_ + 1) return rl::thread_finish_result_last;
    return this->nobody_can_run() ? rl::thread_finish_result_deadlock
                                  : rl::thread_finish_result_normal;
  }

 private:
  rl::thread_id_t last_created_ = kThreads - 1;  // all are reset before the first run
  std::uint64_t decisions_ = 0;
  std::uint32_t outside_choices_ = 0;
  SwitchReason stopped_[kThreads] = {};
};

}  // namespace heddle::relacy
