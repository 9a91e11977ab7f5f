#include "harness/hooks/memory_access.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

namespace heddle {
namespace {

struct Told {
  bool write;
  Address address;
  std::size_t size;
};

std::vector<Told> g_told;
// Called at each access, as another thread that comes in between.
void (*g_between)(const Told& told) = nullptr;

void tell(bool write, Address address, std::size_t size) {
  g_told.push_back({write, address, size});
  errno = EDOM;
  if (g_between != nullptr) g_between(g_told.back());
}

bool always(Address, std::size_t, std::uint64_t, Address) {
  return true;
}

class MemoryAccesses : public testing::Test {
 protected:
  void SetUp() override {
    g_told.clear();
    g_between = nullptr;
    table_ = g_passthrough_table;
    table_.read_range = [](Address address, std::size_t size, Address) {
      tell(false, address, size);
    };
    table_.write_range = [](Address address, std::size_t size, Address) {
      tell(true, address, size);
    };
    g_engine_table = &table_;
  }
  void TearDown() override { g_engine_table = &g_passthrough_table; }

  static Address at(const void* pointer) { return reinterpret_cast<Address>(pointer); }

  EngineTable table_ = {};
  MemoryAccess access_{0x1234};
};

TEST_F(MemoryAccesses, a_copy_is_one_read_and_one_write) {
  char from[100] = "text";
  char to[100] = {};
  access_.copy(to, from, sizeof to);
  EXPECT_STREQ(to, "text");
  ASSERT_EQ(g_told.size(), 2U);
  EXPECT_FALSE(g_told[0].write);
  EXPECT_EQ(g_told[0].address, at(from));
  EXPECT_TRUE(g_told[1].write);
  EXPECT_EQ(g_told[1].address, at(to));
  EXPECT_EQ(g_told[1].size, sizeof to);
}

TEST_F(MemoryAccesses, none_are_told_of_no_bytes) {
  table_.is_torn = always;
  char byte = 0;
  access_.copy(&byte, nullptr, 0);
  access_.fill(nullptr, 0, 0);
  access_.put(nullptr, &byte, 0);
  access_.read(nullptr, 0);
  EXPECT_TRUE(g_told.empty());
}

TEST_F(MemoryAccesses, keep_errno) {
  errno = ENOENT;
  char byte = 0;
  access_.put(&byte, 'x');
  EXPECT_EQ(errno, ENOENT);
}

TEST_F(MemoryAccesses, a_torn_copy_is_told_by_8_bytes_right_before_each_is_made) {
  table_.is_torn = always;
  alignas(8) static std::array<unsigned char, 64> from;
  alignas(8) static std::array<unsigned char, 64> to;
  std::iota(from.begin(), from.end(), 1);
  to.fill(0);
  g_between = [](const Told& told) {
    if (!told.write) return;
    // The parts before are there already, this one is not.
    for (std::size_t i = 0; i < to.size(); ++i) {
      const bool before = at(&to[i]) < told.address && i >= 3;
      EXPECT_EQ(to[i], before ? from[i - 3] : 0) << i;
    }
  };
  access_.copy(&to[3], from.data(), 40);
  EXPECT_TRUE(std::equal(&to[3], &to[43], from.begin()));
  ASSERT_EQ(g_told.size(), 12U);  // 5 bytes, 4 times 8, 3 bytes
  for (const Told& told : g_told) {
    if (!told.write) continue;
    EXPECT_LE((told.address & 7) + told.size, 8U);
  }
}

TEST_F(MemoryAccesses, a_torn_copy_reads_what_is_there_at_each_8_bytes) {
  table_.is_torn = always;
  alignas(8) static std::array<char, 16> from;
  std::array<char, 16> to{};
  from.fill('a');
  g_between = [](const Told& told) {
    if (!told.write && told.address == at(&from[8])) from.fill('b');
  };
  access_.copy(to.data(), from.data(), to.size());
  EXPECT_EQ(std::string(to.data(), to.size()), "aaaaaaaabbbbbbbb");
}

TEST_F(MemoryAccesses, copies_may_overlap) {
  for (const bool torn : {false, true}) {
    table_.is_torn = torn ? always : nullptr;
    for (std::size_t from = 0; from < 24; ++from) {
      for (std::size_t to = 0; to < 24; ++to) {
        for (const std::size_t size :
             {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{19}, std::size_t{32}}) {
          std::array<char, 64> ours;
          std::iota(ours.begin(), ours.end(), '\0');
          std::array<char, 64> theirs = ours;
          access_.copy(&ours[to], &ours[from], size);
          std::memmove(&theirs[to], &theirs[from], size);
          ASSERT_EQ(ours, theirs) << from << " to " << to << ", " << size << " bytes";
        }
      }
    }
  }
}

TEST_F(MemoryAccesses, fill_put_and_take_in_parts_do_the_same) {
  for (const bool torn : {false, true}) {
    table_.is_torn = torn ? always : nullptr;
    std::array<char, 40> target{};
    access_.fill(&target[3], 'x', 20);
    EXPECT_EQ(std::count(target.begin(), target.end(), 'x'), 20);
    const std::string text = "text that is longer than 8 bytes";
    access_.put(&target[1], text.c_str(), text.size() + 1);
    EXPECT_STREQ(&target[1], text.c_str());
    std::array<char, 40> taken{};
    access_.take(taken.data(), &target[1], text.size() + 1);
    EXPECT_EQ(taken.data(), text);
  }
}

TEST_F(MemoryAccesses, a_string_is_read_with_its_terminator_and_no_further) {
  EXPECT_EQ(access_.read_string("abc"), 3U);
  EXPECT_EQ(g_told.back().size, 4U);
  EXPECT_EQ(access_.read_string("abc", 2), 2U);
  EXPECT_EQ(g_told.back().size, 2U);
  EXPECT_EQ(access_.read_string(L"abc"), 3U);
  EXPECT_EQ(g_told.back().size, 4 * sizeof(wchar_t));
}

TEST_F(MemoryAccesses, a_string_that_grows_while_it_is_read_is_read_to_its_new_end) {
  static char text[8];
  std::strcpy(text, "ab");
  g_between = [](const Told& told) {
    if (told.size == 3) std::strcpy(text, "abcde");
  };
  EXPECT_EQ(access_.read_string(text), 5U);
  ASSERT_EQ(g_told.size(), 2U);
  EXPECT_EQ(g_told[1].address, at(text + 3));
  EXPECT_EQ(g_told[1].size, 3U);
}

TEST_F(MemoryAccesses, results_are_delivered_only_if_they_are_said_to_be_there) {
  int first = 1;
  int second = 2;
  int* to_first = &first;
  int* to_second = &second;
  int* none = nullptr;
  {
    PrivateResults made(to_first, to_second, none);
    EXPECT_NE(to_first, &first);
    EXPECT_EQ(none, nullptr);
    EXPECT_EQ(*to_first, 1) << "as it was";
    EXPECT_EQ(made.returned(to_second), &second);
    *to_first = 10;
    *to_second = 20;
    EXPECT_EQ(first, 1);
    EXPECT_TRUE(g_told.empty());
    made.deliver(access_);
  }
  EXPECT_EQ(to_first, &first);
  EXPECT_EQ(first, 10);
  EXPECT_EQ(second, 20);
  EXPECT_EQ(g_told.size(), 2U);
}

}  // namespace
}  // namespace heddle
