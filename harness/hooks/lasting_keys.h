// Keys of thread-specific data that outlast a run: those made before main, by constructors, and
// those that a system library makes once in a process (libstdc++'s for
// std::notify_all_at_thread_exit). Every run finds them, whatever the run before did.
#pragma once

#include <pthread.h>

namespace heddle::lasting_keys {

// A key of the C library, made before main or once in a process.
void add(pthread_key_t key, void (*destructor)(void*), bool before_main);
bool contains(pthread_key_t key);

// The calling thread's value, in this run.
void set(pthread_key_t key, void* value);
void* get(pthread_key_t key);

// At the end of the calling thread; calls the program.
void run_destructors();

// Another run begins: main's thread has the values that it had before main, the others have none.
void restore();

}  // namespace heddle::lasting_keys
