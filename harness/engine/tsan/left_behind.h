// What a run has registered with the C library that its process keeps: what is to be called at the
// end, and keys for values of threads.
#pragma once

namespace heddle::tsan {

// Whether the program has functions that are to be called at the end of its process (atexit(),
// on_exit(), `__attribute__((destructor))`): only the end of the process calls them, so that the
// run's is that. Objects with static storage, whose destructors are registered likewise, do not
// count: most programs have some, and a process for each run would cost them most of their runs.
bool has_exit_functions();

// Deletes the keys that the program has made and not deleted: there are 1024 for all runs.
void delete_keys();

}  // namespace heddle::tsan
