// What is to be done once (pthread_once, local statics). To be included by relacy_runner.cpp alone.
#pragma once

#include <algorithm>
#include <vector>

#include "harness/engine/relacy/memory/atomics.h"
#include "harness/engine/relacy/objects/object_table.h"
#include "harness/engine/relacy/run/run.h"
#include "harness/engine/relacy/run/run_part.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/native_atomics.h"
#include "harness/hooks/program_heap.h"
#include "harness/model/op.h"

namespace heddle::relacy {

template <typename Model>
class Onces final : public RunPart {
 public:
  Onces(Run<Model>& run, Atomics<Model>& atomics) : run_(run), atomics_(atomics) { run.add(*this); }

  // 0: done before, 1: the caller has to do it now.
  int begin(const SyncCall& call, Address pc) {
    const Address address = address_of(call.object);
    while (true) {
      // The word itself carries the order, as the program's own look at it does.
      atomics_.load(address, 1, MemoryOrder::acquire, pc);
      if (call.is_done(call.object)) return 0;
      const auto busy = std::find(initializing_.begin(), initializing_.end(), address);
      if (busy == initializing_.end()) break;
      run_.give_way(OpKind::once, pc);
    }
    const RuntimeScope scope;
    initializing_.push_back(address);
    return 1;
  }

  int end(const SyncCall& call, Address pc) {
    const Address address = address_of(call.object);
    std::erase(initializing_, address);
    atomics_.store(address, 1, native_load(address, 1), MemoryOrder::release, pc);
    return 0;
  }

  void begin_run() override { initializing_.clear(); }

 private:
  Run<Model>& run_;
  Atomics<Model>& atomics_;
  std::vector<Address> initializing_;  // whose routine runs
};

}  // namespace heddle::relacy
