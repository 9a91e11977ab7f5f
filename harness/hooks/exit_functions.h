// What the program registered to be run at exit. Kept apart from the C library's own list, which
// can be neither put back to an earlier state nor run more than once.
#pragma once

namespace heddle::exit_functions {

// As __cxa_atexit. What is registered outside the program's code goes to the C library.
int add(void (*function)(void*), void* argument, void* module);
// As on_exit: gets the status as well.
int add(void (*function)(int, void*), void* argument);
// As at_quick_exit.
int add_quick(void (*function)());

// Takes what is registered now as the state before main.
void take_snapshot();
// Forgets what was registered since the snapshot.
void restore();
// Runs all but those of quick_exit(), last registered first, including what these register
// themselves; and then the program's destructors (program_destructors.h).
void run_all(int status);
// Runs those of quick_exit().
void run_quick();

}  // namespace heddle::exit_functions
