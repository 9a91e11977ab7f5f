#include "harness/hooks/lasting_state.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "harness/hooks/quiet_calls.h"

namespace heddle::lasting_state {
namespace {

struct Listed {
  std::string_view name;
  Part part;
  bool hooked;
};

constexpr Listed kListed[] = {
#define HEDDLE_LEAVES(name, part) {#name, Part::part, true},
#define HEDDLE_LEAVES_UNHOOKED(name, part) {#name, Part::part, false},
#include "harness/hooks/lasting_state.def"
};

TEST(LastingState, each_function_is_listed_once_and_found_by_its_name) {
  for (const Listed& listed : kListed) {
    EXPECT_EQ(part_of(listed.name), listed.part) << listed.name;
    EXPECT_EQ(is_only_noted(listed.name), !listed.hooked) << listed.name;
  }
  EXPECT_EQ(part_of("getpid"), Part::none);
}

TEST(LastingState, each_part_has_a_text_and_a_function) {
  for (unsigned i = 0; i < static_cast<unsigned>(Part::none); ++i) {
    const auto part = static_cast<Part>(i);
    EXPECT_FALSE(text_of(part).empty()) << i;
    bool any = false;
    for (const Listed& listed : kListed) any = any || listed.part == part;
    EXPECT_TRUE(any) << text_of(part);
  }
}

// The hook that notes a call shares nothing between threads, and makes no call a known one.
TEST(LastingState, a_function_that_is_only_noted_is_not_modelled) {
  EXPECT_FALSE(is_modelled("setsid", true));
  EXPECT_TRUE(is_modelled("uselocale", true));  // quiet by the other list
}

TEST(LastingState, what_is_not_put_back_is_told_by_the_first_function_that_changed_it) {
  g_changed.store(0);
  g_kept_by.store(nullptr);
  note<Part::folder>("chdir");
  EXPECT_TRUE(is_changed(Part::folder));
  EXPECT_EQ(g_kept_by.load(), nullptr);
  note<Part::session>("setsid");
  note<Part::log>("syslog");
  EXPECT_STREQ(g_kept_by.load(), "setsid");
  EXPECT_EQ(g_changed.load() & kKeptParts, bit(Part::session) | bit(Part::log));
  g_changed.store(0);
  g_kept_by.store(nullptr);
}

}  // namespace
}  // namespace heddle::lasting_state
