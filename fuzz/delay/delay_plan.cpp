#include "fuzz/delay/delay_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "fuzz/options.h"

namespace heddle {
namespace {

struct ShapeName {
  DelayShape shape;
  std::string_view name;
  std::string_view options;  // as messages list them
  bool has_probability;
  bool has_mean;
};

constexpr std::array<ShapeName, 4> kShapes{{
    {DelayShape::none, "none", "", false, false},
    {DelayShape::yield, "yield", "p", true, false},
    {DelayShape::uniform, "uniform", "p and mean", true, true},
    {DelayShape::exponential, "exponential", "p and mean", true, true},
}};

struct Unit {
  std::string_view name;
  std::uint64_t ns;
};

// Largest first, for to_text(). A unit that ends as another does must come before it: "ns" ends
// in "s".
constexpr std::array<Unit, 4> kPrintUnits{
    {{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};
constexpr std::array<Unit, 4> kParseUnits{
    {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}}};

// A longer delay would be taken for a hang.
constexpr std::uint64_t kMaxMeanNs = 1'000'000'000;

const ShapeName& name_of(DelayShape shape) {
  return *std::find_if(kShapes.begin(), kShapes.end(),
                       [&](const ShapeName& entry) { return entry.shape == shape; });
}

std::optional<std::uint32_t> parse_mean(std::string_view text) {
  for (const Unit& unit : kParseUnits) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = parse_whole_number(text.substr(0, text.size() - unit.name.size()));
    if (!number || *number == 0 || *number > kMaxMeanNs / unit.ns) return std::nullopt;
    return static_cast<std::uint32_t>(*number * unit.ns);
  }
  return std::nullopt;
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

}  // namespace

std::variant<DelayPlan, DelayPlanError> parse_delay_plan(std::string_view text) {
  const auto split = split_options(text);
  if (const auto* error = std::get_if<OptionsError>(&split)) {
    return DelayPlanError{"delay plan " + error->message};
  }
  const auto& named = std::get<NamedOptions>(split);

  const auto* shape = std::find_if(kShapes.begin(), kShapes.end(), [&](const ShapeName& entry) {
    return entry.name == named.name;
  });
  if (shape == kShapes.end()) {
    return DelayPlanError{"unknown delay plan " + quoted(named.name) +
                          ": it is one of none, yield, uniform, exponential"};
  }

  DelayPlan plan;
  plan.shape = shape->shape;
  for (const Option& option : named.options) {
    if (option.key == "p" && shape->has_probability) {
      const auto probability = parse_probability(option.value);
      if (!probability) {
        return DelayPlanError{"delay plan " + quoted(text) + ": p is a probability from 0 to 1, " +
                              "not " + quoted(option.value)};
      }
      plan.probability = *probability;
    } else if (option.key == "mean" && shape->has_mean) {
      const auto mean = parse_mean(option.value);
      if (!mean) {
        return DelayPlanError{"delay plan " + quoted(text) +
                              ": mean is a time from 1ns to 1s, such as 2us, not " +
                              quoted(option.value)};
      }
      plan.mean_ns = *mean;
    } else {
      const std::string known =
          shape->options.empty() ? "it has none" : "it has " + std::string(shape->options);
      return DelayPlanError{"delay plan " + quoted(named.name) + " has no option " +
                            quoted(option.key) + ": " + known};
    }
  }
  return plan;
}

std::string to_text(const DelayPlan& plan) {
  const ShapeName& shape = name_of(plan.shape);
  std::string text(shape.name);
  if (shape.has_probability) text += ":p=" + probability_text(plan.probability);
  if (shape.has_mean) {
    // Every number is a multiple of the last unit.
    const auto* unit = std::find_if(kPrintUnits.begin(), kPrintUnits.end() - 1,
                                    [&](const Unit& u) { return plan.mean_ns % u.ns == 0; });
    text += ",mean=" + std::to_string(plan.mean_ns / unit->ns) + std::string(unit->name);
  }
  return text;
}

DelayStream::DelayStream(const DelayPlan& plan, std::uint64_t seed, std::uint64_t run,
                         std::uint32_t thread)
    : plan_(plan), log_miss_(std::log1p(-plan.probability)), random_(seed, run, thread) {
  if (plan_.shape == DelayShape::none) plan_.probability = 0;
  countdown_ = draw_countdown();
}

std::uint64_t DelayStream::draw_countdown() {
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  if (plan_.probability <= 0) return kNever;
  if (plan_.probability >= 1) return 0;
  // Inversion: P(at least i points pass) = (1 - p)^i. unit() is below 1, so the logarithm is
  // finite.
  const double points = std::log1p(-random_.unit()) / log_miss_;
  // A number too large for the type must not be converted to it.
  return points < 0x1p63 ? static_cast<std::uint64_t>(points) : kNever;
}

// A thread that has been delayed very often is in a long computation, which would take ten times as
// long for it: from then on the delays come ever more seldom.
std::uint64_t DelayStream::thinned_out(std::uint64_t points) {
  constexpr std::uint64_t kOften = 200'000;
  const std::uint64_t factor = ++delays_ / kOften;
  return points <= ~std::uint64_t{0} / (factor + 1) - 1 ? points + factor * (points + 1) : points;
}

std::uint64_t DelayStream::draw() {
  std::uint64_t delay = 0;
  switch (plan_.shape) {
    case DelayShape::none:
      break;
    case DelayShape::yield:
      delay = 1;
      break;
    case DelayShape::uniform:
      delay = random_.below(2 * std::uint64_t{plan_.mean_ns} + 1);
      break;
    case DelayShape::exponential:
      // At most 36.8 times the mean, as unit() is a multiple of 2^-53.
      delay = static_cast<std::uint64_t>(
          std::lround(-std::log1p(-random_.unit()) * static_cast<double>(plan_.mean_ns)));
      break;
  }
  countdown_ = thinned_out(draw_countdown());
  return delay;
}

}  // namespace heddle
