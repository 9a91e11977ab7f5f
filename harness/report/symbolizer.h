// Source lines and variable names from debug information, with elfutils.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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
  std::string file_label(const std::string& file) const override;
  std::string data(Address address) const override;
  std::string thread_local_data(Address image, std::uint64_t offset) const override;
  std::string local(const StackFrame& frame, Address address) const override;
  std::optional<ObjectType> pointee(Address address) const override;
  std::optional<ObjectType> pointee(const StackFrame& frame, Address address) const override;
  std::optional<ObjectType> pointee(const ObjectType& type, std::uint64_t offset) const override;
  std::optional<PlacedType> allocated_by(Address return_address) const override;
  std::vector<ObjectType> classes_at(Address return_address) const override;
  std::string spelled(Address address, std::uint64_t value, unsigned size) const override;
  std::string spelled(const StackFrame& frame, Address address, std::uint64_t value,
                      unsigned size) const override;
  std::string spelled(const ObjectType& type, std::uint64_t offset, std::uint64_t value,
                      unsigned size) const override;
  std::string member(const ObjectType& type, std::uint64_t offset) const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heddle
