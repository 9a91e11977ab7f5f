// Races of which two places in the source are known, and no address: looked for in fuzz, aimed at
// the accesses that stand there.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/search/engine_search.h"
#include "harness/search/result.h"

namespace heddle {

// Who knows source lines. Of one race of several.
struct KnownPlaces {
  // For each race whether its later and its earlier access write: of several races at the same two
  // places, one that is so is shown.
  std::vector<std::pair<bool, bool>> writes;
  // Whether this is where the later access of that race stands, or the earlier one.
  std::function<bool(std::size_t race, Address pc, std::span<const Address> stack)> is_later;
  std::function<bool(std::size_t race, Address pc, std::span<const Address> stack)> is_earlier;
};

struct HuntedPlaces {
  std::optional<Finding> found;            // with its minimal interleaving
  std::uint64_t runs = 0;                  // until it was found, or all
  bool later_reached = false;              // in a run that was looked at
  bool earlier_reached = false;            // likewise
  std::optional<OrderedPlaces> ordered{};  // of what was not found, though both were reached
};

struct PlaceHuntOptions {
  std::uint64_t runs = 10'000;  // of all strategies together
  double seconds = 60;          // likewise
};

// Fills `hunted`, one for each race; an error where the program cannot be run. `know_modules` is
// called before the first place is asked for.
std::optional<std::string> hunt_places(const SearchOptions& search, const KnownPlaces& places,
                                       const PlaceHuntOptions& options,
                                       const std::function<void(std::vector<Module>)>& know_modules,
                                       std::vector<HuntedPlaces>& hunted);

}  // namespace heddle
