// Names for made-up addresses.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/report/symbols.h"

namespace heddle {

class FakeSymbols final : public Symbols {
 public:
  FakeSymbols(std::map<Address, std::vector<Frame>> code, std::map<Address, std::string> data)
      : code_(std::move(code)), data_(std::move(data)) {}

  std::vector<Frame> code(Address return_address) const override {
    const auto at = code_.find(return_address);
    return at == code_.end() ? std::vector<Frame>{} : at->second;
  }

  std::string data(Address address) const override {
    const auto at = data_.find(address);
    return at == data_.end() ? "" : at->second;
  }

 private:
  std::map<Address, std::vector<Frame>> code_;
  std::map<Address, std::string> data_;
};

}  // namespace heddle
