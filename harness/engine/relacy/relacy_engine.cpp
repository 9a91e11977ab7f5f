#include "harness/engine/relacy/relacy_engine.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/engine/native/end_record.h"
#include "harness/engine/native/hang.h"
#include "harness/engine/relacy/relacy_fibers.h"
#include "harness/engine/relacy/relacy_include.h"
#include "harness/engine/relacy/relacy_runner.h"
#include "harness/engine/relacy/relacy_schedulers.h"
#include "harness/engine/relacy/relacy_shadow.h"
#include "harness/engine/relacy/relacy_state.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/exit_functions.h"
#include "harness/hooks/native_atomics.h"
#include "harness/hooks/program_heap.h"

void create_main_fiber(fiber_t& fiber) {
  heddle::relacy::g_fibers->main = &fiber;
}

void create_fiber(fiber_t& fiber, void (*function)(void*), void* thread) {
  const auto index = reinterpret_cast<std::intptr_t>(thread);
  fiber.thread = static_cast<int>(index);
  heddle::relacy::g_fibers->of[static_cast<std::size_t>(index)] = &fiber;
  heddle::relacy::g_fibers->function = function;
}

void switch_to_fiber(fiber_t& to, fiber_t& from) {
  if (&to == &from) return;
  heddle::relacy::Fibers& fibers = *heddle::relacy::g_fibers;
  fibers.current = to.thread;
  // The engine itself, between runs, uses the storage of thread 0: the worker's own. The test is
  // cheaper than setting it again.
  if (std::max(to.thread, 0) != std::max(from.thread, 0)) {
    fibers.fs.set(fibers.base[static_cast<std::size_t>(std::max(to.thread, 0))]);
  }
  const boost::context::detail::transfer_t back =
      boost::context::detail::jump_fcontext(to.context, &from);
  static_cast<fiber_t*>(back.data)->context = back.fctx;
  if (fibers.capture_into != nullptr) [[unlikely]] {
    *std::exchange(fibers.capture_into, nullptr) = heddle::capture_stack(fibers.code);
    switch_to_fiber(*fibers.main, from);  // for good
  }
}

namespace heddle::relacy {

// ---- ends of a run
// ----------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
bool Runner<kThreads, Search>::execute(const RunOrder& order, const Program& program,
                                       RunResult& result) {
  static const EngineTable kTable = make_table();

  program_ = &program;
  result_ = &result;
  result.outcome = Passed{};
  result.reports.clear();
  result.known_reports.clear();
  result.known_end.reset();
  result.trace.events.clear();
  result.trace.truncated = false;
  order_ = order;
  touching_ = 0;
  now_ns_ = 0;
  stuck_ = false;
  too_many_threads_ = false;
  exiting_ = false;
  keys_.begin_run();
  initializing_.clear();
  alone_ = true;
  created_ = 0;
  joined_ = 0;
  plain_left_ = kPlainAccessesInARow;
  cells_.clear();
  plain_pool_.clear();
  atomic_pool_.clear();
  mutexes_.clear();
  mutex_pool_.clear();
  conditions_.clear();
  condition_pool_.clear();
  annotated_.clear();
  annotated_pool_.clear();
  std::uint64_t limit = order.step_limit;
  if constexpr (kRandom) {
    scheduler().seed(order.random.seed, order.random.run);
  } else {
    limit = std::min(limit, kTreeStepLimit);
  }
  params_.execution_depth_limit = static_cast<unsigned>(std::min<std::uint64_t>(limit, ~0U - 1));
  const auto reset = [this](int thread) {
    ThreadState& state = threads_[index(thread)];
    state.finished = state.joined = state.detached = state.waits = false;
    state.steps = 0;
    state.write_to_read.reset();
    state.destructors.clear();
  };
  reset(0);
  g_fibers->reset(0);

  program_heap::g_on_reuse = [](Address begin, std::size_t size) { self_->forget(begin, size); };
  g_engine_table = &kTable;
  context_.iteration(1);
  g_engine_table = &passthrough_table();
  program_heap::g_on_reuse = nullptr;
  t_program_code = false;

  if (stuck_) describe_stuck();
  result.steps = 0;
  for (int i = 0; i <= created_; ++i) {
    read_written_value(threads_[index(i)]);
    result.steps += threads_[index(i)].steps;
    if (i == 0) continue;
    reset(i);
    // Those who waited for a thread's end would still be on its list in the next run.
    new (threads_[index(i)].sync) rl::thread_sync_object<kThreads>();
  }
  result.decisions = scheduler().decisions();
  result.threads = static_cast<std::uint32_t>(created_) + 1;
  if constexpr (!kRandom) {
    if (!too_many_threads_ && scheduler().diverged()) {
      result.outcome = HarnessError{
          "the program had other choices than before at the same point, which a search by depth "
          "cannot follow: it depends on time, addresses or random numbers, or the state to repeat "
          "is of another program"};
    }
  }
  return !too_many_threads_;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::run_main() {
  t_program_code = true;
  record(OpKind::thread_start, 0, 0, MemoryOrder::relaxed, 0);
  const int status = program_->main(program_->argc, program_->argv, program_->envp);
  end_program(status, 0);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::end_program(int status, Address pc) {
  // exit() called from what runs at exit: the C library goes on with what is left.
  if (!exiting_) {
    exiting_ = true;
    run_destructors();
  }
  exit_functions::run_all();
  record(OpKind::process_exit, 0, 0, MemoryOrder::relaxed, pc);
  if (status != 0) {
    const RuntimeScope scope;
    const int code = status & 0xff;
    conclude(
        CheapKey(FailureKind::exit_status).add(pc).add(static_cast<std::uint64_t>(code)).value(),
        [&] {
          Place place{.thread = current_id(),
                      .op = {.kind = OpKind::process_exit, .pc = pc},
                      .stack = {},
                      .note = {}};
          return Failed{FailureKind::exit_status, "exit status " + std::to_string(code), {place}};
        });
  }
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <typename Describe>
void Runner<kThreads, Search>::conclude(std::uint64_t cheap_key, Describe describe) {
  if (order_.known != nullptr) {
    if (const std::uint64_t* key = order_.known->find(cheap_key)) {
      result_->known_end = *key;
      return;
    }
  }
  Failed failure = describe();
  if (order_.known != nullptr) order_.known->add(cheap_key, failure_key(failure));
  result_->outcome = std::move(failure);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::fail(FailureKind kind, const char* message, Address pc) {
  {
    const RuntimeScope scope;
    record(OpKind::failure, 0, 0, MemoryOrder::relaxed, pc);
    const Op op{.kind = OpKind::failure, .pc = pc};
    const auto describe = [&](Place place) { return Failed{kind, message, {std::move(place)}}; };
    CheapKey key = CheapKey(kind).add(message);
    if (g_fibers->code.contains(pc)) {
      conclude(key.add(pc).value(), [&] { return describe(here(op)); });
    } else {
      // In a library's code: only the stack tells where the program is.
      Place place = here(op);
      conclude(key.add(place.op.pc).value(), [&] { return describe(std::move(place)); });
    }
  }
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::race(bool write, bool atomic, Address address, unsigned size,
                                    Address pc, int other, bool other_writes, bool other_atomic,
                                    Address other_pc) {
  {
    const RuntimeScope scope;
    const auto kind_of = [](bool writes, bool is_atomic) {
      if (is_atomic) return writes ? OpKind::atomic_store : OpKind::atomic_load;
      return writes ? OpKind::write : OpKind::read;
    };
    const auto bytes = static_cast<std::uint8_t>(std::min(size, 255U));
    const Op op{.kind = kind_of(write, atomic), .size = bytes, .address = address, .pc = pc};
    Place there{.thread = static_cast<ThreadId>(other),
                .op = {.kind = kind_of(other_writes, other_atomic),
                       .size = bytes,
                       .address = address,
                       .pc = other_pc},
                .stack = {},
                .note = {}};
    if (order_.record) {
      mark_race(op, there);
    }
    conclude(CheapKey(FailureKind::data_race).add(pc).add(other_pc).value(), [&] {
      return Failed{FailureKind::data_race, {}, {here(op), std::move(there)}};
    });
  }
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::mark_race(const Op& op, Place& there) {
  auto& events = result_->trace.events;
  // The access of this thread, unless its hook comes to the trace before it comes to the check.
  if (events.empty() || events.back().thread != current_id() || events.back().op.pc != op.pc) {
    append_event(op, std::nullopt, std::nullopt);
  }
  events.back().racy = true;
  for (std::size_t i = events.size() - 1; i-- > 0;) {
    Event& event = events[i];
    if (event.thread != there.thread || event.op.pc != there.op.pc) continue;
    event.racy = true;
    there.stack = event.stack;
    return;
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::on_signal(int number, Address pc, Address fault) {
  const bool in_hook = touching_ != 0;
  const bool has_fault = number == SIGSEGV || number == SIGBUS;
  const native::MessageBuffer message = native::signal_message(number, fault, has_fault);
  // Reports look at the instruction before a return address; here the instruction itself is meant.
  if (in_hook) fail(FailureKind::signal, message.c_str(), std::exchange(touching_, 0));
  if (g_fibers->code.contains(pc)) fail(FailureKind::signal, message.c_str(), pc + 1);
  // In somebody else's code: its locks may be held and its data half written. The process ends.
  const RuntimeScope scope;
  result_->outcome =
      Failed{FailureKind::signal, message.c_str(), {here({.kind = OpKind::failure, .pc = pc})}};
  order_.host->end_run_and_process(*result_);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::on_terminate() {
  native::AbortReason reason;
  {
    const RuntimeScope scope;
    reason = native::explain_terminate();
  }
  // The stack has not been unwound: its first frame is where the exception was thrown.
  fail(reason.kind, reason.message.c_str(), 0);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::relacy_failed(rl::test_result_e what) {
  const Address pc = me().pending.pc;
  switch (what) {
    case rl::test_result_deadlock:
      stuck_ = true;
      leave_run();
    case rl::test_result_livelock:
      give_up("the step limit was reached");
    case rl::test_result_recursion_on_nonrecursive_mutex:
      stuck_ = true;
      leave_run();
    case rl::test_result_unlocking_mutex_wo_ownership:
      fail(FailureKind::bad_unlock, "unlock of a mutex that the thread does not hold", pc);
    case rl::test_result_unitialized_access:
      fail(FailureKind::use_of_uninitialized, "load of an atomic before its first store", pc);
    default: {
      const RuntimeScope scope;
      result_->outcome =
          HarnessError{std::string("unexpected verdict of Relacy: ") + rl::test_result_str(what)};
    }
  }
  t_program_code = true;
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::describe_stuck() {
  CheapKey cheap(FailureKind::deadlock);
  for (int i = 0; i <= created_; ++i) {
    const ThreadState& thread = threads_[index(i)];
    if (thread.finished || !thread.waits) continue;
    cheap.add(thread.pending.pc).add(thread.pending.address).add(thread.pending.other);
  }
  conclude(cheap.value(), [this] {
    std::vector<native::StuckThread> stuck;
    for (int i = 0; i <= created_; ++i) {
      const ThreadState& thread = threads_[index(i)];
      if (!thread.finished && thread.waits) stuck.push_back(describe_stuck_thread(i));
    }
    return native::describe_hang(stuck, true);
  });
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
native::StuckThread Runner<kThreads, Search>::describe_stuck_thread(int thread) {
  native::StuckThread stuck;
  stuck.id = static_cast<ThreadId>(thread);
  stuck.op = threads_[index(thread)].pending;
  set_stack(stuck.op, stuck.stack, g_fibers->stack_of(thread));
  stuck.waits = true;
  if (stuck.op.kind == OpKind::mutex_lock) {
    const auto* found = mutexes_.find(stuck.op.address);
    if (found != nullptr && found->object != nullptr && found->object->owner >= 0) {
      const int owner = found->object->owner;
      stuck.holder = static_cast<ThreadId>(owner);
      stuck.holder_ended = threads_[index(owner)].finished;
    }
  } else if (stuck.op.kind == OpKind::cond_wait) {
    const auto* found = conditions_.find(stuck.op.address);
    if (found != nullptr && found->object != nullptr) {
      stuck.notifier = found->object->notifier;
      stuck.notifier_pc = found->object->notifier_pc;
    }
  }
  return stuck;
}

// ---- the trace

namespace {

// Memory that the program is about to access, or has tried to: it may not exist, and the fault must
// be the program's own.
std::optional<std::uint64_t> read_memory(Address address, unsigned size) {
  std::uint64_t value = 0;
  const iovec to{&value, size};
  const iovec from{reinterpret_cast<void*>(address), size};
  if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) != static_cast<ssize_t>(size)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace
// --------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::read_written_value(ThreadState& thread) {
  if (!thread.write_to_read) return;
  Event& event = result_->trace.events[*thread.write_to_read];
  event.value = read_memory(event.op.address, event.op.size);
  thread.write_to_read.reset();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::append_event(const Op& op, std::optional<std::uint64_t> value,
                                            std::optional<std::uint64_t> old_value) {
  const RuntimeScope scope;
  auto& events = result_->trace.events;
  ThreadState& thread = me();
  read_written_value(thread);
  if (events.size() == 2 * kMaxEvents) {
    for (int i = 0; i <= created_; ++i) read_written_value(threads_[index(i)]);
    events.erase(events.begin(), events.begin() + kMaxEvents);
    result_->trace.truncated = true;
  }
  Event event;
  event.thread = current_id();
  event.step = thread.steps;
  event.op = op;
  if (!events.empty() && events.back().thread != event.thread) {
    event.why = scheduler().stopped(static_cast<int>(events.back().thread));
  }
  const bool has_value = op.size == 1 || op.size == 2 || op.size == 4 || op.size == 8;
  if (op.kind == OpKind::read && has_value) value = read_memory(op.address, op.size);
  event.value = value;
  event.old_value = old_value;
  if (!is_plain_access(op.kind) || !g_fibers->code.contains(op.pc)) {
    set_stack(event.op, event.stack, capture_stack(g_fibers->code));
  }
  events.push_back(std::move(event));
  // What a plain write stores is in memory when its thread comes back here.
  if (op.kind == OpKind::write && has_value) thread.write_to_read = events.size() - 1;
}

// ---- plain accesses
// ---------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::check_plain(const Plain<kThreads>& other, bool atomic,
                                           Address address, unsigned size, Address pc) {
  const rl::timestamp_t* seen = info().acq_rel_order_;
  for (int i = 0; i < kThreads; ++i) {
    if (seen[i] < other.clocks.store_acq_rel_timestamp_[i]) {
      race(kWrite, atomic, address, size, pc, i, true, false, other.store_pc[index(i)]);
    }
    if (kWrite && seen[i] < other.clocks.load_acq_rel_timestamp_[i]) {
      race(kWrite, atomic, address, size, pc, i, false, false, other.load_pc[index(i)]);
    }
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::access_shared_cell(Cell<kThreads>& cell, Plain<kThreads>* plain,
                                                  unsigned offset, unsigned size, Address pc) {
  const Address address = (cell.key << 3U) + offset;
  for (const Plain<kThreads>* other = cell.plain; other != nullptr; other = other->next) {
    // Its own are checked as well: this call is for what several threads have accessed.
    if (other->overlaps(offset, size)) check_plain<kWrite>(*other, false, address, size, pc);
  }
  ThreadInfo& thread = info();
  for (Atomic<kThreads>* other = cell.atomic; other != nullptr; other = other->next) {
    if (!other->overlaps(offset, size)) continue;
    for (int i = 0; i < kThreads; ++i) {
      if (thread.acq_rel_order_[i] < other->stored[index(i)]) {
        race(kWrite, false, address, size, pc, i, true, true, other->store_pc[index(i)]);
      }
      if (kWrite && thread.acq_rel_order_[i] < other->loaded[index(i)]) {
        race(kWrite, false, address, size, pc, i, false, true, other->load_pc[index(i)]);
      }
    }
    if (kWrite) {
      other->overwritten = true;
      other->writer = current();
      other->written_at = thread.own_acq_rel_order_ + 1;
    }
  }
  plain->owner = plain->owner == Plain<kThreads>::kNobody ? current() : Plain<kThreads>::kSeveral;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::access_cell(Cell<kThreads>& cell, unsigned offset, unsigned size,
                                           Address pc) {
  Plain<kThreads>* plain = cell.plain;
  while (plain != nullptr && (plain->offset != offset || plain->size != size)) plain = plain->next;
  if (plain == nullptr) {
    plain = &made(plain_pool_.make(offset, size));
    plain->next = cell.plain;
    cell.plain = plain;
  }
  // A location of one thread alone needs no check, only the clock of its last access.
  const bool alone = plain->owner == current() && cell.atomic == nullptr && cell.plain == plain &&
                     plain->next == nullptr;
  if (!alone) access_shared_cell<kWrite>(cell, plain, offset, size, pc);
  ThreadInfo& thread = info();
  const std::size_t own = index(current());
  thread.own_acq_rel_order_ += 1;
  if constexpr (kWrite) {
    plain->clocks.store_acq_rel_timestamp_[own] = thread.own_acq_rel_order_;
    plain->store_pc[own] = pc;
    plain->last_writer = current();
  } else {
    plain->clocks.load_acq_rel_timestamp_[own] = thread.own_acq_rel_order_;
    plain->load_pc[own] = pc;
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::access(Address address, unsigned size, Address pc) {
  ThreadState& self = me();
  ++self.steps;
  if (--plain_left_ == 0) [[unlikely]] {
    plain_left_ = kPlainAccessesInARow;
    if (self.steps > order_.step_limit) give_up("the step limit was reached");
    context().sched();
  }
  record(kWrite ? OpKind::write : OpKind::read, address, size, MemoryOrder::relaxed, pc);
  // What happened before all other threads were made, or after they were joined, races with none.
  if (alone_) return;
  const unsigned offset = static_cast<unsigned>(address & 7U);
  if (offset + size <= 8) [[likely]] {
    access_cell<kWrite>(cell_of(address), offset, size, pc);
  } else {
    for (unsigned at = 0; at < size;) {
      const unsigned begin = static_cast<unsigned>((address + at) & 7U);
      const unsigned part = std::min(8 - begin, size - at);
      access_cell<kWrite>(cell_of(address + at), begin, part, pc);
      at += part;
    }
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
template <bool kWrite>
void Runner<kThreads, Search>::access_range(Address address, std::size_t size, Address pc) {
  constexpr std::size_t kPiece = 128;
  ThreadState& self = me();
  const std::uint64_t steps = self.steps;
  for (std::size_t at = 0; at < size; at += kPiece) {
    access<kWrite>(address + at, static_cast<unsigned>(std::min(kPiece, size - at)), pc);
  }
  self.steps = steps + 1;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::forget(Address begin, std::size_t size) {
  // The heap hands memory out again only in runs that use a lot of it. What threads did with its
  // former owner must not race with the new one's accesses.
  const auto clear = [](Cell<kThreads>& cell) {
    cell.plain = nullptr;
    cell.atomic = nullptr;
  };
  if (size / 8 < cells_.size()) {
    for (std::size_t at = 0; at < size; at += 8) {
      Cell<kThreads>* cell = cells_.find((begin + at) >> 3U);
      if (cell != nullptr) clear(*cell);
    }
  } else {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if ((cells_.entry(i).key << 3U) - begin < size) clear(cells_.entry(i));
    }
  }
  forget_objects(mutexes_, begin, size);
  forget_objects(conditions_, begin, size);
  forget_objects(annotated_, begin, size);
}

// ---- atomics
// ----------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
unsigned Runner<kThreads, Search>::relacy_load(ThreadInfo& thread, rl::atomic_data* data,
                                               MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_load_seq_cst(data);
  return acquires(order) ? thread.atomic_load_acquire(data) : thread.atomic_load_relaxed(data);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
unsigned Runner<kThreads, Search>::relacy_load_for_rmw(ThreadInfo& thread, rl::atomic_data* data,
                                                       MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_load_seq_cst_rmw(data);
  return acquires(order) ? thread.atomic_load_acquire_rmw(data)
                         : thread.atomic_load_relaxed_rmw(data);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
unsigned Runner<kThreads, Search>::relacy_store(ThreadInfo& thread, rl::atomic_data* data,
                                                MemoryOrder order) {
  if (order == MemoryOrder::seq_cst) return thread.atomic_store_seq_cst(data);
  return releases(order) ? thread.atomic_store_release(data) : thread.atomic_store_relaxed(data);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
unsigned Runner<kThreads, Search>::relacy_rmw(ThreadInfo& thread, rl::atomic_data* data,
                                              MemoryOrder order) {
  bool aba = false;
  switch (order) {
    case MemoryOrder::relaxed:
      return thread.atomic_rmw_relaxed(data, aba);
    case MemoryOrder::consume:
    case MemoryOrder::acquire:
      return thread.atomic_rmw_acquire(data, aba);
    case MemoryOrder::release:
      return thread.atomic_rmw_release(data, aba);
    case MemoryOrder::acq_rel:
      return thread.atomic_rmw_acq_rel(data, aba);
    case MemoryOrder::seq_cst:
      break;
  }
  return thread.atomic_rmw_seq_cst(data, aba);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
Atomic<kThreads>& Runner<kThreads, Search>::atomic_of(Address address, unsigned size, bool write,
                                                      Address pc) {
  Cell<kThreads>& cell = cell_of(address);
  const unsigned offset = static_cast<unsigned>(address & 7U);
  const Plain<kThreads>* first_store = nullptr;
  for (const Plain<kThreads>* plain = cell.plain; plain != nullptr; plain = plain->next) {
    if (!plain->overlaps(offset, size)) continue;
    if (write) {
      check_plain<true>(*plain, true, address, size, pc);
    } else {
      check_plain<false>(*plain, true, address, size, pc);
    }
    if (plain->last_writer >= 0) first_store = plain;
  }
  Atomic<kThreads>* atomic = cell.atomic;
  while (atomic != nullptr && (atomic->offset != offset || atomic->size != size)) {
    atomic = atomic->next;
  }
  if (atomic == nullptr) {
    atomic = &made(atomic_pool_.make(offset, size));
    atomic->next = cell.atomic;
    cell.atomic = atomic;
    if (first_store != nullptr) {
      atomic->writer = first_store->last_writer;
      atomic->written_at = first_store->clocks.store_acq_rel_timestamp_[first_store->last_writer];
    }
  }
  touching_ = pc;
  const std::uint64_t memory = load_memory(address, size);
  touching_ = 0;
  if (atomic->overwritten) [[unlikely]] {
    atomic->begin(atomic->writer, atomic->written_at, memory);
  } else if (atomic->latest != memory) [[unlikely]] {
    // By code without instrumentation, or while there was one thread. Seen by all.
    atomic->begin(0, 0, memory);
  }
  return *atomic;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
std::uint64_t Runner<kThreads, Search>::atomic_load(Address address, unsigned size,
                                                    MemoryOrder order, Address pc) {
  pending(OpKind::atomic_load, address, pc);
  context_.sched();
  done();
  Atomic<kThreads>& atomic = atomic_of(address, size, false, pc);
  const unsigned position = relacy_load(info(), &atomic.data, order);
  if (position == ~0U) relacy_failed(rl::test_result_unitialized_access);
  loaded(atomic, pc);
  const std::uint64_t value = atomic.values[position];
  record(OpKind::atomic_load, address, size, order, pc, kNoThread, value);
  return value;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::atomic_store(Address address, unsigned size, std::uint64_t value,
                                            MemoryOrder order, Address pc) {
  pending(OpKind::atomic_store, address, pc);
  context_.sched();
  done();
  value &= mask_of(size);
  Atomic<kThreads>& atomic = atomic_of(address, size, true, pc);
  stored(atomic, address, size, relacy_store(info(), &atomic.data, order), value, pc);
  record(OpKind::atomic_store, address, size, order, pc, kNoThread, value);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
std::uint64_t Runner<kThreads, Search>::atomic_rmw(Address address, unsigned size, RmwKind kind,
                                                   std::uint64_t operand, MemoryOrder order,
                                                   Address pc) {
  pending(OpKind::atomic_rmw, address, pc);
  context_.sched();
  done();
  Atomic<kThreads>& atomic = atomic_of(address, size, true, pc);
  const std::uint64_t old = atomic.latest;
  const std::uint64_t value = apply(kind, old, operand & mask_of(size), size);
  stored(atomic, address, size, relacy_rmw(info(), &atomic.data, order), value, pc);
  record(OpKind::atomic_rmw, address, size, order, pc, kNoThread, value, old);
  return old;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
bool Runner<kThreads, Search>::atomic_cas(Address address, unsigned size, std::uint64_t* expected,
                                          std::uint64_t desired, MemoryOrder success,
                                          MemoryOrder failure, bool weak, Address pc) {
  pending(OpKind::atomic_rmw, address, pc);
  context_.sched();
  done();
  Atomic<kThreads>& atomic = atomic_of(address, size, true, pc);
  const std::uint64_t old = atomic.latest;
  bool stores = old == (*expected & mask_of(size));
  if (stores && weak) {
    // With Relacy's own chances: one in four, in a search by depth once for each atomic.
    if constexpr (kRandom) {
      stores = scheduler().rand(4, rl::sched_type_cas_fail) != 0;
    } else if (!atomic.failed_spuriously) {
      stores = scheduler().rand(2, rl::sched_type_cas_fail) != 0;
      atomic.failed_spuriously = !stores;
    }
  }
  if (stores) {
    desired &= mask_of(size);
    stored(atomic, address, size, relacy_rmw(info(), &atomic.data, success), desired, pc);
    record(OpKind::atomic_rmw, address, size, success, pc, kNoThread, desired, old);
    return true;
  }
  relacy_load_for_rmw(info(), &atomic.data, failure);
  loaded(atomic, pc);
  *expected = old;
  record(OpKind::atomic_cas_fail, address, size, failure, pc, kNoThread, old);
  return false;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::atomic16(Address address, OpKind kind, MemoryOrder order,
                                        Address pc) {
  pending(kind, address, pc);
  context_.sched();
  done();
  // Relacy has no values of 16 bytes. The hook works on memory, so every thread sees the latest
  // value; what remains is the order that the operation makes and is held to.
  for (const Address half : {address, address + 8}) {
    Atomic<kThreads>& atomic = atomic_of(half, 8, writes(kind), pc);
    if (!writes(kind)) {
      relacy_load_for_rmw(info(), &atomic.data, order);
      loaded(atomic, pc);
    } else {
      const unsigned position = kind == OpKind::atomic_store
                                    ? relacy_store(info(), &atomic.data, order)
                                    : relacy_rmw(info(), &atomic.data, order);
      stored(atomic, half, 8, position, atomic.latest, pc);
    }
  }
  record(kind, address, 16, order, pc);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::fence(MemoryOrder order, Address pc) {
  pending(OpKind::fence, 0, pc);
  switch (order) {
    case MemoryOrder::relaxed:
      break;
    case MemoryOrder::consume:
    case MemoryOrder::acquire:
      context().atomic_thread_fence_acquire();
      break;
    case MemoryOrder::release:
      context().atomic_thread_fence_release();
      break;
    case MemoryOrder::acq_rel:
      context().atomic_thread_fence_acq_rel();
      break;
    case MemoryOrder::seq_cst:
      context().atomic_thread_fence_seq_cst();
      break;
  }
  done();
  record(OpKind::fence, 0, 0, order, pc);
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::annotate(Address address, bool release) {
  auto& sync = object_of(annotated_, annotated_pool_, reinterpret_cast<const void*>(address));
  if (release) {
    sync.release(&info());
  } else {
    sync.acquire(&info());
  }
}

// ---- threads
// ----------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::thread_create(pthread_t* thread, void* (*start)(void*),
                                            void* argument, Address pc) {
  ++me().steps;
  if (!scheduler().can_create()) {
    too_many_threads_ = true;
    leave_run();
  }
  ++created_;
  update_alone();
  ThreadState& state = threads_[index(created_)];
  state.start = start;
  state.argument = argument;
  g_fibers->reset(created_);
  state.sync = context().create_thread(&Runner::thread_main, &state);
  *thread = TlsLender::handle(g_fibers->base[index(created_)]);
  record(OpKind::thread_create, 0, 0, MemoryOrder::relaxed, pc, static_cast<ThreadId>(created_));
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void* Runner<kThreads, Search>::thread_main(void* argument) {
  auto& state = *static_cast<ThreadState*>(argument);
  self_->record(OpKind::thread_start, 0, 0, MemoryOrder::relaxed, 0);
  self_->end_thread(state.start(state.argument), 0);
  __builtin_unreachable();  // compilers do not look into templates for what does not return
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::run_destructors() {
  auto& destructors = me().destructors;
  while (!destructors.empty()) {
    const auto [destructor, object] = destructors.back();
    destructors.pop_back();
    destructor(object);
  }
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::end_thread(void* value, Address pc) {
  run_destructors();
  keys_.run_destructors(me().key_values);
  ThreadState& state = me();
  ++state.steps;
  state.result = value;
  state.finished = true;
  record(OpKind::thread_exit, 0, 0, MemoryOrder::relaxed, pc);
  info().on_finish();
  switch (scheduler().thread_finished()) {
    case rl::thread_finish_result_last:
      // main called pthread_exit(): the process ends with its last thread, and with success.
      end_program(0, pc);
    case rl::thread_finish_result_deadlock:
      relacy_failed(rl::test_result_deadlock);
      break;
    case rl::thread_finish_result_normal:
      break;
  }
  context_.sched();
  __builtin_unreachable();  // nobody switches to a thread that has ended
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
ThreadState* Runner<kThreads, Search>::thread_of(pthread_t handle) {
  for (int i = 0; i <= created_; ++i) {
    if (TlsLender::handle(g_fibers->base[index(i)]) == handle) return &threads_[index(i)];
  }
  return nullptr;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::thread_join(pthread_t handle, void** value, Address pc) {
  ThreadState* other = thread_of(handle);
  if (other == nullptr) return ESRCH;
  if (other == &me()) return EDEADLK;
  // Relacy has nothing that would tell the end of the thread that runs main.
  if (other == &threads_[0] || other->joined || other->detached) return EINVAL;
  const auto id = static_cast<ThreadId>(other - threads_.data());
  pending(OpKind::thread_join, 0, pc, id);
  other->sync->wait(false, false, kNowhere);
  done();
  other->joined = true;
  ++joined_;
  update_alone();
  // Clocks of threads that others joined come to main with theirs; only main's own count is used.
  if (current() != 0) alone_ = false;
  if (value != nullptr) *value = other->result;
  record(OpKind::thread_join, 0, 0, MemoryOrder::relaxed, pc, id);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::thread_detach(pthread_t handle, Address pc) {
  ThreadState* other = thread_of(handle);
  if (other == nullptr) return ESRCH;
  if (other->joined || other->detached) return EINVAL;
  other->detached = true;
  ++me().steps;
  record(OpKind::thread_detach, 0, 0, MemoryOrder::relaxed, pc,
         static_cast<ThreadId>(other - threads_.data()));
  return 0;
}

// ---- locks
// ------------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::lock(pthread_mutex_t* mutex, const timespec* deadline, Address pc) {
  pending(OpKind::mutex_lock, address_of(mutex), pc);
  Mutex<kThreads>& shadow = mutex_of(mutex);
  if (shadow.owner == current() && shadow.kind == PTHREAD_MUTEX_ERRORCHECK) {
    done();
    return EDEADLK;
  }
  const bool locked = shadow.data.lock_exclusive(deadline != nullptr, kNowhere);
  done();
  if (!locked) {
    pass_time_until(*deadline);
    record(OpKind::timeout, address_of(mutex), 0, MemoryOrder::relaxed, pc);
    return ETIMEDOUT;
  }
  shadow.owner = current();
  ++shadow.depth;
  record(OpKind::mutex_lock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::trylock(pthread_mutex_t* mutex, Address pc) {
  pending(OpKind::mutex_lock, address_of(mutex), pc);
  Mutex<kThreads>& shadow = mutex_of(mutex);
  bool locked = false;
  if (shadow.owner == current() && shadow.kind != PTHREAD_MUTEX_RECURSIVE) {
    // An answer to POSIX, an error of the program to Relacy.
    context_.sched();
  } else {
    locked = shadow.data.try_lock_exclusive(kNowhere);
  }
  done();
  if (!locked) {
    record(OpKind::mutex_trylock_fail, address_of(mutex), 0, MemoryOrder::relaxed, pc);
    return EBUSY;
  }
  shadow.owner = current();
  ++shadow.depth;
  record(OpKind::mutex_lock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::unlock(pthread_mutex_t* mutex, Address pc) {
  pending(OpKind::mutex_unlock, address_of(mutex), pc);
  Mutex<kThreads>& shadow = mutex_of(mutex);
  if (shadow.owner != current() &&
      (shadow.kind == PTHREAD_MUTEX_ERRORCHECK || shadow.kind == PTHREAD_MUTEX_RECURSIVE)) {
    done();
    return EPERM;
  }
  shadow.data.unlock_exclusive(kNowhere);
  done();
  // No other thread has run since Relacy gave the mutex up.
  if (--shadow.depth == 0) shadow.owner = Mutex<kThreads>::kFree;
  record(OpKind::mutex_unlock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::destroy_mutex(pthread_mutex_t* mutex) {
  ++me().steps;
  auto* entry = mutexes_.find(address_of(mutex));
  if (entry == nullptr || entry->object == nullptr) return 0;
  if (entry->object->owner != Mutex<kThreads>::kFree) return EBUSY;
  entry->object = nullptr;
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::wait(pthread_cond_t* cond, pthread_mutex_t* mutex,
                                   const timespec* deadline, Address pc) {
  pending(OpKind::cond_wait, address_of(cond), pc, kNoThread, address_of(mutex));
  record(OpKind::cond_wait, address_of(cond), 0, MemoryOrder::relaxed, pc, kNoThread, std::nullopt,
         std::nullopt, address_of(mutex));
  Condition<kThreads>& condition = condition_of(cond);
  Mutex<kThreads>& shadow = mutex_of(mutex);
  const WaitingMutex waiting(*this, condition, shadow);
  // In this class's base the function is public.
  rl::condvar_data& data = condition.data;
  const rl::sema_wakeup_reason reason = data.wait(waiting, deadline != nullptr, kNowhere);
  done();
  ++me().steps;
  const bool timed_out = reason == rl::sema_wakeup_reason_timeout;
  if (timed_out) {
    pass_time_until(*deadline);
    record(OpKind::timeout, address_of(cond), 0, MemoryOrder::relaxed, pc);
  }
  record(OpKind::mutex_lock, address_of(mutex), 0, MemoryOrder::relaxed, pc);
  return timed_out ? ETIMEDOUT : 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::notify(pthread_cond_t* cond, bool all, Address pc) {
  const OpKind kind = all ? OpKind::cond_broadcast : OpKind::cond_signal;
  pending(kind, address_of(cond), pc);
  Condition<kThreads>& condition = condition_of(cond);
  rl::condvar_data& data = condition.data;
  if (all) {
    data.notify_all(kNowhere);
  } else {
    data.notify_one(kNowhere);
  }
  done();
  if (condition.waiters == 0) {
    condition.notifier = current_id();
    condition.notifier_pc = pc;
  } else {
    condition.waiters = all ? 0 : condition.waiters - 1;
  }
  record(kind, address_of(cond), 0, MemoryOrder::relaxed, pc);
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::destroy_condition(pthread_cond_t* cond) {
  ++me().steps;
  auto* entry = conditions_.find(address_of(cond));
  if (entry != nullptr && entry->object != nullptr && entry->object->waiters == 0) {
    entry->object = nullptr;
  }
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::give_way(OpKind kind, Address pc) {
  pending(kind, 0, pc);
  record(kind, 0, 0, MemoryOrder::relaxed, pc);
  context().yield(1, kNowhere);
  done();
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::refuse(const char* what) {
  {
    const RuntimeScope scope;
    result_->outcome = HarnessError{std::string("the program uses ") + what +
                                    ", which the relacy engine does not know; fuzz may"};
  }
  leave_run();
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
int Runner<kThreads, Search>::sync_call(const SyncCall& call, Address pc) {
  const Address address = address_of(call.object);
  switch (call.kind) {
    case SyncCall::Kind::once_begin:
      while (true) {
        // The word itself carries the order, as the program's own look at it does.
        atomic_load(address, 1, MemoryOrder::acquire, pc);
        if (call.is_done(call.object)) return 0;
        const auto busy = std::find(initializing_.begin(), initializing_.end(), address);
        if (busy == initializing_.end()) break;
        give_way(OpKind::once, pc);
      }
      {
        const RuntimeScope scope;
        initializing_.push_back(address);
      }
      return 1;
    case SyncCall::Kind::once_end:
      std::erase(initializing_, address);
      atomic_store(address, 1, native_load(address, 1), MemoryOrder::release, pc);
      return 0;
    case SyncCall::Kind::rwlock_read_lock:
    case SyncCall::Kind::rwlock_write_lock:
    case SyncCall::Kind::rwlock_unlock:
      refuse("read-write locks");
    case SyncCall::Kind::spin_lock:
    case SyncCall::Kind::spin_unlock:
      refuse("spin locks");
    case SyncCall::Kind::sem_wait:
    case SyncCall::Kind::sem_post:
      refuse("semaphores");
    case SyncCall::Kind::barrier_wait:
      refuse("barriers");
    case SyncCall::Kind::futex_wait:
    case SyncCall::Kind::futex_wake:
      refuse("futexes (std::atomic::wait, std::future and their kin)");
    case SyncCall::Kind::rwlock_destroy:
    case SyncCall::Kind::spin_destroy:
    case SyncCall::Kind::sem_destroy:
    case SyncCall::Kind::barrier_destroy:
      return 0;
  }
  return 0;
}

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
void Runner<kThreads, Search>::pass_time_until(const timespec& deadline) {
  const std::uint64_t time = static_cast<std::uint64_t>(deadline.tv_sec) * kNanoseconds +
                             static_cast<std::uint64_t>(deadline.tv_nsec);
  if (time > kClockStart + now_ns_) now_ns_ = time - kClockStart;
}

// ---- the hooks
// --------------------------------------------------------------------------------------

template <rl::thread_id_t kThreads, template <rl::thread_id_t> typename Search>
EngineTable Runner<kThreads, Search>::make_table() {
  EngineTable table{};
  table.read[0] = [](Address a, Address pc) { self_->template access<false>(a, 1, pc); };
  table.read[1] = [](Address a, Address pc) { self_->template access<false>(a, 2, pc); };
  table.read[2] = [](Address a, Address pc) { self_->template access<false>(a, 4, pc); };
  table.read[3] = [](Address a, Address pc) { self_->template access<false>(a, 8, pc); };
  table.read[4] = [](Address a, Address pc) { self_->template access<false>(a, 16, pc); };
  table.write[0] = [](Address a, Address pc) { self_->template access<true>(a, 1, pc); };
  table.write[1] = [](Address a, Address pc) { self_->template access<true>(a, 2, pc); };
  table.write[2] = [](Address a, Address pc) { self_->template access<true>(a, 4, pc); };
  table.write[3] = [](Address a, Address pc) { self_->template access<true>(a, 8, pc); };
  table.write[4] = [](Address a, Address pc) { self_->template access<true>(a, 16, pc); };
  table.read_range = [](Address a, std::size_t size, Address pc) {
    self_->template access_range<false>(a, size, pc);
  };
  table.write_range = [](Address a, std::size_t size, Address pc) {
    self_->template access_range<true>(a, size, pc);
  };
  table.atomic_load = [](Address a, unsigned size, MemoryOrder order, Address pc) {
    return self_->atomic_load(a, size, order, pc);
  };
  table.atomic_store = [](Address a, unsigned size, std::uint64_t value, MemoryOrder order,
                          Address pc) { self_->atomic_store(a, size, value, order, pc); };
  table.atomic_rmw = [](Address a, unsigned size, RmwKind kind, std::uint64_t operand,
                        MemoryOrder order, Address pc) {
    return self_->atomic_rmw(a, size, kind, operand, order, pc);
  };
  table.atomic_cas = [](Address a, unsigned size, std::uint64_t* expected, std::uint64_t desired,
                        MemoryOrder success, MemoryOrder failure, bool weak, Address pc) {
    return self_->atomic_cas(a, size, expected, desired, success, failure, weak, pc);
  };
  table.atomic16 = [](Address a, OpKind kind, MemoryOrder order, Address pc) {
    self_->atomic16(a, kind, order, pc);
  };
  table.fence = [](MemoryOrder order, Address pc) { self_->fence(order, pc); };
  table.annotate = [](Address a, bool release) { self_->annotate(a, release); };
  table.thread_create = [](pthread_t* thread, const pthread_attr_t*, void* (*start)(void*),
                           void* argument, Address pc) {
    return self_->thread_create(thread, start, argument, pc);
  };
  table.thread_join = [](pthread_t thread, void** value, Address pc) {
    return self_->thread_join(thread, value, pc);
  };
  table.thread_detach = [](pthread_t thread, Address pc) {
    return self_->thread_detach(thread, pc);
  };
  table.thread_atexit = [](void (*destructor)(void*), void* object, void*) {
    const RuntimeScope scope;
    self_->me().destructors.emplace_back(destructor, object);
    return 0;
  };
  table.thread_exit = [](void* value, Address pc) { self_->end_thread(value, pc); };
  table.mutex_lock = [](pthread_mutex_t* m, Address pc) { return self_->lock(m, nullptr, pc); };
  table.mutex_trylock = [](pthread_mutex_t* m, Address pc) { return self_->trylock(m, pc); };
  table.mutex_unlock = [](pthread_mutex_t* m, Address pc) { return self_->unlock(m, pc); };
  // Relacy has no clock: a time limit may run out at any moment, or never.
  table.mutex_timedlock = [](pthread_mutex_t* m, clockid_t, const timespec* deadline, Address pc) {
    return self_->lock(m, deadline, pc);
  };
  table.mutex_destroy = [](pthread_mutex_t* m, Address) { return self_->destroy_mutex(m); };
  table.cond_wait = [](pthread_cond_t* c, pthread_mutex_t* m, Address pc) {
    return self_->wait(c, m, nullptr, pc);
  };
  table.cond_timedwait = [](pthread_cond_t* c, pthread_mutex_t* m, clockid_t,
                            const timespec* deadline,
                            Address pc) { return self_->wait(c, m, deadline, pc); };
  table.cond_signal = [](pthread_cond_t* c, Address pc) { return self_->notify(c, false, pc); };
  table.cond_broadcast = [](pthread_cond_t* c, Address pc) { return self_->notify(c, true, pc); };
  table.cond_destroy = [](pthread_cond_t* c, Address) { return self_->destroy_condition(c); };
  table.sync_call = [](const SyncCall& call, Address pc) { return self_->sync_call(call, pc); };
  table.unsupported = [](const char* function, Address) { self_->refuse(function); };
  table.key_create = [](pthread_key_t* key, void (*destructor)(void*)) {
    return self_->keys_.create(key, destructor);
  };
  table.key_delete = [](pthread_key_t key) {
    return ThreadKeys::owns(key) ? self_->keys_.remove(key) : passthrough_table().key_delete(key);
  };
  table.key_set = [](pthread_key_t key, void* value) {
    return ThreadKeys::owns(key) ? self_->keys_.set(self_->me().key_values, key, value)
                                 : passthrough_table().key_set(key, value);
  };
  table.key_get = [](pthread_key_t key) {
    return ThreadKeys::owns(key) ? self_->keys_.get(self_->me().key_values, key)
                                 : passthrough_table().key_get(key);
  };
  table.yield = [](Address pc) { return self_->give_way(OpKind::yield, pc); };
  table.sleep = [](const timespec* duration, Address pc) {
    self_->now_ns_ += static_cast<std::uint64_t>(duration->tv_sec) * kNanoseconds +
                      static_cast<std::uint64_t>(duration->tv_nsec);
    return self_->give_way(OpKind::sleep, pc);
  };
  table.clock_gettime = [](clockid_t, timespec* now) {
    self_->now_ns_ += kClockTick;
    const std::uint64_t time = kClockStart + self_->now_ns_;
    *now = {.tv_sec = static_cast<time_t>(time / kNanoseconds),
            .tv_nsec = static_cast<long>(time % kNanoseconds)};
    return 0;
  };
  table.exit = [](int status, Address pc) { self_->end_program(status, pc); };
  table.abort = [](Address pc) {
    native::AbortReason reason;
    {
      const RuntimeScope scope;
      reason = native::explain_abort(pc);
    }
    self_->fail(reason.kind, reason.message.c_str(), pc);
  };
  table.assert_fail = [](const char* expression, const char*, unsigned, const char*, Address pc) {
    self_->fail(FailureKind::assertion, expression, pc);
  };
  return table;
}

// ---- the engine
// -------------------------------------------------------------------------------------

namespace {

// Faults of the program, and exceptions that it does not catch, while runs are executed.
class FaultGuard {
 public:
  FaultGuard() {
    // The program's own stack may be what overflowed.
    const stack_t stack{.ss_sp = stack_.data(), .ss_flags = 0, .ss_size = stack_.size()};
    sigaltstack(&stack, &stack_before_);
    struct sigaction action = {};
    action.sa_sigaction = on_signal;
    // Left by switching away: the signal must not stay blocked.
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &action, &actions_before_[i]);
    }
    terminate_before_ = std::set_terminate(on_terminate);
  }
  FaultGuard(const FaultGuard&) = delete;
  FaultGuard& operator=(const FaultGuard&) = delete;
  ~FaultGuard() {
    std::set_terminate(terminate_before_);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &actions_before_[i], nullptr);
    }
    sigaltstack(&stack_before_, nullptr);
  }

 private:
  static constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

  static bool in_program() { return g_fibers->current >= 0 && g_runner != nullptr; }

  static void on_signal(int number, siginfo_t* information, void* context) {
    if (in_program()) {
      const auto* state = static_cast<const ucontext_t*>(context);
      g_runner->on_signal(number, static_cast<Address>(state->uc_mcontext.gregs[REG_RIP]),
                          address_of(information->si_addr));
    }
    // Not the program's doing: die of it, and be seen to have died.
    signal(number, SIG_DFL);
    raise(number);
  }

  // The C++ runtime's own handler prints, and from the second run on says "terminate called
  // recursively".
  static void on_terminate() {
    if (in_program()) g_runner->on_terminate();
    terminate_before_();
  }

  static inline std::terminate_handler terminate_before_ = nullptr;

  std::vector<char> stack_ = std::vector<char>(std::size_t{64} << 10);
  stack_t stack_before_{};
  std::array<struct sigaction, kSignals.size()> actions_before_{};
};

class RelacyEngine final : public Engine {
 public:
  bool execute(const Job& job, RunHost& host) override;

 private:
  // A runner for the search with room for this many threads. Null: no memory or no threads.
  RunnerBase* runner(const RelacySearch& search, rl::thread_id_t threads);
  // Executes the run, with more threads if need be. False: not even kManyThreads were enough.
  bool run(const Job& job, std::uint64_t number, RunHost& host, RunResult& result);
  bool report_error(const Job& job, RunHost& host, std::string message);

  std::unique_ptr<Fibers> fibers_;
  std::unique_ptr<RunnerBase> runner_;
  RelacySearch search_;
  rl::thread_id_t threads_ = 0;
  rl::thread_id_t wanted_threads_ = kFewThreads;
  RandomRun random_;
  KnownFailures known_;
  // A search by depth goes on where it was: what the next run's number is.
  std::uint64_t next_run_ = 0;
  bool exhausted_ = false;
};

RunnerBase* RelacyEngine::runner(const RelacySearch& search, rl::thread_id_t threads) {
  if (runner_ != nullptr && search == search_ && threads == threads_) return runner_.get();
  runner_.reset();
  if (fibers_ == nullptr) {
    fibers_ = std::make_unique<Fibers>();
    g_fibers = fibers_.get();
  }
  if (!fibers_->prepare(threads)) return nullptr;
  search_ = search;
  threads_ = threads;
  const bool few = threads == kFewThreads;
  if (search.random) {
    if (few) {
      runner_ = std::make_unique<Runner<kFewThreads, RandomScheduler>>(search.bound);
    } else {
      runner_ = std::make_unique<Runner<kManyThreads, RandomScheduler>>(search.bound);
    }
  } else if (few) {
    runner_ = std::make_unique<Runner<kFewThreads, TreeScheduler>>(search.bound);
  } else {
    runner_ = std::make_unique<Runner<kManyThreads, TreeScheduler>>(search.bound);
  }
  next_run_ = 0;
  exhausted_ = false;
  return runner_.get();
}

bool RelacyEngine::report_error(const Job& job, RunHost& host, std::string message) {
  RunResult result;
  result.run = job.first_run;
  result.outcome = HarnessError{std::move(message)};
  host.begin_run(job.first_run);
  host.end_run(result);
  return true;
}

bool RelacyEngine::run(const Job& job, std::uint64_t number, RunHost& host, RunResult& result) {
  const RunOrder order{.random = random_,
                       .step_limit = job.step_limit,
                       .record = job.record_trace,
                       .host = &host,
                       .known = job.replay ? nullptr : &known_};
  while (true) {
    host.restore();
    host.begin_run(number);
    if (runner_->execute(order, host.program(), result)) return true;
    if (threads_ == kManyThreads) {
      result.outcome = GaveUp{"the run made more than " + std::to_string(kManyThreads - 1) +
                              " threads, which is what the relacy engine can follow"};
      return true;
    }
    // The choices so far are the same whatever the number of threads that there could be.
    const std::vector<std::uint8_t> path = runner_->path();
    const std::uint64_t next_run = next_run_;
    wanted_threads_ = kManyThreads;
    if (runner(search_, kManyThreads) == nullptr) return false;
    runner_->set_path(path);
    next_run_ = next_run;
  }
}

bool RelacyEngine::execute(const Job& job, RunHost& host) {
  std::optional<RelacyState> state;
  auto search = parse_relacy_search(job.relacy_search);
  if (job.replay) {
    state = parse_relacy_state(job.relacy_state);
    if (!state) return report_error(job, host, "not a state of Relacy: " + job.relacy_state);
    const auto* tree = std::get_if<TreeRun>(&*state);
    search = tree == nullptr ? RelacySearch{} : RelacySearch{.random = false, .bound = tree->bound};
  }
  if (!search) {
    return report_error(job, host,
                        "no search of Relacy: " + job.relacy_search +
                            " (there are random, full and bound:N with N up to 1000)");
  }
  constexpr const char* kNoMemory = "the system has no memory or no threads for Relacy's fibers";
  try {
    if (runner(*search, wanted_threads_) == nullptr) return report_error(job, host, kNoMemory);

    const bool by_depth = !search->random;
    if (by_depth && (job.replay || job.first_run != next_run_)) {
      next_run_ = 0;
      exhausted_ = false;
      runner_->set_path(job.replay ? std::get<TreeRun>(*state).path : std::vector<std::uint8_t>{});
    }
    known_.clear();
    const FaultGuard guard;
    RunResult result;
    const std::uint64_t runs = job.replay ? 1 : job.runs;
    const std::uint64_t end = job.first_run + runs;
    // A search by depth finds a run by executing those before it.
    for (std::uint64_t number = by_depth && !job.replay ? next_run_ : job.first_run; number < end;
         ++number) {
      if (exhausted_) return false;
      random_ = job.replay && state && std::holds_alternative<RandomRun>(*state)
                    ? std::get<RandomRun>(*state)
                    : RandomRun{job.seed, number};
      if (!run(job, number, host, result)) return report_error(job, host, kNoMemory);
      result.run = number;
      result.relacy_state.clear();
      if (job.replay) {
        result.relacy_state = job.relacy_state;
      } else if (std::holds_alternative<Failed>(result.outcome) || !result.reports.empty()) {
        // Of a failure that was reported before nobody asks for it.
        result.relacy_state =
            by_depth ? to_text(TreeRun{search->bound, runner_->path()}) : to_text(random_);
      }
      if (by_depth) {
        exhausted_ = !runner_->advance();
        next_run_ = number + 1;
      }
      if (number >= job.first_run && !host.end_run(result)) return true;
    }
    if (job.replay) next_run_ = 0;
    return !(by_depth && !job.replay && exhausted_);
  } catch (const std::bad_alloc&) {
    return report_error(job, host, kNoMemory);
  }
}

}  // namespace
}  // namespace heddle::relacy

namespace heddle {

std::unique_ptr<Engine> make_relacy_engine() {
  return std::make_unique<relacy::RelacyEngine>();
}

}  // namespace heddle
