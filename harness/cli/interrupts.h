// Signals that ask the command to stop: Ctrl-C, the time-out of a CI server, a terminal that is
// closed. What was found until then is reported, and the exit status says that there could be more.
#pragma once

#include <atomic>

namespace heddle {

// Set by the first of these signals.
extern std::atomic<bool> g_interrupted;

// From now on SIGINT, SIGTERM and SIGHUP set it. A Ctrl-C a second later ends the process at once;
// a signal that comes twice at a time, as timeout(1) sends it, is one.
void watch_for_interrupts();

// What the process exits with after such a signal: 128 and its number, as a shell has it.
int interrupted_status();

}  // namespace heddle
