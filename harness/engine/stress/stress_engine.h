// Real threads with random delays: what this machine can show, and how often.
#pragma once

#include <memory>

#include "harness/engine/engine.h"

namespace heddle {

// How a run is made more likely to fail, in what order of effect:
//
// Start. Creating a thread takes far longer than most race windows, so threads that are created one
// after the other have often ended before the next begins. Here pthread_create hands the work to a
// parked thread. How they begin is drawn for each run: half of the runs hold new threads back until
// their creator blocks, joins or has made a number of steps, and then let them go together; a
// quarter lets creator and new thread go on together; a quarter does nothing of the kind, so that
// orders which need a late start appear too.
//
// Delays. At each hooked access and lock call the thread's DelayStream may ask for a delay.
//
// With DelayShape::none both are off: threads start as they are created and nothing is delayed, so
// its rate is what the machine shows by itself, for comparison.
//
// What ends a run: the end of main or exit(), a failed assertion, abort(), an uncaught exception,
// a signal, a deadlock (known from the kernel's account of every thread within a few milliseconds),
// threads that run in circles (asked after `hang_ms` of processor time without a change), or a
// limit (HangDetector has them), which is a GaveUp. Threads that are left leave the program's code
// at their next hook, or out of the lock, wait or join that they sleep in; where one can do
// neither, the run is reported by RunHost::end_run_and_process(), which may be called from a thread
// of the engine's own.
//
// Limits: 1 024 threads a run; thread_local variables of the program's shared libraries keep their
// values from run to run.
std::unique_ptr<Engine> make_stress_engine();

}  // namespace heddle
