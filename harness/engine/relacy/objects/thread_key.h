// Thread-specific data (pthread_key_t). To be included by relacy_runner.cpp alone.
#pragma once

#include <pthread.h>

#include "harness/engine/relacy/run/run.h"
#include "harness/engine/relacy/run/run_part.h"
#include "harness/engine/thread_keys.h"
#include "harness/hooks/engine_table.h"

namespace heddle::relacy {

template <typename Model>
class RunKeys final : public RunPart {
 public:
  explicit RunKeys(Run<Model>& run) : run_(run) { run.add(*this); }

  int create(pthread_key_t* key, void (*destructor)(void*)) {
    return keys_.create(key, destructor);
  }
  // Keys from before main are the C library's.
  int remove(pthread_key_t key) {
    return ThreadKeys::owns(key) ? keys_.remove(key) : passthrough_table().key_delete(key);
  }
  int set(pthread_key_t key, void* value) {
    return ThreadKeys::owns(key) ? keys_.set(run_.me().key_values, key, value)
                                 : passthrough_table().key_set(key, value);
  }
  void* get(pthread_key_t key) {
    return ThreadKeys::owns(key) ? keys_.get(run_.me().key_values, key)
                                 : passthrough_table().key_get(key);
  }

  // Of the calling thread's values, at its end.
  void run_destructors() { keys_.run_destructors(run_.me().key_values); }

  void begin_run() override { keys_.begin_run(); }

 private:
  Run<Model>& run_;
  ThreadKeys keys_;
};

}  // namespace heddle::relacy
