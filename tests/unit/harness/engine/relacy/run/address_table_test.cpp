#include "harness/engine/relacy/run/address_table.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstddef>
#include <map>
#include <vector>

namespace heddle {
namespace {

struct Entry {
  Address key;
  int value;
};

Entry* add(AddressTable<Entry>& table, Address key, int value) {
  bool is_new = false;
  Entry* entry = table.find_or_add(key, &is_new);
  if (is_new) entry->value = value;
  return entry;
}

TEST(AddressTableTest, FindsWhatWasAddedAndNothingElse) {
  AddressTable<Entry> table(1024);
  add(table, 5, 50);
  ASSERT_NE(table.find(5), nullptr);
  EXPECT_EQ(table.find(5)->value, 50);
  EXPECT_EQ(table.find(6), nullptr);
}

TEST(AddressTableTest, TheSecondAdditionOfAKeyIsTheFirstEntry) {
  AddressTable<Entry> table(1024);
  Entry* first = add(table, 5, 50);
  EXPECT_EQ(add(table, 5, 51), first);
  EXPECT_EQ(first->value, 50);
  EXPECT_EQ(table.size(), 1U);
}

TEST(AddressTableTest, ClearForgetsEverything) {
  AddressTable<Entry> table(1024);
  for (Address key = 0; key < 100; ++key) add(table, key, 1);
  table.clear();
  EXPECT_EQ(table.size(), 0U);
  for (Address key = 0; key < 100; ++key) EXPECT_EQ(table.find(key), nullptr);
}

TEST(AddressTableTest, EntriesStayWhereTheyAreWhileTheTableGrows) {
  AddressTable<Entry> table(8192);
  std::vector<Entry*> entries;
  for (Address key = 0; key < 8192; ++key) {
    entries.push_back(add(table, key * 8, static_cast<int>(key)));
  }
  for (Address key = 0; key < 8192; ++key) {
    ASSERT_EQ(table.find(key * 8), entries[key]);
    ASSERT_EQ(table.find(key * 8)->value, static_cast<int>(key));
  }
}

TEST(AddressTableTest, AFullTableTakesNoMore) {
  AddressTable<Entry> table(256);
  for (Address key = 0; key < 256; ++key) ASSERT_NE(add(table, key, 1), nullptr);
  EXPECT_EQ(add(table, 1000, 1), nullptr);
  EXPECT_NE(add(table, 255, 1), nullptr);
}

TEST(AddressTableTest, BehavesAsAMapOverManyClears) {
  EXPECT_TRUE(rc::check([] {
    AddressTable<Entry> table(4096);
    for (int run = 0; run < 3; ++run) {
      std::map<Address, int> model;
      const auto keys = *rc::gen::container<std::vector<Address>>(rc::gen::inRange<Address>(0, 64));
      for (std::size_t i = 0; i < keys.size(); ++i) {
        const int value = static_cast<int>(i);
        model.emplace(keys[i], value);
        add(table, keys[i], value);
      }
      RC_ASSERT(table.size() == model.size());
      for (Address key = 0; key < 64; ++key) {
        const auto expected = model.find(key);
        const Entry* found = table.find(key);
        RC_ASSERT((found != nullptr) == (expected != model.end()));
        if (found != nullptr) RC_ASSERT(found->value == expected->second);
      }
      table.clear();
    }
  }));
}

}  // namespace
}  // namespace heddle
