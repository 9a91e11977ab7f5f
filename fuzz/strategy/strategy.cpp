#include "fuzz/strategy/strategy.h"

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "fuzz/options.h"
#include "fuzz/strategy/dfs.h"
#include "fuzz/strategy/dpor.h"
#include "fuzz/strategy/pct.h"
#include "fuzz/strategy/portfolio.h"
#include "fuzz/strategy/pos.h"
#include "fuzz/strategy/random_walk.h"
#include "fuzz/strategy/rff.h"
#include "fuzz/strategy/stable_threads.h"
#include "fuzz/strategy/starving.h"
#include "fuzz/strategy/surw.h"

namespace heddle {
namespace {

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

// Hands the options of one strategy out, field by field. What nobody asked for is an error.
class OptionReader {
 public:
  explicit OptionReader(std::vector<Option> options) : left_(std::move(options)) {}

  void probability(std::string_view key, std::optional<double>& field) {
    read(key, "a probability from 0 to 1", [&](std::string_view value) {
      const auto number = parse_probability(value);
      field = number;
      return number.has_value();
    });
  }

  template <typename Number>
  void whole_number(std::string_view key, std::uint64_t low, std::uint64_t high, Number& field) {
    read(key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high),
         [&](std::string_view value) {
           const auto number = parse_whole_number(value);
           if (!number || *number < low || *number > high) return false;
           field = static_cast<Number>(*number);
           return true;
         });
  }

  // `set` is called with the index of the word.
  void one_of(std::string_view key, std::initializer_list<std::string_view> words,
              const std::function<void(std::size_t)>& set) {
    std::string list;
    for (const std::string_view word : words) {
      if (!list.empty()) list += " or ";
      list += word;
    }
    read(key, list, [&](std::string_view value) {
      const auto* const word = std::find(words.begin(), words.end(), value);
      if (word == words.end()) return false;
      set(static_cast<std::size_t>(word - words.begin()));
      return true;
    });
  }

  // What is wrong, if anything is; call after all fields were read.
  std::optional<std::string> error() const {
    if (!error_.empty()) return error_;
    if (left_.empty()) return std::nullopt;
    return "it has no option " + quoted(left_.front().key);
  }

 private:
  void read(std::string_view key, const std::string& what,
            const std::function<bool(std::string_view)>& set) {
    for (auto option = left_.begin(); option != left_.end(); ++option) {
      if (option->key != key) continue;
      if (!set(option->value) && error_.empty()) {
        error_ = std::string(key) + " is " + what + ", not " + quoted(option->value);
      }
      left_.erase(option);
      return;
    }
  }

  std::vector<Option> left_;
  std::string error_;
};

std::unique_ptr<Strategy> make_random_walk(OptionReader& reader, std::uint64_t seed) {
  RandomWalkOptions options;
  reader.probability("stay", options.stay);
  return std::make_unique<RandomWalk>(options, seed);
}

std::unique_ptr<Strategy> make_starving(OptionReader& reader, std::uint64_t seed) {
  RandomWalkOptions options;
  reader.probability("stay", options.stay);
  return std::make_unique<Starving>(options, seed);
}

std::unique_ptr<Strategy> make_pct(OptionReader& reader, std::uint64_t seed) {
  // More steps than any run is allowed would only thin out the change points.
  constexpr std::uint64_t kMaxSteps = 1'000'000'000'000;
  PctOptions options;
  reader.whole_number("depth", 1, kPctMaxDepth, options.depth);
  reader.whole_number("k", 1, kMaxSteps, options.steps);
  return std::make_unique<Pct>(options, seed);
}

struct Entry {
  std::string_view name;
  std::string_view options;  // as messages list them
  std::unique_ptr<Strategy> (*make)(OptionReader& reader, std::uint64_t seed);
};

std::unique_ptr<Strategy> make_pos(OptionReader& /*reader*/, std::uint64_t seed) {
  return std::make_unique<Pos>(seed);
}

std::unique_ptr<Strategy> make_surw(OptionReader& /*reader*/, std::uint64_t seed) {
  return std::make_unique<Surw>(seed);
}

std::unique_ptr<Strategy> make_rff(OptionReader& /*reader*/, std::uint64_t seed) {
  return std::make_unique<Rff>(seed);
}

std::unique_ptr<Strategy> make_auto(OptionReader& /*reader*/, std::uint64_t seed) {
  return make_sampler(seed);
}

std::unique_ptr<Strategy> make_dfs(OptionReader& reader, std::uint64_t /*seed*/) {
  constexpr std::uint64_t kMost = 1'000'000;
  DfsOptions options;
  reader.whole_number("bound", 0, kMost, options.bound);
  reader.whole_number("choices", 0, kMost, options.choices);
  reader.whole_number("deviations", 0, kMost, options.deviations);
  return std::make_unique<Dfs>(options);
}

std::unique_ptr<Strategy> make_dpor(OptionReader& reader, std::uint64_t seed) {
  DporOptions options;
  reader.one_of("order", {"running", "random"},
                [&](std::size_t i) { options.random_order = i == 1; });
  return std::make_unique<StableThreads>(std::make_unique<Dpor>(options, seed));
}

constexpr std::array kEntries{
    Entry{"auto", "none", make_auto},
    Entry{"random", "stay=0..1", make_random_walk},
    Entry{"starving", "stay=0..1", make_starving},
    Entry{"pct", "depth=1..100, k=STEPS", make_pct},
    Entry{"pos", "none", make_pos},
    Entry{"surw", "none", make_surw},
    Entry{"rff", "none", make_rff},
    Entry{"dfs", "bound=PREEMPTIONS, choices=N, deviations=N", make_dfs},
    Entry{"dpor", "order=running or random", make_dpor},
};

std::string names() {
  std::string list;
  for (const Entry& entry : kEntries) {
    if (!list.empty()) list += ", ";
    list += entry.name;
  }
  return list;
}

}  // namespace

std::variant<std::unique_ptr<Strategy>, StrategyError> make_strategy(std::string_view text,
                                                                     std::uint64_t seed) {
  const auto split = split_options(text);
  if (const auto* error = std::get_if<OptionsError>(&split)) {
    return StrategyError{"strategy " + error->message};
  }
  const auto& named = std::get<NamedOptions>(split);
  for (const Entry& entry : kEntries) {
    if (entry.name != named.name) continue;
    OptionReader reader(named.options);
    std::unique_ptr<Strategy> strategy = entry.make(reader, seed);
    if (const auto error = reader.error()) {
      return StrategyError{"strategy " + quoted(text) + ": " + *error +
                           " (options: " + std::string(entry.options) + ")"};
    }
    return strategy;
  }
  return StrategyError{"unknown strategy " + quoted(named.name) + ": there are " + names()};
}

}  // namespace heddle
