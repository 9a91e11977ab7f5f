// The program's own synchronisation, told by hand (__tsan_acquire, __tsan_release). To be included
// by relacy_runner.cpp alone.
#pragma once

#include "harness/engine/relacy/objects/object_table.h"
#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/model/op.h"

namespace heddle::relacy {

template <typename Model>
class Annotations {
 public:
  explicit Annotations(Run<Model>& run) : run_(run), annotated_(run) {}

  void annotate(Address address, bool release) {
    auto& sync = annotated_.at(address);
    if (release) {
      sync.release(&run_.info());
    } else {
      sync.acquire(&run_.info());
    }
  }

 private:
  Run<Model>& run_;
  ObjectTable<Model, rl::sync_var<Model::kThreads>> annotated_;
};

}  // namespace heddle::relacy
