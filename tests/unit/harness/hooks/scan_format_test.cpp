#include "harness/hooks/scan_format.h"
#include "harness/hooks/program_heap.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <cwchar>
#include <string>

namespace heddle {
namespace {

// As sscanf(), with private places.
__attribute__((format(scanf, 2, 3))) int scan(const char* text, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const MemoryAccess access(0);
  ScanResults results(access, ScanDialect::c99, format, arguments);
  const int count = results.deliver(std::vsscanf(text, format, arguments));
  va_end(arguments);
  return count;
}

TEST(ScanFormat, delivers_numbers_of_all_sizes) {
  signed char tiny = 0;
  short small = 0;
  int plain = 0;
  long large = 0;
  long long larger = 0;
  float single = 0;
  double real = 0;
  long double extended = 0;
  EXPECT_EQ(scan("1 2 3 4 5 1.5 2.5 3.5", "%hhd%hd%d%ld%lld%f%lf%Lf", &tiny, &small, &plain, &large,
                 &larger, &single, &real, &extended),
            8);
  EXPECT_EQ(tiny, 1);
  EXPECT_EQ(small, 2);
  EXPECT_EQ(plain, 3);
  EXPECT_EQ(large, 4);
  EXPECT_EQ(larger, 5);
  EXPECT_EQ(single, 1.5F);
  EXPECT_EQ(real, 2.5);
  EXPECT_EQ(extended, 3.5L);
}

TEST(ScanFormat, delivers_text_of_all_kinds) {
  if (program_heap::allocate(1, 1) == nullptr) {
    GTEST_SKIP() << "AddressSanitizer has its own memory where the program's heap would be";
  }
  char word[16] = {};
  char set[16] = {};
  char letters[4] = "...";
  wchar_t wide[16] = {};
  char* allocated = nullptr;
  EXPECT_EQ(scan("word ]x,abc wide own", "%15s %15[]x],%2c%*c%ls%ms", word, set, letters, wide,
                 &allocated),
            5);
  EXPECT_STREQ(word, "word");
  EXPECT_STREQ(set, "]x");
  EXPECT_STREQ(letters, "ab.");
  EXPECT_EQ(std::wstring(wide), L"wide");
  ASSERT_NE(allocated, nullptr);
  EXPECT_STREQ(allocated, "own");
  std::free(allocated);
}

TEST(ScanFormat, leaves_alone_what_was_not_assigned) {
  int first = -1;
  int second = -1;
  int place = -1;
  char word[8] = "as is";
  EXPECT_EQ(scan("7 x", "%d%d%7s%n", &first, &second, word, &place), 1);
  EXPECT_EQ(first, 7);
  EXPECT_EQ(second, -1);
  EXPECT_EQ(place, -1);
  EXPECT_STREQ(word, "as is");
}

TEST(ScanFormat, counts_and_skips) {
  int value = 0;
  int place = -1;
  EXPECT_EQ(scan("12% 34", "%*d%% %d%n", &value, &place), 1);
  EXPECT_EQ(value, 34);
  EXPECT_EQ(place, 6);
}

TEST(ScanFormat, takes_arguments_by_position) {
  int first = 0;
  int second = 0;
  EXPECT_EQ(scan("1 2", "%2$d %1$d", &first, &second), 2);
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 1);
}

}  // namespace
}  // namespace heddle
