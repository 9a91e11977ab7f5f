// Where the worker takes over in front of ThreadSanitizer: see start.cpp for the other engines.
#include <sys/single_threaded.h>

#include "harness/engine/tsan/tsan_engine.h"
#include "harness/hooks/early_threads.h"
#include "harness/hooks/own_descriptors.h"
#include "harness/hooks/program_environment.h"
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
  if (kind == EngineKind::tsan) return make_tsan_engine();
  return nullptr;
}

int worker_main(int argc, char** argv, char** envp) {
  note_program_constructed();
  begin_worker();
  const bool has_threads = early_threads::g_open.load(std::memory_order_relaxed) > 0;
  // Of the program's memory only its writable segments: the heap belongs to ThreadSanitizer's
  // allocator here, and the engine sees to it.
  standard_streams::prepare();
  // As ThreadSanitizer's own thread leaves it. It may lie in the program's memory (a copy
  // relocation), where it would be put back to what it was before: libstdc++ then counts references
  // without atomics, and shared_ptr races.
  __libc_single_threaded = 0;
  static ProgramState state;
  state.take_snapshot();
  static ProgramArguments arguments;
  arguments.take_snapshot(argc, argv);
  static ProgramEnvironment environment;
  serve_jobs({.program = {.main = g_program_main, .argc = argc, .argv = argv, .envp = envp},
              .make_engine = make_engine,
              .begin =
                  [] {
                    environment.take_snapshot();
                    process_state::take_snapshot();
                  },
              .keep_descriptor = own_descriptors::move,
              .restore =
                  [] {
                    environment.restore();
                    state.restore();
                    arguments.restore();
                    standard_streams::restore();
                  },
              .put_back = process_state::restore,
              .left_behind = process_state::left_behind,
              .engine_forks = true,
              .refusal = has_threads ? early_threads::kRefusal : ""});
}

}  // namespace
}  // namespace heddle

extern "C" __attribute__((visibility("default"))) int __libc_start_main(
    int (*program_main)(int, char**, char**), int argc, char** argv, void (*init)(), void (*fini)(),
    void (*loader_fini)(), void* stack_end) {
  return heddle::start_program(
      {program_main, argc, argv, init, fini, loader_fini, stack_end}, heddle::g_program_main, [] {},
      heddle::worker_main);
}
