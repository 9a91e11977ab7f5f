// Where the worker takes over: the C library's start of the program, which every program calls
// right after its entry point.
#include <sys/single_threaded.h>

#include "harness/engine/fuzz/fuzz_engine.h"
#include "harness/engine/fuzz/run/unseen_loops.h"
#include "harness/engine/native/memory_limit.h"
#include "harness/engine/relacy/relacy_engine.h"
#include "harness/engine/stress/stress_engine.h"
#include "harness/hooks/atomics_seen.h"
#include "harness/hooks/constructor_calls.h"
#include "harness/hooks/early_threads.h"
#include "harness/hooks/libc_state.h"
#include "harness/hooks/library_exit.h"
#include "harness/hooks/own_descriptors.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_signals.h"
#include "harness/runtime/channel_worker.h"
#include "harness/runtime/process_state.h"
#include "harness/runtime/program_arguments.h"
#include "harness/runtime/program_start.h"
#include "harness/runtime/program_state.h"
#include "harness/runtime/standard_streams.h"

namespace heddle {
namespace {

Main g_program_main = nullptr;

std::unique_ptr<Engine> make_engine(EngineKind kind) {
  switch (kind) {
    case EngineKind::fuzz:
      return make_fuzz_engine();
    case EngineKind::stress:
      return make_stress_engine();
    case EngineKind::relacy:
      return make_relacy_engine();
    case EngineKind::tsan:
      break;  // needs the real ThreadSanitizer where this library stands
  }
  return nullptr;
}

Features features_seen() {
  Features features = atomics_seen::features();
  features.interrupted = interrupted_any();
  return features;
}

int worker_main(int argc, char** argv, char** envp) {
  // Constructors have run; from here on it is Heddle's code until a run begins.
  t_program_code = false;
  begin_worker();
  const bool has_threads = early_threads::g_open.load(std::memory_order_relaxed) > 0;
  // The C library believes in a single thread until one is made, and libstdc++ then counts
  // references without atomics: logical threads would seem to race in shared_ptr.
  __libc_single_threaded = 0;
  standard_streams::prepare();
  static ProgramState state;
  state.take_snapshot();
  library_exit::watch();
  static ProgramArguments arguments;
  arguments.take_snapshot(argc, argv);
  serve_jobs({.program = {.main = g_program_main, .argc = argc, .argv = argv, .envp = envp},
              .make_engine = make_engine,
              .begin = process_state::take_snapshot,
              .keep_descriptor = own_descriptors::move,
              .restore =
                  [] {
                    state.restore();
                    libc_state::restore();
                    arguments.restore();
                    standard_streams::restore();
                  },
              .prepare_to_fork = [](bool for_one_run) { state.prepare_to_fork(for_one_run); },
              .limit_memory =
                  [](std::uint64_t bytes, EngineKind engine) {
                    native::memory_limit::set(bytes, engine);
                    program_heap::set_may_grow(bytes == 0 ? nullptr
                                                          : native::memory_limit::may_grow);
                  },
              .put_back = process_state::restore,
              .note_kill_in =
                  [](std::atomic<std::uint32_t>& kills_itself) {
                    program_signals::g_kills_itself = &kills_itself;
                  },
              .left_behind = process_state::left_behind,
              .refusal = has_threads ? early_threads::kRefusal : "",
              .features = features_seen});
}

}  // namespace
}  // namespace heddle

extern "C" __attribute__((visibility("default"))) int __libc_start_main(
    int (*program_main)(int, char**, char**), int argc, char** argv, void (*init)(), void (*fini)(),
    void (*loader_fini)(), void* stack_end) {
  // The loader has called the constructors of all libraries, and starts the program now.
  heddle::constructor_calls::g_over = true;
  return heddle::start_program(
      {program_main, argc, argv, init, fini, loader_fini, stack_end}, heddle::g_program_main,
      // What constructors of the program allocate is the program's.
      [] { heddle::t_program_code = true; }, heddle::worker_main);
}
