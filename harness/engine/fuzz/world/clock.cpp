// Time as the program sees it.
#include <algorithm>

#include "harness/engine/fuzz/objects/objects.h"
#include "harness/engine/fuzz/run/virtual_time.h"
#include "harness/engine/fuzz/world/world.h"

namespace heddle {
namespace {

int yield(Address pc) {
  Run& run = *g_run;
  run.next_step();
  run.idle();
  run.let_time_pass_by_yield();
  run.self().spins = kSpinLimit + 1;
  const Op& op = run.begin_op({.kind = OpKind::yield, .pc = pc});
  run.point();
  run.looked(op);
  return 0;
}

int sleep(const timespec* duration, Address pc) {
  Run& run = *g_run;
  const auto nanoseconds =
      static_cast<std::uint64_t>(duration->tv_sec * kNanosecondsPerSecond + duration->tv_nsec);
  run.next_step();
  const Op& op = run.begin_op({.kind = OpKind::sleep, .pc = pc});
  run.done(op);
  run.self().cond = nullptr;
  Objects::wait_for_others(run.clock().now() + std::max<std::uint64_t>(nanoseconds, 1), false);
  return 0;
}

}  // namespace

void answer_clock(EngineTable& table) {
  table.yield = yield;
  table.sleep = sleep;
  table.first_second = kVirtualStart;
  table.clock_gettime = [](clockid_t, timespec* now) {
    *now = absolute_time(g_run->read_clock());
    return 0;
  };
}

}  // namespace heddle
