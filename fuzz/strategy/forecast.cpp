#include "fuzz/strategy/forecast.h"

#include <algorithm>

namespace heddle {

void Forecast::leave(std::size_t ready, std::uint64_t branches) {
  if (ready < 2 || branches < 2) return;
  const std::size_t at = std::min(ready, kMostReady);
  ++nodes_[at];
  more_[at] += branches - 1;
}

double Forecast::more_branches(std::size_t ready) const {
  if (ready < 2) return 0;
  const std::size_t at = std::min(ready, kMostReady);
  if (nodes_[at] != 0) return static_cast<double>(more_[at]) / static_cast<double>(nodes_[at]);
  // As many for each other thread as the most of those that were seen had.
  for (std::size_t fewer = at - 1; fewer >= 2; --fewer) {
    if (nodes_[fewer] == 0) continue;
    const double each =
        static_cast<double>(more_[fewer]) / static_cast<double>(nodes_[fewer] * (fewer - 1));
    return each * static_cast<double>(at - 1);
  }
  return 0;
}

double Forecast::in_node(const Node& node, double in_branch) const {
  const auto before = static_cast<double>(node.before);
  const auto done = static_cast<double>(node.done);
  // Of a branch that has just begun the others know more than it does itself.
  if (node.done != 0) in_branch = std::max(in_branch, before / done);
  const double each = (before + in_branch) / (done + 1);
  auto left = static_cast<double>(node.left);
  if (node.done + node.left != 0) left = std::max(left, more_branches(node.ready) - done);
  return before + in_branch + left * each;
}

void Forecast::write(StateWriter& out) const {
  for (std::size_t i = 0; i <= kMostReady; ++i) {
    out.add(nodes_[i]);
    out.add(more_[i]);
  }
}

void Forecast::read(StateReader& in) {
  for (std::size_t i = 0; i <= kMostReady; ++i) {
    nodes_[i] = in.number();
    more_[i] = in.number();
  }
}

}  // namespace heddle
