// When an atomic operation changes nothing.
#pragma once

#include <cstdint>

namespace heddle {

// It leaves what it finds in memory as it is if the bits of `mask` are `value`; with `unless`, if
// they are not. Then it is a read, whatever it could have done. As made here: a load.
struct LeavesAlone {
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
  bool unless = false;
  // Or, of a weak compare-exchange, without cause.
  bool may_fail = false;

  constexpr bool operator()(std::uint64_t found) const {
    return ((found & mask) == value) != unless;
  }

  static constexpr LeavesAlone never() { return {.unless = true}; }
  static constexpr LeavesAlone if_equal(std::uint64_t value,
                                        std::uint64_t mask = ~std::uint64_t{0}) {
    return {.mask = mask, .value = value};
  }
  static constexpr LeavesAlone unless_equal(std::uint64_t value) {
    return {.mask = ~std::uint64_t{0}, .value = value, .unless = true};
  }

  friend constexpr bool operator==(const LeavesAlone&, const LeavesAlone&) = default;

  // Whether it hangs on what it finds.
  constexpr bool depends() const { return mask != 0; }
};

}  // namespace heddle
