// Random delays for real threads: where, how often, how long.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "fuzz/random.h"

namespace heddle {

enum class DelayShape : std::uint8_t { none, uniform, exponential, yield };

// At each access and each lock call, with probability `probability`, a delay is drawn from `shape`.
struct DelayPlan {
  DelayShape shape = DelayShape::exponential;
  double probability = 0.02;      // 0 to 1
  std::uint32_t mean_ns = 2'000;  // mean of the delay, in nanoseconds

  friend bool operator==(const DelayPlan&, const DelayPlan&) = default;
};

struct DelayPlanError {
  std::string message;
};

// "none", "yield:p=0.1", "uniform:p=0.02,mean=2us", "exponential:p=0.02,mean=500ns". What is left
// out keeps its default. p: 0 to 1. mean: 1ns to 1s, a whole number of ns, us, ms or s.
std::variant<DelayPlan, DelayPlanError> parse_delay_plan(std::string_view text);
// Shows only what matters for the shape; parses back to an equal plan if `plan` was parsed.
std::string to_text(const DelayPlan& plan);

// One thread's delays in one run: a stream that depends on (seed, run, thread) alone.
class DelayStream {
 public:
  DelayStream(const DelayPlan& plan, std::uint64_t seed, std::uint64_t run, std::uint32_t thread);

  // Nanoseconds to wait at this point, 0 for none; with yields(), any other number means: give the
  // processor up once. `uniform` draws from 0 to twice the mean. Allocates nothing.
  //
  // How many points pass before the next delay is drawn at once (a geometric distribution), so a
  // point without a delay costs a decrement and not a random number: the hooks call this at every
  // memory access, and most of what is to be seen lies between the delays.
  std::uint64_t next_ns() {
    if (countdown_ != 0) [[likely]] {
      --countdown_;
      return 0;
    }
    return draw();
  }

  bool yields() const { return plan_.shape == DelayShape::yield; }

 private:
  std::uint64_t draw();
  std::uint64_t draw_countdown();
  std::uint64_t thinned_out(std::uint64_t points);

  DelayPlan plan_;
  double log_miss_ = 0;  // log(1 - probability)
  Random random_;
  std::uint64_t countdown_ = 0;  // points without a delay before the next one with
  std::uint64_t delays_ = 0;     // until now
};

}  // namespace heddle
