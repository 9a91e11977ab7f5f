#include "harness/hooks/exempt_code.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/hooks/system_libraries.h"

namespace heddle {
namespace {

TEST(ExemptCode, each_entry_has_a_reason_and_stands_there_once) {
  std::set<std::pair<ExemptKind, std::string_view>> seen;
  for (const Exempt& entry : kExemptCode) {
    SCOPED_TRACE(entry.pattern);
    EXPECT_GT(entry.reason.size(), 10U);
    EXPECT_TRUE(seen.emplace(entry.kind, entry.pattern).second);
    EXPECT_EQ(entry.framework.empty(), entry.group != ExemptGroup::framework);
    // A pattern that begins or ends in the middle of nothing would take in what it does not mean.
    EXPECT_GT(entry.pattern.size(), 3U);
    EXPECT_EQ(entry.pattern.starts_with("*"), entry.kind == ExemptKind::source);
  }
}

TEST(ExemptCode, a_pattern_is_of_the_whole_text) {
  EXPECT_TRUE(matches_pattern("libc", "libc"));
  EXPECT_FALSE(matches_pattern("libc", "libcurl"));
  EXPECT_FALSE(matches_pattern("libc", "lib"));
  EXPECT_TRUE(matches_pattern("*/a*.cc", "/x/y/abc.cc"));
  EXPECT_TRUE(matches_pattern("*/a*.cc", "/a.cc.cc"));
  EXPECT_FALSE(matches_pattern("*/a*.cc", "/x/a.ccx"));
  EXPECT_TRUE(matches_pattern("a*", "a"));
  EXPECT_FALSE(matches_pattern("a*b", "a"));
}

TEST(ExemptCode, a_library_goes_by_its_name_without_its_version) {
  EXPECT_EQ(library_name("/lib/x86_64-linux-gnu/libc.so.6").stem, "libc");
  EXPECT_EQ(library_name("/lib/libc-2.31.so").stem, "libc");
  EXPECT_EQ(library_name("libheddle-tsan.so").stem, "libheddle-tsan");
  EXPECT_EQ(library_name("ld-linux-x86-64.so.2").stem, "ld-linux-x86-64");
  EXPECT_EQ(library_name("libstdc++.so.6.0.30").stem, "libstdc++");
  EXPECT_EQ(library_name("libc.solver.so").stem, "libc.solver");
}

TEST(ExemptCode, the_c_librarys_have_a_version) {
  for (const char* name : {"libutil.so", "librt.so", "libm.so", "build/libanl.so", "libdl.so"}) {
    EXPECT_EQ(find_exempt(ExemptKind::library, name), nullptr) << name;
    EXPECT_FALSE(is_runtime_library(name)) << name;
  }
  for (const char* name : {"libutil.so.1", "libutil-2.31.so", "linux-vdso.so.1"}) {
    EXPECT_TRUE(is_runtime_library(name)) << name;
  }
}

TEST(ExemptCode, the_runtimes_are_the_systems_and_what_only_begins_like_them_is_not) {
  for (const char* name :
       {"libc.so.6", "libm.so.6", "libpthread.so.0", "ld-linux-x86-64.so.2", "linux-vdso.so.1",
        "libheddle.so", "libtsan.so.2", "libclang_rt.tsan-x86_64.so"}) {
    EXPECT_TRUE(is_runtime_library(std::string("/lib/") + name)) << name;
  }
  for (const char* name : {"libstdc++.so.6", "libc++.so.1", "libgcc_s.so.1", "libatomic.so.1"}) {
    EXPECT_TRUE(is_system_library(std::string("/lib/") + name)) << name;
    EXPECT_FALSE(is_runtime_library(std::string("/lib/") + name)) << name;
  }
  for (const char* name :
       {"libpthreadpool.so", "libatomic_ops.so.1", "libcurl.so.4", "libmine.so", "libc-queue.so",
        "libheddle_user.so", "libtsandbox.so", "librtmp.so", "libgtest.so", "libubsan.so.1"}) {
    EXPECT_FALSE(is_system_library(std::string("/lib/") + name)) << name;
  }
}

TEST(ExemptCode, frameworks_go_by_a_name) {
  const auto framework = [](ExemptKind kind, std::string_view text) {
    const Exempt* entry = find_exempt(kind, text);
    return entry == nullptr ? std::string() : std::string(entry->framework);
  };
  using enum ExemptKind;
  EXPECT_EQ(framework(library, "/opt/tests/lib/libgtest.so.1.12.1"), "gtest");
  EXPECT_EQ(framework(library, "libgmock_main.so"), "gmock");
  EXPECT_EQ(framework(library, "librapidcheck.so"), "rapidcheck");
  EXPECT_EQ(framework(library, "libCatch2Main.so.3.1.0"), "Catch2");
  EXPECT_EQ(framework(library, "libdoctest_with_main.so"), "doctest");
  EXPECT_EQ(framework(library, "libboost_unit_test_framework.so.1.74.0"), "Boost.Test");
  EXPECT_EQ(framework(library, "libboost_thread.so.1.74.0"), "");
  EXPECT_EQ(framework(source, "/usr/src/googletest/googletest/src/gtest-all.cc"), "gtest");
  EXPECT_EQ(framework(source, "gtest_main.cc.o"), "gtest");
  EXPECT_EQ(framework(source, "third_party/googletest/googlemock/src/gmock-matchers.cc"), "gmock");
  EXPECT_EQ(framework(source, "my_gtest_helpers.cc"), "");
  EXPECT_EQ(framework(source, "/opt/tests/src/tests.cpp"), "");
  EXPECT_EQ(framework(symbol, "_ZN7testing8UnitTest3RunEv"), "gtest");
  EXPECT_EQ(framework(symbol, "_ZN8testing23runEv"), "");
}

}  // namespace
}  // namespace heddle
