// Keys of thread-specific data that exist before main, made by constructors: every run finds them,
// whatever the run before did.
#pragma once

#include <pthread.h>

namespace heddle::lasting_keys {

// A key of the C library, made before main.
void add(pthread_key_t key);
bool contains(pthread_key_t key);

// The calling thread's value, in this run.
void set(pthread_key_t key, void* value);
void* get(pthread_key_t key);

// Another run begins: main's thread has the values that it had before main, the others have none.
void restore();

}  // namespace heddle::lasting_keys
