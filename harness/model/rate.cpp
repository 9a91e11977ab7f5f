#include "harness/model/rate.h"

#include <algorithm>
#include <cmath>

namespace heddle {

double fraction(Rate rate) {
  return rate.runs == 0 ? 0.0 : static_cast<double>(rate.hits) / static_cast<double>(rate.runs);
}

Interval wilson_interval(Rate rate) {
  if (rate.runs == 0) return {};
  constexpr double z = 1.959963984540054;  // the 97.5 % point of the standard normal distribution
  const auto n = static_cast<double>(rate.runs);
  const double p = fraction(rate);
  const double scale = 1.0 / (1.0 + z * z / n);
  const double middle = (p + z * z / (2 * n)) * scale;
  const double half = z * scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  // The ends are exactly 0 and 1 for no hits and all hits; rounding would leave 1e-19 there.
  return {rate.hits == 0 ? 0.0 : std::max(0.0, middle - half),
          rate.hits == rate.runs ? 1.0 : std::min(1.0, middle + half)};
}

double zero_failure_bound(std::uint64_t runs) {
  if (runs == 0) return 1.0;
  return -std::expm1(std::log(0.05) / static_cast<double>(runs));
}

}  // namespace heddle
