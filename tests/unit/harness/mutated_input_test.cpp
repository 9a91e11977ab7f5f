// What a person pastes, types or resumes from, damaged at random: no reader may crash, and none may
// take it for something else than it is. HEDDLE_MUTATIONS: so many for each reader.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fuzz/delay/delay_plan.h"
#include "fuzz/options.h"
#include "fuzz/relacy_search.h"
#include "fuzz/strategy/strategy.h"
#include "harness/cli/expectation.h"
#include "harness/cli/numbers.h"
#include "harness/cli/play_input.h"
#include "harness/cli/report_files.h"
#include "harness/cli/saved_search.h"
#include "harness/engine/relacy/run/relacy_state.h"
#include "harness/model/anchored_token.h"
#include "harness/model/crc32.h"
#include "harness/model/isolation.h"
#include "harness/model/replay_token.h"
#include "harness/model/schedule.h"
#include "harness/search/google_test.h"
#include "harness/search/tsan_log.h"
#include "tests/unit/fuzz/strategy/simulated_program.h"

namespace heddle {
namespace {

std::uint64_t mutations() {
  const char* const wanted = std::getenv("HEDDLE_MUTATIONS");
  return wanted == nullptr ? 3'000 : std::strtoull(wanted, nullptr, 10);
}

class Mutator {
 public:
  explicit Mutator(std::vector<std::string> corpus) : corpus_(std::move(corpus)) {}

  std::string next() {
    std::string text = corpus_[below(corpus_.size())];
    for (std::size_t changes = below(4) + 1; changes > 0; --changes) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }

  void change(std::string& text) {
    // What numbers and separators break on.
    static const std::vector<std::string> kPieces = {"",
                                                     "0",
                                                     "-1",
                                                     "18446744073709551615",
                                                     "18446744073709551616",
                                                     "99999999999999999999999",
                                                     "-",
                                                     ".",
                                                     ":",
                                                     "=",
                                                     ",",
                                                     "_",
                                                     "x",
                                                     "e9",
                                                     "\n",
                                                     "\xff\xfe",
                                                     "{",
                                                     "[[[[[[[[[["};
    const std::size_t at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.erase(at, below(8) + 1);
        break;
      case 2:
        text.insert(at, kPieces[below(kPieces.size())]);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), below(40)));
        break;
      case 4:
        text.insert(at, std::string(1, '\0') + static_cast<char>(below(256)));
        break;
      default: {
        const std::string& other = corpus_[below(corpus_.size())];
        text = text.substr(0, at) + other.substr(below(other.size() + 1));
      }
    }
  }

  std::vector<std::string> corpus_;
  std::mt19937_64 random_{1};
};

std::vector<std::string> tokens() {
  std::vector<std::string> texts;
  Schedule schedule;
  for (std::uint32_t i = 0; i < 6; ++i) {
    texts.push_back(to_text(Token{.schedule = schedule, .relacy_state = {}}));
    texts.push_back(to_text(
        ReplayToken{.token = {.schedule = schedule, .relacy_state = {}}, .build = 0xabc123}));
    schedule.deviations.push_back({i % 3, 1'000ULL * i + 1, i % 4});
  }
  texts.push_back(
      to_text(Token{.engine = EngineKind::relacy, .schedule = {}, .relacy_state = "b2-0120x25x3"}));
  AnchoredToken anchored;
  anchored.function = "worker";
  anchored.line = 21;
  anchored.anchors.resize(3);
  texts.push_back(to_text(anchored));
  return texts;
}

// Whoever reads it must read what was written, or nothing.
template <typename Value, typename Error>
bool expect_canonical(const std::variant<Value, Error>& read, const std::string& text) {
  const auto* const value = std::get_if<Value>(&read);
  if (value != nullptr) {
    EXPECT_EQ(to_text(*value), text);
  }
  return value != nullptr;
}

// With the checksum of what it has become: else no reader comes past that.
std::string sealed(const std::string& text) {
  const std::size_t end = text.rfind('-');
  if (end == std::string::npos) return text;
  char digits[16];
  std::snprintf(digits, sizeof digits, "-%08x", crc32(std::string_view(text).substr(0, end)));
  return text.substr(0, end) + digits;
}

TEST(MutatedInput, is_no_other_token) {
  Mutator mutator(tokens());
  std::uint64_t accepted = 0;
  for (std::uint64_t i = 0; i < mutations(); ++i) {
    std::string text = mutator.next();
    if (i % 4 != 0) text = sealed(text);
    const bool read = expect_canonical(parse_token(text), text) ||
                      expect_canonical(parse_replay_token(text), text) ||
                      expect_canonical(parse_anchored_token(text), text);
    accepted += read ? 1 : 0;
    if (const auto state = parse_relacy_state(text)) {
      EXPECT_EQ(to_text(*state), text);
    }
  }
  EXPECT_GT(accepted, mutations() / 100);
}

TEST(MutatedInput, is_no_saved_search) {
  const SavedSearch saved{.strategy = "dfs:bound=2",
                          .seed = 7,
                          .program = 0xfedcba9876543210,
                          .args = {"5", "--flag"},
                          .racy_pcs = {0x401000},
                          .strategy_state = "dfs3 0 1k 0 0 2 1",
                          .earlier = {.failed = 3, .features = {}, .repeatable = false},
                          .finished = true,
                          .runs = 21};
  Mutator mutator({to_text(saved)});
  for (std::uint64_t i = 0; i < mutations(); ++i) {
    const auto read = parse_saved_search(mutator.next());
    if (const auto* const value = std::get_if<SavedSearch>(&read)) {
      EXPECT_EQ(*value, saved);
    }
  }
}

// What the strategy knows after some runs of three threads that write and read one another's
// variables.
std::vector<std::string> states_of(const char* name) {
  std::vector<std::string> states;
  const auto made = make_strategy(name, 1);
  Strategy& strategy = *std::get<std::unique_ptr<Strategy>>(made);
  SimulatedProgram program(3);
  for (std::size_t thread = 0; thread < program.size(); ++thread) {
    for (const std::size_t other : {thread, (thread + 1) % program.size()}) {
      Op op;
      op.kind = other == thread ? OpKind::atomic_store : OpKind::atomic_load;
      op.address = 0x1000 + 8 * other;
      op.size = 8;
      op.pc = 0x10 * (2 * thread + 1) + other;
      program[thread].emplace_back().op = op;
    }
  }
  for (std::uint64_t run = 0; run < 12; ++run) {
    execute(program, strategy, run);
    states.push_back(strategy.state());
  }
  return states;
}

// A state comes from a file with a checksum: here no reader has one before it.
TEST(MutatedInput, is_a_state_or_none) {
  for (const char* const name : {"dfs", "dfs:bound=2,choices=1", "dpor", "surw", "rff"}) {
    const std::vector<std::string> states = states_of(name);
    ASSERT_GT(states.back().size(), 8U) << name << " has learned nothing to damage";
    Mutator mutator(states);
    std::uint64_t accepted = 0;
    for (std::uint64_t i = 0; i < mutations(); ++i) {
      const auto made = make_strategy(name, 1);
      accepted += std::get<std::unique_ptr<Strategy>>(made)->set_state(mutator.next()) ? 1 : 0;
    }
    EXPECT_GT(accepted, 0U) << name << ": nothing came past the first look";
    EXPECT_LT(accepted, mutations()) << name;
  }
}

TEST(MutatedInput, is_an_option_or_none) {
  Mutator mutator({"random:stay=0.9",
                   "pct:depth=3",
                   "dfs:bound=2,choices=1,deviations=4",
                   "dpor",
                   "auto",
                   "exponential:p=0.02,mean=2us",
                   "yield:p=0.1",
                   "none",
                   "full",
                   "bound:3,choices:2",
                   "fail:lost_wakeup",
                   "any",
                   "json:out.json",
                   "markdown:-",
                   "250ms",
                   "1h",
                   "512MB",
                   "1.5 GiB",
                   "process",
                   "h2f"});
  for (std::uint64_t i = 0; i < mutations(); ++i) {
    const std::string text = mutator.next();
    const auto strategy = make_strategy(text, 1);
    if (const auto* const error = std::get_if<StrategyError>(&strategy)) {
      EXPECT_FALSE(error->message.empty());
    }
    const auto plan = parse_delay_plan(text);
    if (const auto* const read = std::get_if<DelayPlan>(&plan)) {
      EXPECT_TRUE(read->probability >= 0 && read->probability <= 1);
      EXPECT_LE(read->mean_ns, 1'000'000'000U);
    }
    if (const auto search = parse_relacy_search(text)) {
      EXPECT_EQ(parse_relacy_search(to_text(*search)), search);
    }
    if (const auto seconds = parse_seconds(text)) {
      EXPECT_TRUE(*seconds > 0 && *seconds < 1e9);
    }
    if (const auto bytes = parse_memory(text, 1)) {
      EXPECT_GE(*bytes, 1U);
    }
    parse_whole_number(text);
    const auto probability = parse_probability(text);
    if (probability.has_value()) {
      EXPECT_TRUE(*probability >= 0 && *probability <= 1);
    }
    parse_expectation(text);
    parse_report(text);
    parse_isolation(text);
    parse_engine(text);
  }
}

TEST(MutatedInput, is_a_line_or_none) {
  Mutator mutator(
      {"1", "T1", "c 1", "n 10", "u 3", "?", R"({"do": "go", "thread": 1})",
       R"({"do": "undo", "count": 3})",
       "Counter.\n  Adds\n  Sums/0  # GetParam() = 4\nDISABLED_X.\n  Y\n",
       "WARNING: ThreadSanitizer: data race (pid=1)\n  Write of size 4 at 0x5 by thread "
       "T1:\n    #0 f() /a/b.cpp:3 (x+0x1)\n\n  Previous read of size 4 at 0x5 by main "
       "thread:\n    #0 main /a/b.cpp:9 (x+0x2)\n\nSUMMARY: ThreadSanitizer: data race\n"});
  for (std::uint64_t i = 0; i < mutations(); ++i) {
    const std::string text = mutator.next();
    const PlayInput typed = parse_play_line(text);
    if (const auto* const error = std::get_if<PlayInputError>(&typed)) {
      EXPECT_EQ(error->message.find('\n'), std::string::npos);
    }
    parse_play_json(text);
    parse_test_list(text);
    parse_tsan_log(text);
  }
}

}  // namespace
}  // namespace heddle
