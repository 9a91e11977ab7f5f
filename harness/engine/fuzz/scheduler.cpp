#include "harness/engine/fuzz/scheduler.h"

#include <cxxabi.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "harness/engine/fuzz/access.h"
#include "harness/hooks/exit_functions.h"
#include "harness/hooks/native_atomics.h"
#include "harness/hooks/program_heap.h"

namespace heddle {
namespace {

// A thread that reads, fails to lock or yields this often in a row and changes nothing is waiting
// for another: it gives way, or a strategy with fixed priorities would never see the end of it.
constexpr std::uint32_t kSpinLimit = 64;
// The same for plain memory, where a loop that waits and one that computes look alike.
constexpr std::uint64_t kSliceLimit = 20'000;
// When every thread that could go on has done this many operations since anything changed, over and
// over the same few, and no time limit is to come, nothing ever will.
constexpr std::uint64_t kIdleLimit = 50'000;
// Of plain accesses this part of the step limit, and then it may still be a long computation.
constexpr std::uint64_t kPlainIdlePart = 20;

constexpr int kMutexRecursive = 1;  // glibc: pthread_mutex_t::__data.__kind & 3
constexpr int kMutexErrorCheck = 2;

Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

int kind_of(const pthread_mutex_t* mutex) {
  return mutex->__data.__kind & 3;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value;
  hash *= 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 1;
  for (const char c : text) hash = mix(hash, static_cast<unsigned char>(c));
  return hash;
}

// Of a failure at this place alone, as Scheduler::end() computes it.
std::uint64_t cheap_key(FailureKind kind, std::string_view message, Address pc) {
  return mix(mix(mix(static_cast<std::uint64_t>(kind), hash_text(message)), pc), 0);
}

Op access_op(bool write, Address address, unsigned size, Address pc) {
  return {.kind = write ? OpKind::write : OpKind::read,
          .size = static_cast<std::uint8_t>(std::min(size, 255U)),
          .address = address,
          .pc = pc};
}

// What the exception being handled says of itself; empty if there is none.
std::string current_exception_text() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return {};
  int status = 0;
  char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string text = status == 0 ? name : type->name();
  std::free(name);
  try {
    throw;
  } catch (const std::exception& exception) {
    text += ": ";
    text += exception.what();
  } catch (...) {
    // An exception of another type says no more than its type.
  }
  return text;
}

}  // namespace

Scheduler::Scheduler(RunHost& host) : host_(host), live_(host.live_schedule()) {
  host_fs_ = FsBase::get();
  host_thread_.id = kNoThread;
  host_thread_.fs_base = host_fs_;
}

void Scheduler::begin_job(const Job& job, Strategy& strategy, EngineTables tables) {
  job_ = &job;
  strategy_ = &strategy;
  tables_ = tables;
  tracing_ = job.record_trace;
  racy_.begin_job(job.racy_pcs);
  known_.clear();
}

// ---- runs
// -----------------------------------------------------------------------------------------

FuzzThread* Scheduler::add_thread() {
  const auto id = static_cast<ThreadId>(used_threads_);
  if (used_threads_ == threads_.size()) [[unlikely]] {
    const RuntimeScope scope;
    auto made = std::make_unique<FuzzThread>();
    made->id = id;
    made->fs_base = tls_.base(id);
    made->stack_top = stacks_.top(id);
    threads_.push_back(std::move(made));
  }
  FuzzThread& thread = *threads_[used_threads_];
  if (thread.fs_base == 0 || thread.stack_top == nullptr) return nullptr;
  ++used_threads_;
  thread.state = FuzzThread::State::ready;
  thread.detached = thread.joined = thread.timed_out = thread.sleeping = false;
  thread.step = 0;
  thread.epoch = Epoch(id, clock_base_ + 1);
  thread.has_release_fence = false;
  thread.acquire_fence.clear();
  thread.eager = false;
  thread.cond = nullptr;
  thread.wanted = nullptr;
  thread.in_wanters = false;
  thread.joiner = nullptr;
  thread.spins = 0;
  thread.idle_mark = ~std::uint64_t{0};
  thread.destructors.clear();
  thread.key_values.clear();
  thread.op = {.kind = OpKind::thread_start};
  tls_.reset(id);
  // A pointer that an earlier run left there would hold what this run has leaked.
  if (job_->leaks) FiberStacks::clear(id);
  thread.context =
      boost::context::detail::make_fcontext(thread.stack_top, FiberStacks::kSize, fiber_main);
  return &thread;
}

void Scheduler::begin_run(std::uint64_t number) {
  // All times of the run before lie below.
  for (std::size_t i = 0; i < used_threads_; ++i) {
    clock_base_ = std::max(clock_base_, threads_[i]->epoch.time());
  }
  // A portfolio's strategies differ in that.
  followed_ = strategy_->follows();
  watched_ = tracing_ || followed_;
  used_threads_ = 0;
  ready_.clear();
  timers_.clear();
  steps_before_ = 0;
  running_.changes = 0;
  decisions_ = 0;
  races_.begin_run(clock_base_);
  sync_.begin_run();
  racy_.begin_run();
  fingerprint_.begin_run(!job_->replay);
  run_races_.clear();
  keys_.begin_run();
  allocations_.clear();
  switch_reason_ = SwitchReason::none;
  if (live_.count != nullptr) live_.count->store(0, std::memory_order_relaxed);
  if (tracing_) recorder_.begin();

  result_.run = number;
  result_.outcome = Passed{};
  result_.reports.clear();
  result_.known_reports.clear();
  result_.known_end.reset();
  result_.redundant = false;
  result_.cut = false;
  result_.schedule.deviations.clear();
}

const RunResult& Scheduler::run(std::uint64_t number) {
  begin_run(number);
  FuzzThread* main_thread = add_thread();
  if (main_thread == nullptr) {
    result_.outcome = HarnessError{"no memory for the stack of the program's main thread"};
    return result_;
  }
  main_thread->past = Fingerprint::kMain;
  main_thread->clock.clear();
  main_thread->clock.set(0, main_thread->epoch.time());
  ready_.push_back({0, &main_thread->op});
  running_.thread = &host_thread_;
  g_engine_table = tables_.alone;
  resume(*main_thread);
  // Some thread has ended the run.
  g_engine_table = &passthrough_table();
  t_program_code = false;
  finish_result();
  return result_;
}

std::optional<Divergence> Scheduler::first_difference(std::uint64_t run,
                                                      const std::vector<LoggedStep>& first,
                                                      const std::vector<LoggedStep>& second) {
  const auto [a, b] = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
  if (a == first.end() && b == second.end()) return std::nullopt;
  const auto place = [](const LoggedStep& step) {
    return Place{.thread = step.thread,
                 .op = {.kind = step.kind,
                        .order = MemoryOrder::seq_cst,
                        .address = step.address,
                        .pc = step.pc},
                 .stack = {},
                 .note = {}};
  };
  Divergence divergence{
      .run = run, .step = static_cast<std::uint64_t>(a - first.begin()), .first = {}, .second = {}};
  if (a != first.end()) divergence.first = place(*a);
  if (b != second.end()) divergence.second = place(*b);
  return divergence;
}

void Scheduler::log_step() {
  if (log_->size() == kLoggedSteps) return;
  const RuntimeScope scope;
  const FuzzThread& self = *running_.thread;
  log_->push_back({self.id, self.op.kind, self.op.address, self.op.pc});
}

void Scheduler::finish_result() {
  result_.steps = steps_before_;
  result_.decisions = decisions_;
  result_.threads = static_cast<std::uint32_t>(used_threads_);
  result_.fingerprint = 0;
  for (std::size_t i = 0; i < used_threads_; ++i) result_.fingerprint += threads_[i]->past;
  const bool news = !std::holds_alternative<Passed>(result_.outcome) || !result_.reports.empty();
  if ((news || job_->replay) && live_.count != nullptr) {
    const std::uint32_t count = std::min(live_.count->load(), live_.capacity);
    result_.schedule.deviations.assign(live_.entries, live_.entries + count);
  }
  if (tracing_) result_.trace = recorder_.take();
}

void Scheduler::fiber_main(boost::context::detail::transfer_t from) {
  auto* previous = static_cast<FuzzThread*>(from.data);
  previous->context = from.fctx;
  Scheduler& self = *g_scheduler;
  self.thread_main(*self.running_.thread);
}

void Scheduler::thread_main(FuzzThread& self) {
  self.base_frame = address_of(__builtin_frame_address(0));
  if (self.id == 0) {
    t_program_code = true;
    const Program& program = host_.program();
    exit_process(program.main(program.argc, program.argv, program.envp), 0);
  }
  self.result = self.start(self.argument);
  finish_thread();
}

void Scheduler::tell_waiting() {
  const RuntimeScope scope;
  for (std::size_t i = 0; i < used_threads_; ++i) {
    const FuzzThread& thread = *threads_[i];
    if (thread.state != FuzzThread::State::blocked || !thread.in_wanters) continue;
    Op op{.address = thread.wanted->address};
    switch (thread.want) {
      case Want::exclusive:
        op.kind = OpKind::mutex_lock;
        break;
      case Want::shared:
        op.kind = OpKind::rwlock_read_lock;
        break;
      case Want::unit:
        op.kind = OpKind::sem_wait;
        break;
      case Want::next_round:
        continue;
    }
    strategy_->left_waiting(thread.id, op);
  }
}

void Scheduler::leave_run() {
  FuzzThread& self = *running_.thread;
  if (followed_) tell_waiting();
  self.epoch = running_.epoch;
  steps_before_ += running_.step - slice_begin_;
  result_.cut = std::any_of(ready_.begin(), ready_.end(),
                            [&](const ReadyThread& thread) { return thread.id != self.id; });
  // What runs next under this thread's block is the program again, whatever is left open here.
  t_program_code = true;
  if (self.fs_base != host_fs_) fs_.set(host_fs_);
  running_.thread = nullptr;
  boost::context::detail::jump_fcontext(host_thread_.context, &self);
  __builtin_unreachable();
}

// ---- scheduling
// -----------------------------------------------------------------------------------

inline std::size_t Scheduler::ready_index(ThreadId id) const {
  if (ready_.size() <= 8) [[likely]] {
    std::size_t i = 0;
    while (i < ready_.size() && ready_[i].id < id) ++i;
    return i;
  }
  return static_cast<std::size_t>(std::lower_bound(ready_.begin(), ready_.end(), id,
                                                   [](const ReadyThread& thread, ThreadId value) {
                                                     return thread.id < value;
                                                   }) -
                                  ready_.begin());
}

// Both move what stands above one by one: there are few, and a library call would cost more.
void Scheduler::enable(FuzzThread& thread) {
  thread.state = FuzzThread::State::ready;
  ready_.push_back({thread.id, &thread.op});
  for (std::size_t i = ready_.size() - 1; i > 0 && ready_[i - 1].id > thread.id; --i) {
    std::swap(ready_[i], ready_[i - 1]);
  }
}

void Scheduler::disable(FuzzThread& thread) {
  thread.state = FuzzThread::State::blocked;
  for (std::size_t i = ready_index(thread.id) + 1; i < ready_.size(); ++i) {
    ready_[i - 1] = ready_[i];
  }
  ready_.pop_back();
}

// Not only after a slice's worth: threads that take turns have none so long.
inline std::uint64_t Scheduler::steps_to_check(std::uint64_t steps) const {
  return steps > job_->step_limit ? 1 : std::min(kSliceLimit, job_->step_limit + 1 - steps);
}

inline void Scheduler::resume(FuzzThread& next) {
  FuzzThread& self = *running_.thread;
  self.step = running_.step;
  self.epoch = running_.epoch;
  if (next.fs_base != self.fs_base) fs_.set(next.fs_base);
  running_.thread = &next;
  running_.step = next.step;
  running_.epoch = next.epoch;
  running_.stop_step = next.step + steps_to_check(steps_before_);
  slice_begin_ = next.step;
  slice_changes_ = running_.changes;
  const auto from = boost::context::detail::jump_fcontext(next.context, &self);
  static_cast<FuzzThread*>(from.data)->context = from.fctx;
}

inline void Scheduler::switch_to(FuzzThread& next, SwitchReason why) {
  FuzzThread& self = *running_.thread;
  if (&next == &self) return;
  if (tracing_) recorder_.decision(self.id, running_.step);
  switch_reason_ = why;
  steps_before_ += running_.step - slice_begin_;
  resume(next);
  while (capture_into_ != nullptr) [[unlikely]] {
      // Resumed only to say where it waits; the deadlocked thread asked, and waits for the answer.
      *capture_into_ = capture_stack(code_);
      capture_into_ = nullptr;
      resume(*static_cast<FuzzThread*>(host_thread_.joiner));
    }
}

inline std::size_t Scheduler::decide(std::size_t fallback, bool is_running) {
  ++decisions_;
  const SchedulingPoint point{.ready = ready_,
                              .fallback = fallback,
                              .running = is_running,
                              .thread = running_.thread->id,
                              .step = running_.step};
  const std::size_t chosen = followed_ ? pick_followed(point) : strategy_->pick(point);
  if (chosen == fallback) return fallback;
  live_.add({running_.thread->id, running_.step, ready_[chosen].id});
  return chosen;
}

std::size_t Scheduler::pick_followed(const SchedulingPoint& point) {
  const RuntimeScope scope;
  // Asked, but there is nothing to decide.
  if (ready_.size() == 1) --decisions_;
  const std::size_t chosen = strategy_->pick(point);
  if (chosen != Strategy::kEndRun) return chosen;
  result_.redundant = true;
  leave_run();
}

std::uint32_t Scheduler::choose(Choice what, std::uint32_t n) {
  ++running_.step;
  ++decisions_;
  const RuntimeScope scope;
  const std::uint32_t chosen = strategy_->choose(what, n, running_.thread->id, running_.step);
  if (chosen != 0) live_.add({running_.thread->id, running_.step, chosen});
  return chosen;
}

void Scheduler::point() {
  FuzzThread& self = *running_.thread;
  if (tracing_) recorder_.decision(self.id, running_.step);
  if (log_ != nullptr) [[unlikely]]
    log_step();
  bool gives_way = false;
  if (self.spins > kSpinLimit && !is_plain_access(self.op.kind)) [[unlikely]] {
    self.spins = 0;
    gives_way = true;
    // Nobody else could run: it waits for time to pass.
    if (ready_.size() == 1) fire_timer();
  }
  if (alone()) return;
  const std::size_t mine = ready_index(self.id);
  const std::size_t fallback = gives_way ? (mine + 1) % ready_.size() : mine;
  const std::size_t chosen = decide(fallback, !gives_way);
  if (chosen == mine) return;
  switch_to(*threads_[ready_[chosen].id],
            gives_way ? SwitchReason::gave_way : SwitchReason::preempted);
}

FuzzThread& Scheduler::next_after_block() {
  while (ready_.empty()) {
    if (!fire_timer()) deadlock();
  }
  const std::size_t chosen = alone() ? 0 : decide(0, false);
  return *threads_[ready_[chosen].id];
}

void Scheduler::block() {
  FuzzThread& self = *running_.thread;
  ++running_.step;
  if (self.state == FuzzThread::State::ready) disable(self);
  switch_to(next_after_block(), SwitchReason::blocked);
}

bool Scheduler::fire_timer() {
  if (timers_.empty()) return false;
  const auto earliest = std::min_element(
      timers_.begin(), timers_.end(), [](const FuzzThread* a, const FuzzThread* b) {
        return a->wake_time != b->wake_time ? a->wake_time < b->wake_time : a->id < b->id;
      });
  FuzzThread& thread = **earliest;
  timers_.erase(earliest);
  thread.sleeping = false;
  thread.timed_out = true;
  thread.clock.advance(thread.wake_time);
  if (thread.cond != nullptr) {
    remove_waiter(*thread.cond, thread);
    thread.cond = nullptr;
    if (thread.wanted != nullptr) begin_want(thread, *thread.wanted, Want::exclusive);
    if (thread.wanted == nullptr || available(*thread.wanted, thread)) enable(thread);
  } else {
    if (thread.in_wanters) end_want(thread);
    enable(thread);
  }
  return true;
}

void Scheduler::restart_idle(FuzzThread& thread) const {
  thread.idle_mark = running_.changes;
  thread.idle_ops = 0;
  thread.idle_plain = 0;
  thread.clock_reads = 0;
  thread.idle_places.fill(0);
}

void Scheduler::idle() {
  FuzzThread& self = *running_.thread;
  ++self.spins;
  if (self.idle_mark != running_.changes) restart_idle(self);
  const Address place = self.op.address ^ self.op.pc << 16;
  const auto known = std::find(self.idle_places.begin(), self.idle_places.end(), place);
  if (known == self.idle_places.end()) {
    // A loop that looks at ever other things is no waiting.
    const auto unused = std::find(self.idle_places.begin(), self.idle_places.end(), Address{0});
    if (unused == self.idle_places.end()) {
      restart_idle(self);
    } else {
      *unused = place;
    }
  }
  // Seldom, for this looks at every thread.
  if (++self.idle_ops >= kIdleLimit && self.idle_ops % 256 == 0 && all_idle()) livelock();
}

bool Scheduler::all_idle() const {
  if (!timers_.empty()) return false;
  return std::all_of(ready_.begin(), ready_.end(), [this](const ReadyThread& ready) {
    const FuzzThread& thread = *threads_[ready.id];
    return thread.idle_mark == running_.changes &&
           (thread.idle_ops >= kIdleLimit ||
            thread.idle_plain >= job_->step_limit / kPlainIdlePart);
  });
}

void Scheduler::idle_slice() {
  FuzzThread& self = *running_.thread;
  if (self.idle_mark != running_.changes) restart_idle(self);
  self.idle_plain += kSliceLimit;
  if (self.idle_plain < job_->step_limit / kPlainIdlePart || !all_idle()) return;
  const RuntimeScope scope;
  give_up("no thread has changed anything for " + std::to_string(self.idle_plain) +
          " steps: a livelock, or a long computation");
}

void Scheduler::give_up(std::string reason) {
  GaveUp end{.reason = std::move(reason)};
  capture(FuzzThread::State::ready, end.places, true);
  result_.outcome = std::move(end);
  leave_run();
}

void Scheduler::livelock() {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::hang,
                 .message =
                     "livelock: every thread that could go on repeats itself and changes "
                     "nothing that another waits for",
                 .places = {}};
  capture(FuzzThread::State::ready, failure.places);
  for (Place& place : failure.places) place.note = "repeats itself here";
  capture(FuzzThread::State::blocked, failure.places);
  end(std::move(failure));
  leave_run();
}

void Scheduler::check_limits() {
  FuzzThread& self = *running_.thread;
  const std::uint64_t steps = steps_of_all();
  running_.stop_step = running_.step + steps_to_check(steps);
  if (running_.step - slice_begin_ >= kSliceLimit && running_.changes == slice_changes_) {
    idle_slice();
  }
  slice_changes_ = running_.changes;
  if (steps > job_->step_limit) {
    const RuntimeScope scope;
    give_up("the step limit of " + std::to_string(job_->step_limit) +
            " steps was reached: a livelock, or a long run");
  }
  if (ready_.size() == 1) return;
  // Amid plain accesses, whatever it did before: strategies ask what is pending, and would have a
  // thread that has just created another go on at once, for ever.
  begin_op({.kind = OpKind::yield});
  const std::size_t mine = ready_index(self.id);
  const std::size_t chosen = decide((mine + 1) % ready_.size(), false);
  if (chosen != mine) switch_to(*threads_[ready_[chosen].id], SwitchReason::gave_way);
  // The access that follows is a step, and perhaps a decision, of its own.
  ++running_.step;
}

// ---- clocks and races
// -----------------------------------------------------------------------------

void Scheduler::tick() {
  const Epoch now = running_.epoch;
  running_.epoch = Epoch(now.thread(), now.time() + 1);
  running_.thread->clock.set(now.thread(), now.time() + 1);
}

const Scheduler::KnownFailure* Scheduler::find_known(std::uint64_t cheap) const {
  for (const KnownFailure& known : known_) {
    if (known.cheap == cheap) return &known;
  }
  return nullptr;
}

// Where plain accesses differ from the common: a limit, a scheduling point, more than 8 bytes.
template <bool kReplay, bool kWrite>
void Scheduler::access_point(Address address, unsigned size, Address pc) {
  if (running_.step >= running_.stop_step) check_limits();
  if (kReplay || racy_.contains(pc)) {
    const Op& op = begin_op(access_op(kWrite, address, size, pc));
    point();
    if (kWrite) {
      done(op);
    } else {
      looked(op);
    }
  }
  if ((address & 7) + size > 8) {
    check_access_slow(kWrite, address, size, pc);
  } else {
    check_access<kWrite>(address, size, pc);
  }
}

template void Scheduler::access_point<false, false>(Address, unsigned, Address);
template void Scheduler::access_point<false, true>(Address, unsigned, Address);
template void Scheduler::access_point<true, false>(Address, unsigned, Address);
template void Scheduler::access_point<true, true>(Address, unsigned, Address);

template <bool kWrite>
void Scheduler::record_access(ShadowCell* cell, std::uint8_t mask, Address address, Address pc) {
  // Memory that an earlier run freed is the rule: most runs allocate and free the same.
  if (cell->sync == kFreedMemory && !races_.alive(cell->history.write)) cell->sync = 0;
  if ((cell->sync | cell->split | cell->reads) != 0 ||
      !races_.record_ordered<kWrite>(cell, mask, pc, running_.epoch, running_.thread->clock)) {
    record_access_slow<kWrite>(cell, mask, address, pc);
  }
}

template void Scheduler::record_access<false>(ShadowCell*, std::uint8_t, Address, Address);
template void Scheduler::record_access<true>(ShadowCell*, std::uint8_t, Address, Address);

template <bool kWrite>
void Scheduler::record_first_access(std::uint8_t mask, Address address, Address pc) {
  record_access<kWrite>(shadow_.cell(address), mask, address, pc);
}

template void Scheduler::record_first_access<false>(std::uint8_t, Address, Address);
template void Scheduler::record_first_access<true>(std::uint8_t, Address, Address);

template <bool kWrite>
void Scheduler::record_access_slow(ShadowCell* cell, std::uint8_t mask, Address address,
                                   Address pc) {
  const auto size = static_cast<unsigned>(std::bit_width(mask) - std::countr_zero(mask));
  races_.drop_stale(cell);
  if (cell->sync == kFreedMemory || sync_.first(cell) != nullptr) {
    check_access_slow(kWrite, address, size, pc);
    return;
  }
  cell->sync = 0;
  Race race;
  if (races_.access<kWrite>(cell, mask, pc, running_.epoch, running_.thread->clock, race)) {
    on_race(race, access_op(kWrite, address, size, pc));
  }
}

void Scheduler::check_access_slow(bool write, Address address, unsigned size, Address pc) {
  Race race;
  const Address end = address + size;
  for (Address at = address; at < end;) {
    const Address next = std::min((at | 7) + 1, end);
    const auto mask = byte_mask(at, static_cast<unsigned>(next - at));
    ShadowCell* cell = shadow_.cell(at);
    if (cell->sync == kFreedMemory) {
      if (is_freed(cell)) use_after_free(cell, access_op(write, address, size, pc));
      cell->sync = 0;  // freed in an earlier run
    }
    const VectorClock& clock = running_.thread->clock;
    bool races = write ? races_.access<true>(cell, mask, pc, running_.epoch, clock, race)
                       : races_.access<false>(cell, mask, pc, running_.epoch, clock, race);
    for (SyncObject* object = sync_.first(cell); object != nullptr && !races;
         object = sync_.next(*object)) {
      races =
          object->atomic && object->address < next && at < object->address + object->atomic_size &&
          races_.check_against_atomics(object->atomics, write, running_.thread->id, clock, race);
    }
    if (races) on_race(race, access_op(write, at, static_cast<unsigned>(next - at), pc));
    at = next;
  }
}

void Scheduler::on_race(const Race& race, const Op& op) {
  if (tracing_ && in_traced_part()) {
    if (!is_plain_access(op.kind)) recorder_.expect_race();
    recorder_.mark_race(race.first_thread, race.first_pc, op.address, op.size);
  }
  const std::uint64_t pair =
      mix(mix(0, std::min(race.first_pc, op.pc)), std::max(race.first_pc, op.pc));
  if (std::find(run_races_.begin(), run_races_.end(), pair) != run_races_.end()) return;
  const RuntimeScope scope;
  run_races_.push_back(pair);
  if (is_plain_access(op.kind) && racy_.add(op.pc)) host_.learn_racy(op.pc);
  if (!race.first_atomic && racy_.add(race.first_pc)) host_.learn_racy(race.first_pc);
  if (const KnownFailure* known = find_known(pair)) {
    if (job_->stop_at_race) end_at_race(op, known->key);
    result_.known_reports.push_back(known->key);
    return;
  }
  Failed failure{.kind = FailureKind::data_race, .message = {}, .places = {}};
  failure.places.push_back(here(op));
  OpKind first = race.first_writes ? OpKind::write : OpKind::read;
  if (race.first_atomic) {
    first = race.first_writes ? OpKind::atomic_store : OpKind::atomic_load;
  }
  failure.places.push_back(
      {.thread = race.first_thread,
       .op = {.kind = first, .size = op.size, .address = op.address, .pc = race.first_pc},
       .stack = {},
       .note = {}});
  known_.push_back({pair, failure_key(failure)});
  if (job_->stop_at_race) {
    result_.outcome = std::move(failure);
    end_at_race(op, {});
  }
  result_.reports.push_back(std::move(failure));
}

void Scheduler::end_at_race(const Op& op, std::optional<std::uint64_t> known) {
  result_.known_end = known;
  // Plain accesses are recorded before they are checked, all others when they are done.
  if (!is_plain_access(op.kind)) done(op);
  if (tracing_) recorder_.abandon_write();
  leave_run();
}

Place Scheduler::here(const Op& op) {
  Place place{.thread = running_.thread->id, .op = op, .stack = capture_stack(code_), .note = {}};
  if (!place.stack.empty()) {
    if (!code_.contains(op.pc)) place.op.pc = place.stack.front();
    if (place.stack.front() == place.op.pc) place.stack.erase(place.stack.begin());
  }
  return place;
}

// ---- the end of a run
// -----------------------------------------------------------------------------

void Scheduler::end(Failed failure) {
  std::uint64_t cheap = mix(static_cast<std::uint64_t>(failure.kind), hash_text(failure.message));
  for (const Place& place : failure.places) {
    cheap = mix(mix(cheap, place.op.pc), place.op.address);
  }
  if (tracing_) {
    recorder_.settle();
    Op op = failure.places.empty() ? Op{} : failure.places.front().op;
    op.kind = OpKind::failure;
    record(op, {}, {});
  }
  if (const KnownFailure* known = find_known(cheap)) {
    result_.known_end = known->key;
  } else {
    known_.push_back({cheap, failure_key(failure)});
    result_.outcome = std::move(failure);
  }
}

void Scheduler::fail(FailureKind kind, std::string message, Address pc) {
  const RuntimeScope scope;
  Failed failure{.kind = kind, .message = std::move(message), .places = {}};
  const Op op{.kind = OpKind::failure, .pc = pc};
  // The stack is described once; to recognise the failure again its place is enough.
  if (code_.contains(pc)) {
    failure.places.push_back({.thread = running_.thread->id, .op = op, .stack = {}, .note = {}});
    if (find_known(cheap_key(kind, failure.message, pc)) == nullptr) {
      failure.places.front() = here(op);
    }
  } else {
    failure.places.push_back(here(op));
  }
  end(std::move(failure));
  leave_run();
}

void Scheduler::fail_assertion(const char* expression, Address pc) {
  const RuntimeScope scope;
  if (!tracing_ && code_.contains(pc)) {
    // A program that fails in many runs is not to be slowed down by describing it in each.
    if (const KnownFailure* known = find_known(cheap_key(FailureKind::assertion, expression, pc))) {
      result_.known_end = known->key;
      leave_run();
    }
  }
  fail(FailureKind::assertion, expression, pc);
}

void Scheduler::abort(Address pc) {
  const RuntimeScope scope;
  std::string exception = current_exception_text();
  if (exception.empty()) fail(FailureKind::abort, "abort() was called", pc);
  fail(FailureKind::uncaught_exception, std::move(exception), pc);
}

void Scheduler::exit_process(int status, Address pc) {
  ++running_.step;
  const Op op = begin_op({.kind = OpKind::process_exit, .pc = pc});
  point();
  done(op);
  FuzzThread& self = *running_.thread;
  while (!self.destructors.empty()) {
    const auto destructor = self.destructors.back();
    self.destructors.pop_back();
    destructor.function(destructor.object);
  }
  exit_functions::run_all();
  if (status == 0) {
    if (job_->leaks) report_leaks(pc == 0);
    leave_run();
  }
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::exit_status,
                 .message = "exit status " + std::to_string(status & 0xff),
                 .places = {}};
  failure.places.push_back({.thread = self.id, .op = op, .stack = {}, .note = {}});
  end(std::move(failure));
  leave_run();
}

void Scheduler::on_signal(int number, Address pc, Address address) {
  // An access that a hook makes for the program (an atomic operation) is the program's.
  if (running_.native_pc != 0) pc = running_.native_pc;
  running_.native_pc = 0;
  const RuntimeScope scope;
  std::string message = std::string("SIG") + sigabbrev_np(number);
  const ThreadId stack = FiberStacks::owner(address);
  if (number == SIGSEGV && stack < used_threads_ &&
      (address - FiberStacks::kBegin) % FiberStacks::kSlot < FiberStacks::kGuard) {
    message += ": stack overflow of T" + std::to_string(stack);
  } else if (address < 4096 && number == SIGSEGV) {
    message += ": null pointer";
  }
  Failed failure{.kind = FailureKind::signal, .message = std::move(message), .places = {}};
  // Reports look at the instruction before a return address; here the instruction itself is meant.
  const Op op{.kind = OpKind::failure, .pc = pc + 1};
  failure.places.push_back(here(op));
  if (code_.contains(pc)) {
    failure.places.front().op.pc = pc + 1;
    end(std::move(failure));
    leave_run();
  }
  // In somebody else's code: its locks may be held and its data half written. The process ends.
  result_.outcome = std::move(failure);
  finish_result();
  host_.end_run_and_process(result_);
}

void Scheduler::capture(FuzzThread::State state, std::vector<Place>& places, bool code_only) {
  FuzzThread* self = running_.thread;
  for (std::size_t i = 0; i < used_threads_; ++i) {
    FuzzThread& thread = *threads_[i];
    // One that has not begun is nowhere, and would begin if it were asked.
    if (thread.state != state || (thread.step == 0 && &thread != self)) continue;
    Place place{.thread = thread.id, .op = code_only ? Op{} : thread.op, .stack = {}, .note = {}};
    if (&thread == self) {
      place.stack = capture_stack(code_);
    } else {
      // The thread unwinds its own stack: resume it for just that. The slice ends here for the
      // count of steps.
      steps_before_ = steps_of_all();
      slice_begin_ = running_.step;
      capture_into_ = &place.stack;
      host_thread_.joiner = self;
      resume(thread);
    }
    if (!place.stack.empty()) {
      if (!code_.contains(place.op.pc)) place.op.pc = place.stack.front();
      if (place.stack.front() == place.op.pc) place.stack.erase(place.stack.begin());
    }
    places.push_back(std::move(place));
  }
}

void Scheduler::describe_wait(const FuzzThread& thread, Place& place,
                              std::vector<Place>& more) const {
  const SyncObject& object = *thread.wanted;
  const std::string waiter = "T" + std::to_string(thread.id);
  const auto held_by = [&](const FuzzThread& holder, const Op& taken) {
    place.note += "; held by T" + std::to_string(holder.id);
    more.push_back({.thread = holder.id,
                    .op = taken,
                    .stack = {},
                    .note = "took what " + waiter + " waits for"});
  };
  switch (thread.want) {
    case Want::exclusive:
    case Want::shared:
      place.note = "waits for a lock";
      if (object.owner != nullptr) held_by(*object.owner, object.locked);
      for (const SyncObject::Reader& reader : object.readers) held_by(*reader.thread, reader.op);
      return;
    case Want::unit:
      place.note = "waits for a semaphore that is at zero";
      return;
    case Want::next_round:
      place.note = "waits at a barrier where " + std::to_string(object.arrived) + " arrived";
      return;
  }
}

void Scheduler::deadlock() {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::deadlock, .message = {}, .places = {}};
  capture(FuzzThread::State::blocked, failure.places);
  std::vector<Place> more;
  for (Place& place : failure.places) {
    FuzzThread& thread = *threads_[place.thread];
    if (thread.cond != nullptr) {
      const SyncObject& cond = *thread.cond;
      place.note = "waits for a notification";
      if (thread.op.kind == OpKind::futex_wait &&
          native_load(cond.address, 4) != thread.want_round) {
        failure.kind = FailureKind::lost_wakeup;
        place.note += "; what it waits for has come, but nobody notified it";
      }
      if (cond.unheard != 0) {
        failure.kind = FailureKind::lost_wakeup;
        place.note += "; " + std::to_string(cond.unheard) +
                      (cond.unheard == 1 ? " was sent" : " were sent") + " while nobody waited";
        more.push_back({.thread = cond.unheard_thread,
                        .op = cond.unheard_op,
                        .stack = {},
                        .note = "notified while nobody waited"});
      }
    } else if (thread.wanted != nullptr) {
      describe_wait(thread, place, more);
    } else if (thread.op.kind == OpKind::thread_join) {
      place.note = "waits for T" + std::to_string(thread.op.other) + " to end";
    }
  }
  for (Place& place : more) failure.places.push_back(std::move(place));
  end(std::move(failure));
  leave_run();
}

// ---- locks
// ----------------------------------------------------------------------------------------

bool Scheduler::available(const SyncObject& object, const FuzzThread& thread) {
  switch (thread.want) {
    case Want::exclusive:
      return object.owner == nullptr && object.readers.empty();
    case Want::shared:
      return object.owner == nullptr;
    case Want::unit: {
      int value = 0;
      sem_getvalue(reinterpret_cast<sem_t*>(object.address), &value);
      return value > 0;
    }
    case Want::next_round:
      return object.round != thread.want_round;
  }
  return true;
}

void Scheduler::refresh(SyncObject& object) {
  for (FuzzThread* thread = object.wanters; thread != nullptr; thread = thread->next_wanter) {
    if (thread->eager) continue;
    const bool can = available(object, *thread);
    if (can && thread->state == FuzzThread::State::blocked) {
      enable(*thread);
    } else if (!can && thread->state == FuzzThread::State::ready) {
      disable(*thread);
    }
  }
}

void Scheduler::begin_want(FuzzThread& thread, SyncObject& object, Want want) {
  thread.wanted = &object;
  thread.want = want;
  thread.in_wanters = true;
  thread.next_wanter = object.wanters;
  object.wanters = &thread;
}

void Scheduler::end_want(FuzzThread& thread) {
  FuzzThread** link = &thread.wanted->wanters;
  while (*link != &thread) link = &(*link)->next_wanter;
  *link = thread.next_wanter;
  thread.in_wanters = false;
  thread.wanted = nullptr;
}

bool Scheduler::obtain(SyncObject& object, Want want, std::uint64_t deadline) {
  FuzzThread& self = *running_.thread;
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  self.want = want;
  const bool free = available(object, self);
  if (alone() && free) {
    if (tracing_) recorder_.settle();
    return true;
  }
  begin_want(self, object, want);
  // Asked in any case, see wait_for_others().
  if (deadline != 0 && choose(Choice::timeout, 2) == 1) {
    wait_eagerly();
    if (!available(object, self)) self.clock.advance(deadline);
  } else {
    if (deadline != 0) begin_timer(self, deadline);
    if (free) {
      // Whoever takes it before this thread does takes this thread's turn too.
      point();
    } else {
      block();
    }
    end_timer(self);
  }
  // By a timer it wants no more, but may have got what it wanted at the last moment.
  self.want = want;
  if (self.in_wanters) end_want(self);
  return available(object, self);
}

bool Scheduler::wait_for_others(std::uint64_t deadline, bool spuriously) {
  FuzzThread& self = *running_.thread;
  self.timed_out = false;
  // Asked in any case: if it hung on who else can go on, runs that differ only in the order of
  // steps that have nothing to do with this one would not have the same choices.
  const Choice wake = ready_.size() > 1 ? Choice::spurious_wake : Choice::lone_wake;
  const bool wakes = spuriously && choose(wake, 2) == 1;
  const bool early = !wakes && deadline != 0 && choose(Choice::timeout, 2) == 1;
  if (!wakes && !early) {
    if (deadline != 0) begin_timer(self, deadline);
    block();
    end_timer(self);
    return false;
  }
  const bool notifiable = self.cond != nullptr;
  wait_eagerly();
  // Not if it was notified before.
  if (early && (!notifiable || self.cond != nullptr)) {
    self.timed_out = true;
    self.clock.advance(deadline);
  }
  return true;
}

void Scheduler::wait_eagerly() {
  FuzzThread& self = *running_.thread;
  self.eager = true;
  ++running_.step;
  if (!alone()) {
    const std::size_t mine = ready_index(self.id);
    const std::size_t chosen = decide((mine + 1) % ready_.size(), false);
    if (chosen != mine) switch_to(*threads_[ready_[chosen].id], SwitchReason::blocked);
  }
  self.eager = false;
}

void Scheduler::begin_timer(FuzzThread& thread, std::uint64_t deadline) {
  thread.wake_time = deadline;
  thread.sleeping = true;
  timers_.push_back(&thread);
}

void Scheduler::end_timer(FuzzThread& thread) {
  if (!thread.sleeping) return;
  thread.sleeping = false;
  std::erase(timers_, &thread);
}

void Scheduler::take(SyncObject& object, const Op& op) {
  object.owner = running_.thread;
  object.depth = 1;
  object.locked = op;
  acquire(object.clock);
  refresh(object);
  done(op);
}

void Scheduler::release(SyncObject& object) {
  object.clock = running_.thread->clock;
  tick();
  object.owner = nullptr;
  object.depth = 0;
  refresh(object);
}

void Scheduler::self_deadlock(const Op& op, const Op& taken, const char* what) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::self_deadlock, .message = {}, .places = {}};
  failure.places.push_back(here(op));
  failure.places.front().note = what;
  failure.places.push_back(
      {.thread = running_.thread->id, .op = taken, .stack = {}, .note = "took it here"});
  end(std::move(failure));
  leave_run();
}

void Scheduler::bad_unlock(const Op& op, const SyncObject& object, const char* what) {
  const RuntimeScope scope;
  Failed failure{.kind = FailureKind::bad_unlock, .message = {}, .places = {}};
  failure.places.push_back(here(op));
  failure.places.front().note = what;
  if (object.owner != nullptr) {
    failure.places.push_back(
        {.thread = object.owner->id, .op = object.locked, .stack = {}, .note = "took it here"});
  }
  end(std::move(failure));
  leave_run();
}

int Scheduler::lock(pthread_mutex_t* mutex, Address pc) {
  SyncObject& object = sync_at(address_of(mutex), pc);
  const Op& op = begin_op({.kind = OpKind::mutex_lock, .address = object.address, .pc = pc});
  if (object.owner == running_.thread) {
    const int kind = kind_of(mutex);
    if (kind == kMutexRecursive) {
      ++object.depth;
      return 0;
    }
    if (kind == kMutexErrorCheck) return EDEADLK;
    self_deadlock(op, object.locked, "locks a mutex that it holds itself");
  }
  obtain(object, Want::exclusive, 0);
  take(object, op);
  return 0;
}

int Scheduler::timed_lock(pthread_mutex_t* mutex, std::uint64_t deadline, Address pc) {
  SyncObject& object = sync_at(address_of(mutex), pc);
  // Like a try it may fail.
  Op& op = begin_op({.kind = OpKind::mutex_trylock_fail, .address = object.address, .pc = pc});
  if (object.owner == running_.thread) {
    const int kind = kind_of(mutex);
    if (kind == kMutexRecursive) {
      ++object.depth;
      return 0;
    }
    if (kind == kMutexErrorCheck) return EDEADLK;
  }
  if (!obtain(object, Want::exclusive, std::max<std::uint64_t>(deadline, 1))) {
    return timed_out(op);
  }
  op.kind = OpKind::mutex_lock;
  take(object, op);
  return 0;
}

bool Scheduler::try_lock(pthread_mutex_t* mutex, Address pc) {
  SyncObject& object = sync_at(address_of(mutex), pc);
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  Op& op = begin_op({.kind = OpKind::mutex_trylock_fail, .address = object.address, .pc = pc});
  point();
  if (object.owner == running_.thread && kind_of(mutex) == kMutexRecursive) {
    ++object.depth;
    return true;
  }
  if (object.owner != nullptr) {
    idle();
    looked(op);
    return false;
  }
  changed();
  op.kind = OpKind::mutex_lock;
  take(object, op);
  return true;
}

int Scheduler::unlock(pthread_mutex_t* mutex, Address pc) {
  SyncObject& object = sync_at(address_of(mutex), pc);
  const Op& op = begin_op({.kind = OpKind::mutex_unlock, .address = object.address, .pc = pc});
  if (object.owner != running_.thread) {
    if (kind_of(mutex) == kMutexRecursive || kind_of(mutex) == kMutexErrorCheck) return EPERM;
    bad_unlock(op, object,
               object.owner == nullptr ? "unlocks a mutex that nobody holds"
                                       : "unlocks a mutex that another thread holds");
  }
  if (object.depth > 1) {
    --object.depth;
    return 0;
  }
  arrive();
  changed();
  done(op);
  release(object);
  return 0;
}

void Scheduler::destroy(Address address, Address pc) {
  SyncObject* object = sync_.find(shadow_.cell(address), address);
  if (object == nullptr) return;
  const char* use = nullptr;
  Op taken;
  ThreadId by = kNoThread;
  if (object->owner != nullptr) {
    use = "destroys it while it is locked";
    taken = object->locked;
    by = object->owner->id;
  } else if (!object->readers.empty()) {
    use = "destroys it while it is locked for reading";
    taken = object->readers.front().op;
    by = object->readers.front().thread->id;
  } else if (object->first_waiter != nullptr) {
    use = "destroys it while a thread waits on it";
    taken = object->first_waiter->op;
    by = object->first_waiter->id;
  }
  if (use != nullptr) {
    const RuntimeScope scope;
    Failed failure{.kind = FailureKind::destroyed_locked, .message = use, .places = {}};
    failure.places.push_back(here({.kind = OpKind::failure, .address = address, .pc = pc}));
    failure.places.push_back({.thread = by, .op = taken, .stack = {}, .note = {}});
    end(std::move(failure));
    leave_run();
  }
  // The next object at this address is another one.
  object->unheard = 0;
}

// ---- condition variables
// --------------------------------------------------------------------------

void Scheduler::add_waiter(SyncObject& cond, FuzzThread& waiter) {
  // First come, first served is the default; the others are alternatives.
  FuzzThread** last = &cond.first_waiter;
  while (*last != nullptr) last = &(*last)->next_waiter;
  *last = &waiter;
  waiter.next_waiter = nullptr;
  waiter.cond = &cond;
  ++cond.waiters;
}

void Scheduler::remove_waiter(SyncObject& cond, FuzzThread& waiter) {
  FuzzThread** link = &cond.first_waiter;
  while (*link != &waiter) link = &(*link)->next_waiter;
  *link = waiter.next_waiter;
  --cond.waiters;
}

void Scheduler::wake(SyncObject& cond, FuzzThread& waiter) {
  remove_waiter(cond, waiter);
  waiter.cond = nullptr;
  end_timer(waiter);
  tell_woken(waiter);
  if (waiter.wanted != nullptr) begin_want(waiter, *waiter.wanted, Want::exclusive);
  if (waiter.eager) return;
  if (waiter.wanted == nullptr || available(*waiter.wanted, waiter)) enable(waiter);
}

std::uint32_t Scheduler::wake_some(SyncObject& cond, std::uint32_t count) {
  std::uint32_t woken = 0;
  for (; woken < count && cond.waiters != 0; ++woken) {
    const bool all = count - woken >= cond.waiters;
    std::uint32_t index = all ? 0 : choose(Choice::waiter, cond.waiters);
    FuzzThread* waiter = cond.first_waiter;
    while (index-- > 0) waiter = waiter->next_waiter;
    wake(cond, *waiter);
  }
  return woken;
}

bool Scheduler::wait(Address cond_address, pthread_mutex_t* mutex, std::uint64_t deadline,
                     Address pc) {
  FuzzThread& self = *running_.thread;
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  SyncObject& cond = sync_at(cond_address, pc);
  SyncObject& lock = sync_at(address_of(mutex), pc);
  const Op& op = begin_op(
      {.kind = OpKind::cond_wait, .address = cond_address, .address2 = lock.address, .pc = pc});
  if (lock.owner != &self) bad_unlock(op, lock, "waits with a mutex that it does not hold");
  point();
  done(op);
  const std::uint32_t depth = lock.depth;
  release(lock);
  changed();
  add_waiter(cond, self);
  self.wanted = &lock;
  // It may have been notified before it came to wake by itself: the order of the two matters.
  const bool by_itself = wait_for_others(deadline, true);
  if (self.cond != nullptr) {
    remove_waiter(cond, self);
    self.cond = nullptr;
  }
  const bool timed_out = self.timed_out;
  const Op woken{.kind = OpKind::timeout, .address = cond_address, .pc = pc};
  if (timed_out) {
    done(woken);
  } else if (by_itself) {
    done_unseen(woken);
  }
  if (!self.in_wanters) begin_want(self, lock, Want::exclusive);
  const Op& relock = begin_op({.kind = OpKind::mutex_lock, .address = lock.address, .pc = pc});
  if (!available(lock, self)) block();
  end_want(self);
  take(lock, relock);
  lock.depth = depth;
  return !timed_out;
}

void Scheduler::notify(Address address, bool all, Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  SyncObject& cond = sync_at(address, pc);
  const Op& op = begin_op(
      {.kind = all ? OpKind::cond_broadcast : OpKind::cond_signal, .address = address, .pc = pc});
  point();
  changed();
  done(op, cond.waiters);
  if (cond.waiters == 0) {
    ++cond.unheard;
    cond.unheard_thread = running_.thread->id;
    cond.unheard_op = op;
    return;
  }
  wake_some(cond, all ? cond.waiters : 1);
}

// ---- atomics
// --------------------------------------------------------------------------------------

SyncObject& Scheduler::atomic_object(Address address, unsigned size, bool writes, MemoryOrder,
                                     Address pc) {
  FuzzThread& self = *running_.thread;
  SyncObject& object = sync_at(address, pc);
  object.atomic = true;
  object.atomic_size = std::max(object.atomic_size, static_cast<std::uint8_t>(size));
  Race race;
  if (races_.check_atomic(shadow_.cell(address), byte_mask(address, std::min(size, 8U)), writes,
                          self.clock, race)) [[unlikely]] {
    Op op = access_op(false, address, size, pc);
    op.kind = writes ? OpKind::atomic_store : OpKind::atomic_load;
    on_race(race, op);
  }
  if (writes) {
    object.atomics.writes.set(self.id, running_.epoch.time());
    object.atomics.write_pc = pc;
  } else {
    object.atomics.reads.set(self.id, running_.epoch.time());
    object.atomics.read_pc = pc;
  }
  return object;
}

void Scheduler::atomic_acquire(SyncObject& object, MemoryOrder order) {
  if (object.clock.empty()) return;
  FuzzThread& self = *running_.thread;
  if (acquires(order)) {
    self.clock.join(object.clock);
  } else {
    self.acquire_fence.join(object.clock);
  }
}

void Scheduler::atomic_release(SyncObject& object, MemoryOrder order, bool continues) {
  FuzzThread& self = *running_.thread;
  // A store that is no read-modify-write ends the release sequence before it (C++20
  // [intro.races]); a read-modify-write, of any thread and order, continues it.
  if (!continues) object.clock.clear();
  if (releases(order)) {
    object.clock.join(self.clock);
    tick();
  } else if (self.has_release_fence) {
    object.clock.join(self.release_fence);
  }
}

namespace {

Op atomic_op(OpKind kind, Address address, unsigned size, MemoryOrder order, Address pc) {
  return {.kind = kind,
          .size = static_cast<std::uint8_t>(size),
          .order = order,
          .address = address,
          .pc = pc};
}

}  // namespace

std::uint64_t Scheduler::atomic_load(Address address, unsigned size, MemoryOrder order,
                                     Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  const Op& op = begin_op(atomic_op(OpKind::atomic_load, address, size, order, pc));
  point();
  SyncObject& object = atomic_object(address, size, false, order, pc);
  atomic_acquire(object, order);
  running_.native_pc = pc;
  const std::uint64_t value = native_load(address, size);
  running_.native_pc = 0;
  idle();
  looked(op, value);
  return value;
}

void Scheduler::atomic_store(Address address, unsigned size, std::uint64_t value, MemoryOrder order,
                             Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  const Op& op = begin_op(atomic_op(OpKind::atomic_store, address, size, order, pc));
  point();
  SyncObject& object = atomic_object(address, size, true, order, pc);
  atomic_release(object, order, false);
  running_.native_pc = pc;
  native_store(address, size, value);
  running_.native_pc = 0;
  changed();
  done(op, value);
}

std::uint64_t Scheduler::atomic_rmw(Address address, unsigned size, RmwKind kind,
                                    std::uint64_t operand, MemoryOrder order, Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  const Op& op = begin_op(atomic_op(OpKind::atomic_rmw, address, size, order, pc));
  point();
  SyncObject& object = atomic_object(address, size, true, order, pc);
  atomic_acquire(object, order);
  atomic_release(object, order, true);
  running_.native_pc = pc;
  const std::uint64_t old = native_rmw(address, size, kind, operand);
  const std::uint64_t now = native_load(address, size);
  running_.native_pc = 0;
  // An exchange that changes nothing is how a spin lock waits.
  progress(now != old);
  if (now != old) {
    done(op, now, old);
  } else {
    looked(op, now, old);
  }
  return old;
}

bool Scheduler::atomic_cas(Address address, unsigned size, std::uint64_t* expected,
                           std::uint64_t desired, MemoryOrder success, MemoryOrder failure,
                           bool weak, Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  Op& op = begin_op(atomic_op(OpKind::atomic_rmw, address, size, success, pc));
  point();
  running_.native_pc = pc;
  // The standard lets a weak one fail though it matches ([atomics.types.operations]), and some
  // processors make use of it.
  const bool fails = weak && used_threads_ > 1 && native_load(address, size) == *expected &&
                     choose(Choice::cas_failure, 2) == 1;
  const bool stored = !fails && native_cas(address, size, expected, desired);
  running_.native_pc = 0;
  if (!stored) {
    op.kind = OpKind::atomic_cas_fail;
    op.order = failure;
  }
  SyncObject& object = atomic_object(address, size, stored, op.order, pc);
  atomic_acquire(object, op.order);
  if (stored) atomic_release(object, success, true);
  progress(stored);
  if (stored) {
    done(op, desired, *expected);
  } else {
    looked(op, *expected, *expected);
  }
  return stored;
}

void Scheduler::atomic_wide(Address address, OpKind kind, MemoryOrder order, Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  const Op& op = begin_op(atomic_op(kind, address, 16, order, pc));
  point();
  const bool stores = writes(kind);
  SyncObject& object = atomic_object(address, 16, stores, order, pc);
  atomic_object(address + 8, 8, stores, order, pc);
  if (kind != OpKind::atomic_store) atomic_acquire(object, order);
  if (stores) atomic_release(object, order, kind == OpKind::atomic_rmw);
  progress(stores);
  done(op);
}

void Scheduler::fence(MemoryOrder order, Address pc) {
  ++running_.step;
  FuzzThread& self = *running_.thread;
  // No scheduling point: under sequential consistency a fence orders nothing that is not ordered
  // already. It only matters to what happens before what.
  if (acquires(order)) self.clock.join(self.acquire_fence);
  if (releases(order)) {
    self.release_fence = self.clock;
    self.has_release_fence = true;
    tick();
  }
  done({.kind = OpKind::fence, .order = order, .pc = pc});
}

void Scheduler::annotate(Address address, bool is_release) {
  SyncObject& object = sync_at(address, 0);
  if (is_release) {
    object.clock.join(running_.thread->clock);
    tick();
  } else {
    acquire(object.clock);
  }
}

// ---- threads
// --------------------------------------------------------------------------------------

int Scheduler::create(pthread_t* handle, const pthread_attr_t* attributes, void* (*start)(void*),
                      void* argument, Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  Op& op = begin_op({.kind = OpKind::thread_create, .pc = pc});
  point();
  if (used_threads_ > Epoch::kMaxThreads) return EAGAIN;
  FuzzThread* made = add_thread();
  if (made == nullptr) return EAGAIN;
  FuzzThread& thread = *made;
  FuzzThread& self = *running_.thread;
  thread.start = start;
  thread.argument = argument;
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) pthread_attr_getdetachstate(attributes, &state);
  thread.detached = state == PTHREAD_CREATE_DETACHED;
  thread.past = Fingerprint::create(self.past);
  thread.clock = self.clock;
  thread.clock.set(thread.id, thread.epoch.time());
  tick();
  changed();
  g_engine_table = tables_.shared;
  *handle = TlsLender::handle(thread.fs_base);
  enable(thread);
  op.other = thread.id;
  done(op);
  return 0;
}

int Scheduler::join(pthread_t handle, void** result, Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  FuzzThread* target = nullptr;
  for (std::size_t i = 0; i < used_threads_; ++i) {
    if (TlsLender::handle(threads_[i]->fs_base) == handle) target = threads_[i].get();
  }
  FuzzThread& self = *running_.thread;
  if (target == nullptr || target->joined) return ESRCH;
  if (target->detached) return EINVAL;
  if (target == &self) return EDEADLK;
  const Op& op = begin_op({.kind = OpKind::thread_join, .other = target->id, .pc = pc});
  if (target->state != FuzzThread::State::finished) {
    if (target->joiner != nullptr) return EINVAL;
    target->joiner = &self;
    block();
  } else {
    // A step like the one that waits: what a step consists of must not depend on the order of
    // others.
    point();
  }
  target->joined = true;
  acquire(target->clock);
  changed();
  done(op);
  if (result != nullptr) *result = target->result;
  return 0;
}

int Scheduler::detach(pthread_t handle) {
  ++running_.step;
  for (std::size_t i = 0; i < used_threads_; ++i) {
    FuzzThread& thread = *threads_[i];
    if (TlsLender::handle(thread.fs_base) != handle) continue;
    if (thread.detached || thread.joined) return EINVAL;
    thread.detached = true;
    return 0;
  }
  return ESRCH;
}

void Scheduler::at_thread_exit(void (*function)(void*), void* object) {
  running_.thread->destructors.push_back({function, object});
}

// The destructors of the objects on the thread's stack run: a lock held by a lock_guard there must
// be given back.
void Scheduler::exit_thread(void* result) {
  FuzzThread& self = *running_.thread;
  self.result = result;
  self.unwinding = {};
  const auto stop = [](int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*,
                       _Unwind_Context* context, void* argument) {
    auto& scheduler = *static_cast<Scheduler*>(argument);
    if ((actions & _UA_END_OF_STACK) != 0 ||
        _Unwind_GetCFA(context) > scheduler.running_.thread->base_frame) {
      scheduler.finish_thread();
    }
    return _URC_NO_REASON;
  };
  _Unwind_ForcedUnwind(&self.unwinding, stop, this);
  finish_thread();
}

void Scheduler::finish_thread() {
  FuzzThread& self = *running_.thread;
  while (!self.destructors.empty()) {
    const auto destructor = self.destructors.back();
    self.destructors.pop_back();
    destructor.function(destructor.object);
  }
  keys_.run_destructors(self.key_values);
  ++running_.step;
  const Op op{.kind = OpKind::thread_exit};
  done(op);
  disable(self);
  self.state = FuzzThread::State::finished;
  if (self.joiner != nullptr) enable(*self.joiner);
  bool last = ready_.empty() && timers_.empty();
  for (std::size_t i = 0; last && i < used_threads_; ++i) {
    last = threads_[i]->state == FuzzThread::State::finished;
  }
  // Every thread has ended, main by pthread_exit: so does the process, with success.
  if (last) {
    if (job_->leaks) report_leaks(true);
    leave_run();
  }
  switch_to(next_after_block(), SwitchReason::ended);
  __builtin_unreachable();
}

void Scheduler::yield(Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  idle();
  running_.thread->spins = kSpinLimit + 1;
  const Op& op = begin_op({.kind = OpKind::yield, .pc = pc});
  point();
  looked(op);
}

void Scheduler::sleep(std::uint64_t nanoseconds, Address pc) {
  ++running_.step;
  if (running_.step >= running_.stop_step) check_limits();
  const Op& op = begin_op({.kind = OpKind::sleep, .pc = pc});
  done(op);
  running_.thread->cond = nullptr;
  wait_for_others(running_.thread->clock.now() + std::max<std::uint64_t>(nanoseconds, 1), false);
}

std::uint64_t Scheduler::read_clock() {
  FuzzThread& self = *running_.thread;
  if (self.idle_mark != running_.changes) restart_idle(self);
  if (++self.clock_reads > kSpinLimit) {
    // Further and further: it may wait for an hour.
    constexpr std::uint64_t kMillisecond = 1'000'000;
    self.clock.advance(self.clock.now() +
                       (kMillisecond << std::min(self.clock_reads / kSpinLimit, 20U)));
  }
  return self.clock.now();
}

void Scheduler::tell(const Op& op, bool changed) {
  if (!followed_) return;
  const RuntimeScope scope;
  strategy_->executed(op, changed);
}

void Scheduler::note(const Op& op, std::optional<std::uint64_t> value,
                     std::optional<std::uint64_t> old_value, bool changed) {
  if (tracing_) record(op, value, old_value);
  tell(op, changed);
}

void Scheduler::record(const Op& op, std::optional<std::uint64_t> value,
                       std::optional<std::uint64_t> old_value) {
  const RuntimeScope scope;
  if (!in_traced_part()) {
    recorder_.skip();
    return;
  }
  recorder_.add(running_.thread->id, running_.step, op, switch_reason_, code_);
  if (value.has_value()) recorder_.set_values(value, old_value);
  switch_reason_ = SwitchReason::none;
}

}  // namespace heddle
