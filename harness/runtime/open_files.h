// The descriptors that a process had before main: a run may close them, put others in their place
// and open more.
#pragma once

#include <sys/types.h>

#include <vector>

namespace heddle {

class OpenFiles {
 public:
  // Those that are open now are to come back. Copies of them are kept, high up.
  void take_snapshot();
  // Moves a descriptor of Heddle's own to where restore() leaves it alone. Returns its new number.
  int keep(int number);
  // Returns false where one cannot be had again: the run has closed the copies too.
  bool restore() const;

 private:
  int copy_of(int number);

  struct File {
    int number;
    int copy;
    int number_flags;  // FD_CLOEXEC
    int flags;         // of the open file description
    off_t position;    // -1: it has none
  };
  std::vector<File> files_;  // ascending by number
  int first_copy_ = 0;
  int copies_ = 0;
};

}  // namespace heddle
