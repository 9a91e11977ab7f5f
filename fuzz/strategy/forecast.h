// How large a tree of executions will be that a search goes through depth first, from what it has
// seen of it: Kilby, Slaney, Thiebaux, Walsh, "Estimating Search Tree Size", AAAI 2006, with what
// is known here besides. A search with dynamic reduction does not know how many branches a node
// will have: it plans them as it sees races. But it knows how many threads could have gone on
// there, and how many branches such nodes had that it has left behind.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "fuzz/strategy/state_text.h"

namespace heddle {

class Forecast {
 public:
  // A node on the way to where the search is.
  struct Node {
    std::size_t ready = 0;     // threads that could have gone on; 0: not known
    std::uint64_t done = 0;    // branches left behind
    std::uint64_t left = 0;    // branches known to come, without the one under way
    std::uint64_t before = 0;  // executions in the branches left behind
  };

  // A node is left behind that had so many branches.
  void leave(std::size_t ready, std::uint64_t branches);
  // How many executions there are in the node, if there are `in_branch` in that under way.
  double in_node(const Node& node, double in_branch) const;

  void write(StateWriter& out) const;
  void read(StateReader& in);

 private:
  static constexpr std::size_t kMostReady = 64;

  // Branches beyond the first that a node with so many ready threads is likely to have.
  double more_branches(std::size_t ready) const;

  // By the number of threads that were ready.
  std::array<std::uint64_t, kMostReady + 1> nodes_ = {};
  std::array<std::uint64_t, kMostReady + 1> more_ = {};  // branches beyond the first
};

}  // namespace heddle
