// How a worker takes over the program under test: by the C library's start of it, which every
// program calls right after its entry point.
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include "harness/runtime/channel_worker.h"

namespace heddle {

using Main = int (*)(int, char**, char**);

// What the C library hands to __libc_start_main().
struct ProgramStart {
  Main main;
  int argc;
  char** argv;
  void (*init)();
  void (*fini)();
  void (*loader_fini)();
  void* stack_end;
};

// Starts the program as the C library would: with `worker_main` in place of its main() if the
// supervisor started it, and then `before` is called ahead of its constructors; as it is if not.
inline int start_program(const ProgramStart& start, Main& program_main, void (*before)(),
                         Main worker_main) {
  using Start = int(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  auto* real_start = reinterpret_cast<Start*>(dlsym(RTLD_NEXT, "__libc_start_main"));
  if (real_start == nullptr) _exit(3);
  Main main = start.main;
  if (started_by_supervisor()) {
    program_main = start.main;
    main = worker_main;
    before();
  }
  return real_start(main, start.argc, start.argv, start.init, start.fini, start.loader_fini,
                    start.stack_end);
}

}  // namespace heddle
