// The descriptors that a process had before main: a run may close them, put others in their place
// and open more. Heddle's own (hooks/own_descriptors.h) are left alone.
#pragma once

#include <sys/types.h>

#include <vector>

namespace heddle {

class OpenFiles {
 public:
  // Those that are open now are to come back. Copies of them are kept.
  void take_snapshot();
  // Returns false where one cannot be had again: the run has closed the copies too.
  bool restore() const;

 private:
  struct File {
    int number;
    int copy;
    int number_flags;  // FD_CLOEXEC
    int flags;         // of the open file description
    off_t position;    // -1: it has none
  };
  std::vector<File> files_;  // ascending by number
};

}  // namespace heddle
