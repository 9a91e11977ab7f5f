// Failures that can be shown to be one bug: a report tells that bug once. What cannot be shown to
// be one stays apart, for two bugs told as one would hide the second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "harness/report/symbols.h"
#include "harness/search/result.h"

namespace heddle {

// Why two failures are one bug.
enum class SameBug : std::uint8_t {
  no,
  // A race between two of the places whose order the other's cause is: without that race the other
  // does not come.
  places_of_cause,
  same_cause,   // in the same places, or one protocol that is wrong in both
  same_waits,   // threads are stuck in the same lines, whichever threads they are
  same_places,  // ThreadSanitizer's word for what a run has shown, in lines of that
  same_object,  // races of the same two functions on one object
};

// "in two of the places of the cause": what a report says of the second failure.
std::string_view to_string(SameBug why);

struct ToldFailure {
  const Failed* failure = nullptr;
  const MinimalInterleaving* minimal = nullptr;  // or nullptr
};

struct BesideWhich {
  std::size_t head = 0;  // index of the failure that tells the bug: its own if it does that itself
  SameBug why = SameBug::no;
};

// For each of them. A head has no other head.
std::vector<BesideWhich> one_bug_each(std::span<const ToldFailure> failures,
                                      const Symbols& symbols);

}  // namespace heddle
