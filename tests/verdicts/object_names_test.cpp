// What reports call the objects of a program, end to end: from debug information, and from what the
// run shows of its stacks and its heap.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/report/describe.h"
#include "harness/report/symbolizer.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

struct MinimalRace {
  MinimalInterleaving minimal;
  std::vector<Module> modules;
};

// Nothing if the program shows none.
std::optional<MinimalRace> minimal_race(const std::string& program, std::vector<std::string> args) {
  SearchOptions options = search_options(program_path(program), EngineKind::fuzz, 200);
  options.worker.args = std::move(args);
  const EngineResult result = search_once(options);
  const Finding* finding = find_kind(result, FailureKind::data_race);
  if (finding == nullptr) return std::nullopt;
  Replayer replayer(options.worker, options.lost_ms);
  auto minimal = minimize(replayer, options.job, *finding, kNoTimeLimit);
  if (!minimal.has_value()) return std::nullopt;
  return MinimalRace{std::move(*minimal), replayer.modules()};
}

struct Called {
  std::string which;  // the program's argument
  std::string name;
  bool in_heap = false;
};

std::ostream& operator<<(std::ostream& out, const Called& called) {
  return out << called.which;
}

class NamesOf : public testing::TestWithParam<Called> {};

TEST_P(NamesOf, are_the_programs_own) {
  const auto race = minimal_race("named_objects", {GetParam().which});
  ASSERT_TRUE(race.has_value());
  const auto& [minimal, modules] = *race;
  const Symbolizer symbols{modules};
  Names names = names_for(minimal.failure, &minimal.trace, symbols);
  const Op& op = minimal.failure.places.front().op;
  EXPECT_EQ(names.of(op.address, op.kind), GetParam().name);
  const std::string origin = names.origin(op.address);
  EXPECT_EQ(origin.starts_with("allocated by T0 at named_objects.cpp:"), GetParam().in_heap)
      << origin;
  // As the library's own lines are nobody's, each place is one of the program's.
  for (const Place& place : minimal.failure.places) {
    const SourceLine source = source_of(symbols, place.op.pc, place.stack);
    EXPECT_FALSE(source.in_library) << short_place(source);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, NamesOf,
    testing::Values(
        Called{"member of a static", "pool.size"}, Called{"element of a static", "table[3].count"},
        Called{"static member", "bank::Pool::made"},
        Called{"static local", "bank::Clock::tick::ticks"}, Called{"container", "pool.waiting"},
        Called{"thread-local", "seen of T0"}, Called{"local", "count of main()"},
        Called{"member of a local", "mine.balance of main()"},
        Called{"element of a local", "slots[1].used of main()"},
        Called{"new", "Account 1.balance", true}, Called{"make_shared", "Account 1.balance", true},
        Called{"make_unique", "Account 1.balance", true},
        Called{"element of a vector", "Slot 1[2].used", true},
        Called{"element of a map", "std::pair 1.second.used", true},
        Called{"by a pointer in a vector", "Slot 1.used", true},
        Called{"by a pointer in the heap", "Node 1.value", true}, Called{"array", "int 1[3]", true},
        Called{"of unknown type", "object 1+8", true}),
    [](const auto& test) {
      std::string name = test.param.which;
      for (char& c : name) {
        if (c == ' ' || c == '-') c = '_';
      }
      return name;
    });

// Told in the one run and not in the next, such blocks made the steps of a program differ.
TEST(ObjectNames, what_has_an_alignment_of_its_own_is_allocated_at_a_place) {
  const auto race = minimal_race("any/gcc/aligned_new", {});
  ASSERT_TRUE(race.has_value());
  const auto& [minimal, modules] = *race;
  const Symbolizer symbols{modules};
  std::vector<std::uint64_t> sizes;
  for (const Event& event : minimal.trace.events) {
    const Op& op = event.op;
    if (op.kind != OpKind::heap_allocate || op.address % 64 != 0 || op.address2 - op.address < 64) {
      continue;
    }
    sizes.push_back(op.address2 - op.address);
    EXPECT_EQ(source_of(symbols, op.pc, event.stack).label, "aligned_new.cpp");
  }
  EXPECT_EQ(sizes, (std::vector<std::uint64_t>{128, 64}));
}

struct Spelled {
  std::string which;  // the program's argument
  std::string row;
};

std::ostream& operator<<(std::ostream& out, const Spelled& spelled) {
  return out << spelled.which;
}

class Values : public testing::TestWithParam<Spelled> {};

TEST_P(Values, are_as_the_program_spells_them) {
  const auto race = minimal_race("named_objects", {GetParam().which});
  ASSERT_TRUE(race.has_value());
  const auto& [minimal, modules] = *race;
  const Symbolizer symbols{modules};
  Names names = names_for(minimal.failure, &minimal.trace, symbols);
  std::set<std::string> rows;
  for (const Event& event : minimal.trace.events) {
    if (is_memory_access(event.op.kind)) rows.insert(operation_text(event, event.value, names));
  }
  EXPECT_TRUE(rows.contains(GetParam().row)) << testing::PrintToString(rows);
}

INSTANTIATE_TEST_SUITE_P(
    All, Values,
    testing::Values(Spelled{"double", "write total <- 0.5"},
                    Spelled{"atomic float", "store scale <- 2.0"},
                    Spelled{"atomic enumeration", "store state <- ready"},
                    Spelled{"double in the heap", "write Sample 1.value <- -1.25"},
                    Spelled{"local enumeration", "write mood of main() <- ready"},
                    Spelled{"unwritten", "read Sample 1.unwritten -> never written"}),
    [](const auto& test) {
      std::string name = test.param.which;
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

}  // namespace
}  // namespace heddle::verdicts
