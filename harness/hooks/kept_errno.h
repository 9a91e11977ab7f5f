#pragma once

#include <errno.h>

namespace heddle {

// What a function has said in errno stays as long as this lives, whatever an engine does meanwhile.
class KeptErrno {
 public:
  KeptErrno() : saved_(errno) {}
  KeptErrno(const KeptErrno&) = delete;
  KeptErrno& operator=(const KeptErrno&) = delete;
  ~KeptErrno() { errno = saved_; }

 private:
  int saved_;
};

}  // namespace heddle
