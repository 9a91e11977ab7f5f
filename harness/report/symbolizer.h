// Source lines and variable names from debug information, with elfutils.
#pragma once

#include <memory>
#include <vector>

#include "harness/report/symbols.h"
#include "harness/search/result.h"

namespace heddle {

// Reads the files that `modules` name; those that cannot be read leave their addresses without
// names. Look-ups are cached. For one thread at a time.
class Symbolizer final : public Symbols {
 public:
  explicit Symbolizer(const std::vector<Module>& modules);
  ~Symbolizer() override;

  std::vector<Frame> code(Address return_address) const override;
  std::string data(Address address) const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heddle
