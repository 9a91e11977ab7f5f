// Fences without an access of their own. To be included by relacy_runner.cpp alone.
#pragma once

#include "harness/engine/relacy/run/run.h"
#include "harness/model/op.h"

namespace heddle::relacy {

template <typename Model>
void fence(Run<Model>& run, MemoryOrder order, Address pc) {
  run.pending(OpKind::fence, 0, pc);
  switch (order) {
    case MemoryOrder::relaxed:
      break;
    case MemoryOrder::consume:
    case MemoryOrder::acquire:
      run.context().atomic_thread_fence_acquire();
      break;
    case MemoryOrder::release:
      run.context().atomic_thread_fence_release();
      break;
    case MemoryOrder::acq_rel:
      run.context().atomic_thread_fence_acq_rel();
      break;
    case MemoryOrder::seq_cst:
      run.context().atomic_thread_fence_seq_cst();
      break;
  }
  run.done();
  run.record(OpKind::fence, 0, 0, order, pc);
}

}  // namespace heddle::relacy
