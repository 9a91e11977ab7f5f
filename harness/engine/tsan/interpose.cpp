// The entry points. Each is a stub in assembly that saves the arguments, asks `heddle_tsan_step`
// where to go and jumps there with the arguments and the return address as they were: the
// runtime takes the return address for the place in the program that it reports.
#include <dlfcn.h>
#include <pthread.h>
#include <unwind.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <new>
#include <string_view>

#include "fuzz/random.h"
#include "harness/engine/native/constructed_heap.h"
#include "harness/engine/native/program_image.h"
#include "harness/engine/native/raw_system.h"
#include "harness/engine/tsan/child_run.h"
#include "harness/engine/tsan/tsan_engine.h"
#include "harness/hooks/early_threads.h"

namespace heddle::tsan {
namespace {

using native::Life;

// As the stub pushes them, lowest address first.
struct SavedCall {
  std::uint64_t unused;  // keeps the stack aligned
  std::uint64_t r9;
  std::uint64_t r8;
  std::uint64_t rcx;
  std::uint64_t rdx;
  std::uint64_t rsi;
  std::uint64_t rdi;
  Address pc;
};

struct Entry {
  const char* name;
  OpKind kind;
  bool changes;
  std::uint64_t SavedCall::*order;  // the argument that is the memory order, if there is one
  std::atomic<void*> real;
};

// By the signatures of <sanitizer/tsan_interface_atomic.h>: of 128 bits a value takes two
// registers.
constexpr std::uint64_t SavedCall::*order_of(std::string_view name) {
  if (!name.starts_with("__tsan_atomic")) return nullptr;
  if (name.ends_with("_fence")) return &SavedCall::rdi;
  if (name.ends_with("_load")) return &SavedCall::rsi;
  const bool wide = name.starts_with("__tsan_atomic128");
  if (name.ends_with("_compare_exchange_val")) return wide ? &SavedCall::r9 : &SavedCall::rcx;
  if (name.find("_compare_exchange_") != name.npos) return wide ? &SavedCall::r8 : &SavedCall::rcx;
  return wide ? &SavedCall::rcx : &SavedCall::rdx;
}

MemoryOrder asked_for(const Entry& entry, const SavedCall& call) {
  if (entry.order == nullptr) return MemoryOrder::relaxed;
  constexpr auto kLast = static_cast<std::uint32_t>(MemoryOrder::seq_cst);
  return static_cast<MemoryOrder>(std::min(static_cast<std::uint32_t>(call.*entry.order), kLast));
}

std::atomic<bool> g_program_code{false};  // the executable's constructors have begun
constinit native::ConstructedHeap g_constructed{};

// How long a thread waits to start together with others whose creator does nothing that would let
// them go.
constexpr std::uint64_t kGateNs = 1'000'000;

std::uint64_t nothing() {
  return 0;
}

void* resolve(Entry& entry) {
  void* real = dlsym(RTLD_NEXT, entry.name);
  // Not every runtime has every entry point; what it lacks, no program linked with it calls.
  if (real == nullptr) real = reinterpret_cast<void*>(&nothing);
  entry.real.store(real, std::memory_order_relaxed);
  return real;
}

// ---- threads

struct StartOfThread {
  void* (*start)(void*);
  void* argument;
  TsanThread* thread;
  bool gated;
};

void open_gate() {
  if (g_shared->gate.exchange(1, std::memory_order_acq_rel) == 0) {
    native::futex_wake(g_shared->gate, static_cast<int>(kMaxThreads));
  }
}

void wait_for_gate() {
  const std::uint64_t begin = native::monotonic_ns();
  while (g_shared->gate.load(std::memory_order_acquire) == 0) {
    const std::uint64_t waited = native::monotonic_ns() - begin;
    if (waited >= kGateNs) return;
    native::futex_wait(g_shared->gate, 0, kGateNs - waited);
  }
}

// Marks the thread's end also when pthread_exit() unwinds its stack.
struct EndOfThread {
  TsanThread* thread;
  ~EndOfThread() {
    t_self = nullptr;
    thread->slot.life.store(Life::ended, std::memory_order_release);
  }
};

void* begin_thread(void* start) {
  const StartOfThread work = *static_cast<StartOfThread*>(start);
  delete static_cast<StartOfThread*>(start);
  TsanThread& self = *work.thread;
  self.slot.handle.store(pthread_self(), std::memory_order_relaxed);
  self.slot.tid.store(native::thread_id(), std::memory_order_relaxed);
  self.slot.life.store(Life::running, std::memory_order_release);
  const EndOfThread end{&self};
  if (work.gated) wait_for_gate();
  self.base_frame = reinterpret_cast<Address>(__builtin_frame_address(0));
  t_self = &self;
  return work.start(work.argument);
}

// Puts begin_thread() in place of the program's function.
void on_create(TsanThread& creator, SavedCall& call) {
  const std::uint32_t id = g_shared->thread_count.fetch_add(1);
  // The runtime still gets to see threads beyond the limit; they go without delays.
  if (id >= kMaxThreads) return;
  TsanThread& thread = g_shared->threads[id];
  thread.id = id;
  thread.gate_budget = 0;
  thread.delays.emplace(g_shared->delay, g_shared->seed, g_shared->number, id,
                        g_shared->ticks_per_ns);
  thread.slot.life.store(Life::created, std::memory_order_relaxed);
  // As in the stress engine, half of the runs start their threads together.
  const bool gated = g_shared->delay.shape != DelayShape::none &&
                     Random(g_shared->seed, g_shared->number, ~std::uint64_t{0}).below(2) == 0;
  if (gated) {
    g_shared->gate.store(0, std::memory_order_release);
    creator.gate_budget = 256;
  }
  auto* work = new StartOfThread{.start = reinterpret_cast<void* (*)(void*)>(call.rdx),
                                 .argument = reinterpret_cast<void*>(call.rcx),
                                 .thread = &thread,
                                 .gated = gated};
  call.rdx = reinterpret_cast<std::uint64_t>(&begin_thread);
  call.rcx = reinterpret_cast<std::uint64_t>(work);
}

bool lets_others_go(OpKind kind) {
  return kind == OpKind::thread_join || kind == OpKind::cond_wait || kind == OpKind::yield ||
         kind == OpKind::sleep || kind == OpKind::mutex_trylock_fail;
}

void on_notification(TsanThread& self, const SavedCall& call) {
  std::array<const native::ThreadSlot*, kMaxThreads> slots{};
  const std::uint32_t count = g_shared->threads_used();
  for (std::uint32_t i = 0; i < count; ++i) slots[i] = &g_shared->threads[i].slot;
  g_shared->notifications.notified(call.rdi, native::anyone_waits({slots.data(), count}, call.rdi),
                                   self.id, call.pc);
}

[[gnu::noinline]] void look(TsanThread& self, const SavedCall& call) {
  // Out of reach of the hooks: the unwinder is a library that calls them.
  t_self = nullptr;
  self.slot.repetition.look(call.pc, call.rdi, self.base_frame);
  t_self = &self;
}

// The code address by which the program itself called what has called `pc`'s function: of the C++
// library's own, no report can name a line.
[[gnu::noinline]] Address own_caller(TsanThread& self, Address pc) {
  static const native::ProgramText text;
  if (text.contains(pc)) return pc;
  struct Search {
    Address pc;
    bool begun = false;
    Address found = 0;
  } search{pc};
  // As in look().
  t_self = nullptr;
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* argument) {
        auto& wanted = *static_cast<Search*>(argument);
        const Address at = _Unwind_GetIP(context);
        wanted.begun = wanted.begun || at == wanted.pc;
        if (!wanted.begun || !text.contains(at)) return _URC_NO_REASON;
        wanted.found = at;
        return _URC_NORMAL_STOP;
      },
      &search);
  t_self = &self;
  return search.found == 0 ? pc : search.found;
}

void pass(TsanThread& self, const Entry& entry, SavedCall& call) {
  // Before delays: what is left on the stack of them is never twice the same.
  if (self.slot.repetition.asked()) [[unlikely]]
    look(self, call);
  self.slot.step();
  if (entry.changes) self.slot.change();
  if (self.gate_budget != 0 && --self.gate_budget == 0) open_gate();
  self.delays->pass();
  // The runtime is called by itself within these calls: nothing below may go through a hook.
  self.slot.note(entry.kind, entry.kind == OpKind::fence ? 0 : call.rdi, call.pc,
                 asked_for(entry, call));
  switch (entry.kind) {
    case OpKind::cond_wait:
      self.slot.address2.store(call.rsi, std::memory_order_relaxed);
      break;
    case OpKind::cond_signal:
    case OpKind::cond_broadcast:
      on_notification(self, call);
      break;
    case OpKind::thread_create:
      on_create(self, call);
      break;
    case OpKind::thread_join:
      g_shared->joins.fetch_add(1);
      self.slot.pc.store(own_caller(self, call.pc), std::memory_order_relaxed);
      break;
    default:
      break;
  }
  if (self.gate_budget != 0 && lets_others_go(entry.kind)) {
    self.gate_budget = 0;
    open_gate();
  }
}

}  // namespace

extern "C" __attribute__((visibility("hidden"), used)) void* heddle_tsan_step(SavedCall* call,
                                                                              Entry* entry) {
  void* real = entry->real.load(std::memory_order_relaxed);
  if (real == nullptr) [[unlikely]] {
    real = resolve(*entry);
  }
  if (t_self != nullptr) {
    pass(*t_self, *entry, *call);
  } else if (g_program_code.load(std::memory_order_relaxed) && !g_constructed.frozen()) {
    if (entry->kind == OpKind::thread_create) early_threads::g_open.fetch_add(1);
    if (entry->kind == OpKind::thread_join) early_threads::g_open.fetch_sub(1);
  }
  return real;
}

extern "C" __attribute__((visibility("hidden"), used)) void* heddle_tsan_enter(SavedCall* call,
                                                                               Entry* entry) {
  void* real = entry->real.load(std::memory_order_relaxed);
  if (real == nullptr) [[unlikely]]
    real = resolve(*entry);
  if (t_self != nullptr) t_self->slot.enter(call->rdi);
  return real;
}

extern "C" __attribute__((visibility("hidden"), used)) void* heddle_tsan_leave(SavedCall*,
                                                                               Entry* entry) {
  void* real = entry->real.load(std::memory_order_relaxed);
  if (real == nullptr) [[unlikely]]
    real = resolve(*entry);
  if (t_self != nullptr) t_self->slot.leave();
  return real;
}

// The entry point that the program calls first, in its very first constructor.
extern "C" __attribute__((visibility("hidden"), used)) void* heddle_tsan_init(SavedCall*,
                                                                              Entry* entry) {
  g_program_code.store(true, std::memory_order_relaxed);
  return resolve(*entry);
}

namespace {

bool constructing() {
  return g_program_code.load(std::memory_order_relaxed) && !g_constructed.frozen();
}

// In place of operator new while constructors run. `rest`: alignment, nothrow, or nothing; the
// runtime's function takes what it wants.
template <Entry& entry>
void* recording_new(std::size_t size, std::size_t first, std::size_t second) {
  using Function = void* (*)(std::size_t, std::size_t, std::size_t);
  void* block = reinterpret_cast<Function>(entry.real.load())(size, first, second);
  g_constructed.add(block, size);
  return block;
}

}  // namespace

// `used`: only assembly refers to them.
#define HEDDLE_ENTRY_DATA(name, kind, changes)                                                  \
  extern "C" {                                                                                  \
  extern Entry heddle_entry_##name __attribute__((visibility("hidden")));                       \
  [[gnu::used]] constinit Entry heddle_entry_##name{#name, kind, changes, order_of(#name), {}}; \
  }
#define HEDDLE_ENTRY(name, kind, changes) HEDDLE_ENTRY_DATA(name, OpKind::kind, changes)
#include "harness/engine/tsan/entry_points.def"
#undef HEDDLE_ENTRY

#define HEDDLE_ENTRY(name) HEDDLE_ENTRY_DATA(name, OpKind::none, false)
HEDDLE_ENTRY(__tsan_init)
HEDDLE_ENTRY(__tsan_func_entry)
HEDDLE_ENTRY(__tsan_func_exit)
#undef HEDDLE_ENTRY

// operator new and new[]: plain, nothrow, aligned, aligned and nothrow.
#define HEDDLE_FOR_NEW(X)               \
  X(_Znwm)                              \
  X(_Znam)                              \
  X(_ZnwmRKSt9nothrow_t)                \
  X(_ZnamRKSt9nothrow_t)                \
  X(_ZnwmSt11align_val_t)               \
  X(_ZnamSt11align_val_t)               \
  X(_ZnwmSt11align_val_tRKSt9nothrow_t) \
  X(_ZnamSt11align_val_tRKSt9nothrow_t)
// operator delete and delete[]: plain, sized, nothrow, and these aligned.
#define HEDDLE_FOR_DELETE(X)             \
  X(_ZdlPv)                              \
  X(_ZdaPv)                              \
  X(_ZdlPvm)                             \
  X(_ZdaPvm)                             \
  X(_ZdlPvRKSt9nothrow_t)                \
  X(_ZdaPvRKSt9nothrow_t)                \
  X(_ZdlPvSt11align_val_t)               \
  X(_ZdaPvSt11align_val_t)               \
  X(_ZdlPvmSt11align_val_t)              \
  X(_ZdaPvmSt11align_val_t)              \
  X(_ZdlPvSt11align_val_tRKSt9nothrow_t) \
  X(_ZdaPvSt11align_val_tRKSt9nothrow_t)
#define HEDDLE_ENTRY(name) HEDDLE_ENTRY_DATA(name, OpKind::none, false)
HEDDLE_FOR_NEW(HEDDLE_ENTRY)
HEDDLE_FOR_DELETE(HEDDLE_ENTRY)
#undef HEDDLE_ENTRY

#define HEDDLE_STEP_OF_NEW(name)                                                     \
  extern "C" [[gnu::visibility("hidden"), gnu::used]] void* heddle_tsan_step_##name( \
      SavedCall*, Entry* entry) {                                                    \
    void* real = entry->real.load(std::memory_order_relaxed);                        \
    if (real == nullptr) [[unlikely]]                                                \
      real = resolve(*entry);                                                        \
    if (!constructing()) return real;                                                \
    return reinterpret_cast<void*>(&recording_new<heddle_entry_##name>);             \
  }
HEDDLE_FOR_NEW(HEDDLE_STEP_OF_NEW)

extern "C" __attribute__((visibility("hidden"), used)) void* heddle_tsan_delete(SavedCall* call,
                                                                                Entry* entry) {
  void* real = entry->real.load(std::memory_order_relaxed);
  if (real == nullptr) [[unlikely]]
    real = resolve(*entry);
  auto* block = reinterpret_cast<void*>(call->rdi);
  if (constructing()) {
    g_constructed.remove(block);
  } else if (g_constructed.owns(block)) {
    return reinterpret_cast<void*>(&nothing);
  }
  return real;
}

// clang-format off
// Two macros, so that a name put together by the caller is put together first.
#define HEDDLE_STUB(name, step) HEDDLE_STUB_TEXT(name, step)
#define HEDDLE_STUB_TEXT(name, step)                \
  asm(".pushsection .text\n"                        \
      ".globl " #name "\n"                          \
      ".type " #name ", @function\n"                \
      ".p2align 4\n"                                \
      #name ":\n"                                   \
      ".cfi_startproc\n"                            \
      "push %rdi\n push %rsi\n push %rdx\n"         \
      "push %rcx\n push %r8\n push %r9\n"           \
      "sub $8, %rsp\n"                              \
      ".cfi_adjust_cfa_offset 56\n"                 \
      "mov %rsp, %rdi\n"                            \
      "lea heddle_entry_" #name "(%rip), %rsi\n"    \
      "call " #step "\n"                            \
      "mov %rax, %r11\n"                            \
      "add $8, %rsp\n"                              \
      "pop %r9\n pop %r8\n pop %rcx\n"              \
      "pop %rdx\n pop %rsi\n pop %rdi\n"            \
      ".cfi_adjust_cfa_offset -56\n"                \
      "jmp *%r11\n"                                 \
      ".cfi_endproc\n"                              \
      ".size " #name ", .-" #name "\n"              \
      ".popsection\n");
// clang-format on
#define HEDDLE_ENTRY(name, kind, changes) HEDDLE_STUB(name, heddle_tsan_step)
#include "harness/engine/tsan/entry_points.def"
#undef HEDDLE_ENTRY
HEDDLE_STUB(__tsan_init, heddle_tsan_init)
HEDDLE_STUB(__tsan_func_entry, heddle_tsan_enter)
HEDDLE_STUB(__tsan_func_exit, heddle_tsan_leave)
#define HEDDLE_NEW(name) HEDDLE_STUB(name, heddle_tsan_step_##name)
HEDDLE_FOR_NEW(HEDDLE_NEW)
#define HEDDLE_DELETE(name) HEDDLE_STUB(name, heddle_tsan_delete)
HEDDLE_FOR_DELETE(HEDDLE_DELETE)

bool heap_is_restorable() {
  return g_constructed.frozen() && !g_constructed.failed();
}

void restore_heap() {
  g_constructed.restore();
}

}  // namespace heddle::tsan

constinit std::atomic<int> heddle::early_threads::g_open = 0;

void heddle::note_program_constructed() {
  tsan::g_constructed.freeze();
  tsan::note_maps_constructed();
}
