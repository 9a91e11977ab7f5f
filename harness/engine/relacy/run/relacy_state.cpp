#include "harness/engine/relacy/run/relacy_state.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace heddle {
namespace {

constexpr std::string_view kBranches = "0123456789abcdefghijklmnopqrstuv";
constexpr char kRepeat = 'x';
// Above any run that the engine finishes: so that a damaged text cannot ask for all memory.
constexpr std::size_t kLongestPath = 1'000'000;

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::string path_text(const std::vector<std::uint8_t>& path) {
  std::size_t length = path.size();
  while (length != 0 && path[length - 1] == 0) --length;
  std::string text;
  for (std::size_t i = 0; i < length;) {
    std::size_t same = i + 1;
    while (same < length && path[same] == path[i]) ++same;
    text += kBranches[path[i]];
    const std::size_t more = same - i - 1;
    const std::string count = std::to_string(more);
    if (more > count.size() + 2) {
      text += kRepeat + count + kRepeat;
    } else {
      text.append(more, kBranches[path[i]]);
    }
    i = same;
  }
  return text;
}

std::optional<std::vector<std::uint8_t>> parse_path(std::string_view text) {
  std::vector<std::uint8_t> path;
  while (!text.empty()) {
    std::size_t count = 1;
    if (text.front() == kRepeat) {
      const std::size_t end = text.find(kRepeat, 1);
      if (end == std::string_view::npos || path.empty()) return std::nullopt;
      const auto repeat = parse_number<std::size_t>(text.substr(1, end - 1));
      if (!repeat || *repeat > kLongestPath) return std::nullopt;
      count = *repeat;
      path.insert(path.end(), count, path.back());
      text.remove_prefix(end + 1);
    } else {
      const std::size_t branch = kBranches.find(text.front());
      if (branch == std::string_view::npos) return std::nullopt;
      path.push_back(static_cast<std::uint8_t>(branch));
      text.remove_prefix(1);
    }
    if (path.size() > kLongestPath) return std::nullopt;
  }
  return path;
}

}  // namespace

std::string to_text(const RelacyState& state) {
  if (const auto* random = std::get_if<RandomRun>(&state)) {
    return "r-" + std::to_string(random->seed) + "-" + std::to_string(random->run);
  }
  const auto& tree = std::get<TreeRun>(state);
  const std::string path = path_text(tree.path);
  return tree.bound == kNoContextBound ? "f-" + path
                                       : "b" + std::to_string(tree.bound) + "-" + path;
}

namespace {

std::optional<RelacyState> read_relacy_state(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const std::string_view head = text.substr(0, dash);
  const std::string_view rest = text.substr(dash + 1);
  if (head == "r") {
    const std::size_t second = rest.find('-');
    if (second == std::string_view::npos) return std::nullopt;
    const auto seed = parse_number<std::uint64_t>(rest.substr(0, second));
    const auto run = parse_number<std::uint64_t>(rest.substr(second + 1));
    if (!seed || !run) return std::nullopt;
    return RandomRun{*seed, *run};
  }
  TreeRun tree;
  if (head.front() == 'b') {
    const auto bound = parse_number<unsigned>(head.substr(1));
    if (!bound || *bound > kLargestContextBound) return std::nullopt;
    tree.bound = *bound;
  } else if (head != "f") {
    return std::nullopt;
  }
  auto path = parse_path(rest);
  if (!path) return std::nullopt;
  tree.path = std::move(*path);
  return tree;
}

}  // namespace

std::optional<RelacyState> parse_relacy_state(std::string_view text) {
  auto state = read_relacy_state(text);
  // One run has one text.
  if (state.has_value() && to_text(*state) != text) state.reset();
  return state;
}

}  // namespace heddle
