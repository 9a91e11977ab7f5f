// What the program registered to be run at exit. Kept apart from the C library's own list, which
// can be neither put back to an earlier state nor run more than once.
#pragma once

namespace heddle::exit_functions {

// As __cxa_atexit. What is registered outside the program's code goes to the C library.
int add(void (*function)(void*), void* argument, void* module);

// Takes what is registered now as the state before main.
void take_snapshot();
// Forgets what was registered since the snapshot.
void restore();
// Runs all, last registered first, including what these register themselves.
void run_all();

}  // namespace heddle::exit_functions
