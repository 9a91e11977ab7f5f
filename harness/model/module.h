// A file mapped into the program under test.
#pragma once

#include <string>

#include "harness/model/op.h"

namespace heddle {

struct Module {
  std::string path;
  Address base = 0;  // what the addresses in the file were shifted by
  Address begin = 0;
  Address end = 0;
};

}  // namespace heddle
