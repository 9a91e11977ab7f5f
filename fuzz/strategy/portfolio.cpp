#include "fuzz/strategy/portfolio.h"

#include <algorithm>
#include <utility>

#include "fuzz/strategy/pos.h"
#include "fuzz/strategy/random_walk.h"
#include "fuzz/strategy/rff.h"
#include "fuzz/strategy/starving.h"
#include "fuzz/strategy/state_text.h"
#include "fuzz/strategy/surw.h"

namespace heddle {

Portfolio::Portfolio(std::vector<std::unique_ptr<Strategy>> parts, std::vector<std::size_t> turns)
    : parts_(std::move(parts)), turns_(std::move(turns)), current_(parts_[turns_.front()].get()) {}

bool Portfolio::begin_run(std::uint64_t run) {
  current_ = parts_[turns_[run % turns_.size()]].get();
  return current_->begin_run(run);
}

bool Portfolio::learns() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const auto& part) { return part->learns(); });
}

std::string Portfolio::state() const {
  StateWriter sizes(kStateName);
  std::string texts;
  for (const auto& part : parts_) {
    const std::string text = part->state();
    sizes.add(text.size());
    texts += text;
  }
  return sizes.take() + '\n' + texts;
}

bool Portfolio::set_state(std::string_view state) {
  if (state.empty()) {
    return std::all_of(parts_.begin(), parts_.end(),
                       [](const auto& part) { return part->set_state({}); });
  }
  const std::size_t line = std::min(state.find('\n'), state.size());
  StateReader sizes(kStateName, state.substr(0, line));
  std::string_view texts = state.substr(std::min(line + 1, state.size()));
  for (const auto& part : parts_) {
    const std::uint64_t size = sizes.number();
    if (!sizes.ok() || size > texts.size() || !part->set_state(texts.substr(0, size))) return false;
    texts.remove_prefix(size);
  }
  return sizes.at_end() && texts.empty();
}

std::unique_ptr<Strategy> make_sampler(std::uint64_t seed) {
  enum Part : std::size_t { kPos, kRff, kSurw, kRandom, kStarving };
  std::vector<std::unique_ptr<Strategy>> parts;
  parts.push_back(std::make_unique<Pos>(seed));
  parts.push_back(std::make_unique<Rff>(seed));
  parts.push_back(std::make_unique<Surw>(seed));
  parts.push_back(std::make_unique<RandomWalk>(RandomWalkOptions{}, seed));
  parts.push_back(std::make_unique<Starving>(RandomWalkOptions{}, seed));
  return std::make_unique<Portfolio>(
      std::move(parts),
      std::vector<std::size_t>{kSurw, kRff, kPos, kRff, kSurw, kRff, kPos, kRandom,  //
                               kSurw, kRff, kPos, kRff, kSurw, kRff, kPos, kStarving});
}

}  // namespace heddle
