// Random numbers: xoshiro256** 1.0 of Blackman and Vigna, "Scrambled Linear Pseudorandom Number
// Generators", ACM TOMS 47 (2021), seeded through SplitMix64 (Steele, Lea, Flood, "Fast Splittable
// Pseudorandom Number Generators", OOPSLA 2014) as its authors advise; bounded without bias as in
// Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29 (2019).
//
// Not std::mt19937 and std::uniform_int_distribution: what the latter returns differs between
// standard libraries, so a run's number would not mean the same run everywhere; and a state of
// 2.5 KB is slow to seed when a run takes a microsecond.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace heddle {

// One step of SplitMix64: moves `state` on and returns 64 well-mixed bits.
constexpr std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

class Random {
 public:
  // A stream that depends on these numbers alone. Each is mixed before the next is added, so that
  // (seed 1, run 2) and (seed 2, run 1) are unrelated, as are neighbours.
  constexpr explicit Random(std::uint64_t seed, std::uint64_t run = 0, std::uint64_t thread = 0) {
    std::uint64_t state = seed;
    state = split_mix(state) + run;
    state = split_mix(state) + thread;
    for (std::uint64_t& word : state_) word = split_mix(state);
  }

  // 64 random bits.
  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, n), n >= 1; every value exactly equally likely.
  constexpr std::uint64_t below(std::uint64_t n) {
    Wide product = Wide{next()} * n;
    if (static_cast<std::uint64_t>(product) < n) {
      const std::uint64_t threshold = (0 - n) % n;  // 2^64 mod n: the values that are too many
      while (static_cast<std::uint64_t>(product) < threshold) product = Wide{next()} * n;
    }
    return static_cast<std::uint64_t>(product >> 64U);
  }

  // Uniform in [0, 1), a multiple of 2^-53.
  // Through a signed number: processors convert those in one instruction.
  constexpr double unit() {
    return static_cast<double>(static_cast<std::int64_t>(next() >> 11U)) * 0x1p-53;
  }

  // True with this probability: always for 1, never for 0.
  constexpr bool chance(double probability) { return unit() < probability; }

 private:
  __extension__ using Wide = unsigned __int128;

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace heddle
