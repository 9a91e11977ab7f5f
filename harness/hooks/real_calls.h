// The C library's own functions, behind the ones that hooks/ puts in front of them.
#pragma once

#include <pthread.h>
#include <time.h>

#include <cstddef>

namespace heddle {

struct RealCalls {
  int (*pthread_create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  int (*pthread_join)(pthread_t, void**);
  int (*pthread_detach)(pthread_t);
  int (*pthread_cancel)(pthread_t);
  void (*pthread_exit)(void*);
  int (*pthread_mutex_lock)(pthread_mutex_t*);
  int (*pthread_mutex_trylock)(pthread_mutex_t*);
  int (*pthread_mutex_unlock)(pthread_mutex_t*);
  int (*pthread_mutex_clocklock)(pthread_mutex_t*, clockid_t, const timespec*);
  int (*pthread_mutex_destroy)(pthread_mutex_t*);
  int (*pthread_cond_wait)(pthread_cond_t*, pthread_mutex_t*);
  int (*pthread_cond_clockwait)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  int (*pthread_cond_signal)(pthread_cond_t*);
  int (*pthread_cond_broadcast)(pthread_cond_t*);
  int (*pthread_cond_destroy)(pthread_cond_t*);
  int (*sched_yield)();
  int (*clock_nanosleep)(clockid_t, int, const timespec*, timespec*);
  int (*clock_gettime)(clockid_t, timespec*);
  void (*exit)(int);
  void (*abort)();
  void (*assert_fail)(const char*, const char*, unsigned, const char*);
  int (*cxa_thread_atexit)(void (*)(void*), void*, void*);
  int (*cxa_atexit)(void (*)(void*), void*, void*);
};

// Resolved at the first call, which may be before any constructor has run.
const RealCalls& real();

}  // namespace heddle
