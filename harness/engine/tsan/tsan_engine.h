// Real threads under the real ThreadSanitizer, with random delays.
#pragma once

#include <memory>

#include "harness/engine/engine.h"

namespace heddle {

// libheddle-tsan.so stands in front of ThreadSanitizer's runtime: each of its entry points that
// matters here is passed through a delay and then jumped to, so that the runtime sees the program's
// own return address and its reports blame the program.
//
// Runs are executed in child processes, forked from this one before main has run. A forked process
// is worth several runs, for a fork with ThreadSanitizer's shadow costs as much as ten runs do; but
// one run follows another in the same process only where that cannot be told from a fresh one:
//   - main returned, and every thread of the run was joined, so that all it did happens before all
//     that comes (else ThreadSanitizer would see races between runs);
//   - what static objects own on the heap when main begins can be put back: it came from operator
//     new (what constructors had from malloc() is not noticed);
//   - so can what the program maps (native::MappedMemory);
//   - nothing but data races was reported.
// Where a run in a process with a past reports anything but a data race (a lock order, a mutex
// used wrongly: these are kept by mutex, whatever run used it), its result is dropped and the run
// is repeated in a fresh process.
//
// The environment that ThreadSanitizer reads at its start must hold kTsanOptions, after whatever
// the user put there; and the process must have been started without address randomisation
// (personality(ADDR_NO_RANDOMIZE)), or older runtimes refuse to work. RunHost is called from the
// thread that calls execute(), which must be the only one of the process.
std::unique_ptr<Engine> make_tsan_engine();

// To be called in place of the program's main, before anything else: what was allocated until then
// belongs to static objects. Without it every run gets a process of its own.
void note_program_constructed();

// symbolize: addresses are resolved by the supervisor, and starting a symbolizer takes seconds.
// log_path: reports are taken as data. report_signal_unsafe: what happens in Heddle's own handlers
// is none of the program's. handle_*: faults come to this engine. suppress_*: one process, several
// runs. report_thread_leaks, atexit_sleep_ms: a run's process ends without finalisation. exitcode:
// of a process that the runtime ends, a run's or one that the program has made, which must not look
// as if all were well.
inline constexpr int kEndedByTsan = 66;
inline constexpr const char* kTsanOptions =
    "symbolize=0:log_path=/dev/null:print_summary=0:report_signal_unsafe=0:"
    "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0:"
    "suppress_equal_stacks=0:suppress_equal_addresses=0:halt_on_error=0:exitcode=66:"
    "report_thread_leaks=0:atexit_sleep_ms=0:detect_deadlocks=1";
// Besides, for who suppresses reports: they are told by the names of functions.
inline constexpr const char* kTsanOptionsOfSuppressions = ":symbolize=1";

}  // namespace heddle
