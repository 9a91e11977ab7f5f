// The failures that a job has described in full. A program that fails in most runs would spend most
// of its time on describing the same thing.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/model/outcome.h"

namespace heddle::relacy {

// A hash of what is at hand when a failure happens.
class CheapKey {
 public:
  explicit CheapKey(FailureKind kind) : value_(static_cast<std::uint64_t>(kind) + 1) {}
  CheapKey& add(std::uint64_t value) {
    value_ = (value_ ^ value) * 0x9e3779b97f4a7c15U;
    value_ ^= value_ >> 29U;
    return *this;
  }
  CheapKey& add(const char* text) {
    for (; *text != '\0'; ++text)
      add(static_cast<std::uint64_t>(static_cast<unsigned char>(*text)));
    return *this;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_;
};

class KnownFailures {
 public:
  void clear() { known_.clear(); }
  // The failure_key() of the failure with this CheapKey. Null: not known.
  const std::uint64_t* find(std::uint64_t cheap_key) const {
    for (const auto& [cheap, key] : known_) {
      if (cheap == cheap_key) return &key;
    }
    return nullptr;
  }
  void add(std::uint64_t cheap_key, std::uint64_t key) { known_.emplace_back(cheap_key, key); }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> known_;
};

}  // namespace heddle::relacy
