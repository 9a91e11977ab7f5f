#include "harness/hooks/quiet_calls.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace heddle {
namespace {

TEST(QuietCalls, each_entry_has_a_reason_and_stands_there_once) {
  std::set<std::string_view> seen;
  for (const ListedCall& call : kListedCalls) {
    SCOPED_TRACE(call.name);
    EXPECT_GT(call.reason.size(), 10U);
    EXPECT_TRUE(seen.insert(call.name).second);
    EXPECT_FALSE(call.name.starts_with("*"));
  }
}

// A pattern before it would make an entry say nothing, or the opposite of what it says.
TEST(QuietCalls, each_entry_is_the_first_for_its_own_name) {
  for (const ListedCall& call : kListedCalls) {
    EXPECT_EQ(find_listed_call(call.name), &call) << call.name;
  }
}

TEST(QuietCalls, a_function_of_double_stands_for_those_of_the_other_types) {
  for (const char* name : {"log", "logf", "logl", "logf64x", "log10f128"}) {
    EXPECT_TRUE(is_modelled(name, false)) << name;
  }
  for (const char* name : {"login", "logout", "logwtmp", "cosine", "sinf16", "si"}) {
    EXPECT_FALSE(is_modelled(name, false)) << name;
  }
}

TEST(QuietCalls, what_is_in_no_list_is_modelled_by_its_hook_alone) {
  for (const char* name : {"gethostname", "swab", "tsearch", "a_name_of_tomorrow"}) {
    EXPECT_FALSE(is_modelled(name, false)) << name;
    EXPECT_TRUE(is_modelled(name, true)) << name;
  }
}

TEST(QuietCalls, a_hook_that_forwards_models_nothing) {
  EXPECT_FALSE(is_modelled("mprotect", false));
  EXPECT_FALSE(is_modelled("mprotect", true));
}

TEST(QuietCalls, the_cpp_library_is_quiet_but_for_what_is_of_the_process_or_the_kernel) {
  EXPECT_TRUE(is_modelled("_ZNSt6thread4joinEv", false));
  for (const char* name : {"_ZNSt10filesystem7__cxx114path14_M_split_cmptsEv",
                           "_ZNSt10filesystem6statusERKNS_7__cxx114pathE",
                           "_ZNKSt10filesystem7__cxx1118directory_iteratordeEv",
                           "_ZSt13set_terminatePFvvE", "_ZSt15get_new_handlerv"}) {
    EXPECT_FALSE(is_modelled(name, false)) << name;
    EXPECT_TRUE(is_modelled(name, true)) << name;
  }
  // Its hook notes no more than that it was called.
  EXPECT_FALSE(is_modelled("_ZNSt6locale6globalERKS_", true));
}

}  // namespace
}  // namespace heddle
