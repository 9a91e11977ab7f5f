#include "harness/engine/fuzz/run/unseen_loops.h"

#include <ucontext.h>

#include "harness/engine/fuzz/run/run.h"
#include "harness/hooks/program_heap.h"

namespace heddle {
namespace {

// What it is for in the C library, setuid() in a process of many threads, is none of a worker's.
constexpr int kSignal = 33;
constexpr std::uint64_t kTickNs = 500'000'000;

bool g_any = false;

void on_tick(ucontext_t* interrupted) {
  // Amid Heddle's own work, whatever code it has called.
  if (!t_program_code || !g_run->under_way()) return;
  g_run->cpu_tick(static_cast<Address>(interrupted->uc_mcontext.gregs[REG_RIP]));
}

}  // namespace

bool interrupted_any() {
  return g_any;
}

constinit native::ThreadTimer CpuTicks::timer_(kSignal, CLOCK_THREAD_CPUTIME_ID, on_tick);

void CpuTicks::start() {
  timer_.set(kTickNs, kTickNs);
}

void Run::cpu_tick(Address pc) {
  const FuzzThread& self = *running_.thread;
  const std::uint64_t steps = steps_of_all();
  // The whole of a part of the time is to have passed in it.
  const bool same = unseen_.thread == self.id && unseen_.steps == steps;
  unseen_.thread = self.id;
  unseen_.steps = steps;
  // Within the C library, say, locks may be held that others will want.
  if (!same || ready_.size() == 1 || !code_.contains(pc)) return;
  const std::uint64_t others = steps - unseen_.own_steps;
  unseen_.in_a_row = others == unseen_.last_steps ? unseen_.in_a_row + 1 : 0;
  unseen_.last_steps = others;
  // All of them wait for nothing that is to come: a hang, and the supervisor sees it.
  if (unseen_.in_a_row > used_threads_) return;
  interrupt(pc);
}

void Run::interrupt(Address pc) {
  FuzzThread& self = *running_.thread;
  g_any = true;
  const std::uint64_t steps = steps_of_all();
  next_step();
  end_round();
  disturb_watch();
  const Op& op = begin_op({.kind = OpKind::interrupt, .pc = pc});
  looked(op);
  // Until nobody else can go on: to try it earlier costs another second each time.
  unseen_.own_steps += steps_of_all() - steps + 1;  // and that of block()
  begin_timer(self, self.clock.now(), [](FuzzThread& thread) { g_run->enable(thread); });
  block();
}

}  // namespace heddle
