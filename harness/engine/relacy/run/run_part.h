// What rooms above run/ keep for the length of a run.
#pragma once

#include <cstddef>

#include "harness/model/op.h"

namespace heddle::relacy {

class RunPart {
 public:
  RunPart() = default;
  RunPart(const RunPart&) = delete;
  RunPart& operator=(const RunPart&) = delete;

  // Forgets what it knows of the run before.
  virtual void begin_run() = 0;
  // The heap hands this memory out again, as it does only in runs that use a lot of it. What
  // threads did with its former owner must not show in what they do with the new one.
  virtual void forget(Address begin, std::size_t size) {
    (void)begin;
    (void)size;
  }

 protected:
  ~RunPart() = default;
};

}  // namespace heddle::relacy
