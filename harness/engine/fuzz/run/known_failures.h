// Failures that a job has described already. A program that fails in every run would spend most of
// its time on describing it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/model/outcome.h"

namespace heddle {

inline std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value;
  hash *= 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

class KnownFailures {
 public:
  struct Known {
    std::uint64_t cheap;  // a hash of what is at hand without describing the failure
    std::uint64_t key;    // failure_key() of its description
  };

  void clear() { known_.clear(); }
  std::size_t size() const { return known_.size(); }
  void resize(std::size_t size) { known_.resize(size); }

  const Known* find(std::uint64_t cheap) const {
    for (const Known& known : known_) {
      if (known.cheap == cheap) return &known;
    }
    return nullptr;
  }
  void add(std::uint64_t cheap, const Failed& failure) {
    known_.push_back({cheap, failure_key(failure)});
  }

  static std::uint64_t cheap_key(const Failed& failure) {
    std::uint64_t cheap = begin(failure.kind, failure.message, failure.late_wake);
    for (const Place& place : failure.places) {
      cheap = mix(mix(cheap, place.op.pc), place.op.address);
    }
    return cheap;
  }
  // The same of a failure at one place.
  static std::uint64_t cheap_key(FailureKind kind, std::string_view message, Address pc,
                                 bool late_wake) {
    return mix(mix(begin(kind, message, late_wake), pc), 0);
  }

 private:
  static std::uint64_t begin(FailureKind kind, std::string_view message, bool late_wake) {
    std::uint64_t text = late_wake ? 2 : 1;
    for (const char c : message) text = mix(text, static_cast<unsigned char>(c));
    return mix(static_cast<std::uint64_t>(kind), text);
  }

  std::vector<Known> known_;
};

}  // namespace heddle
