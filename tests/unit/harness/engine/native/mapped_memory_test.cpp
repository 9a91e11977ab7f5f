#include "harness/engine/native/mapped_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace heddle::native {
namespace {

constexpr std::size_t kPage = 4096;
constexpr int kReadWrite = PROT_READ | PROT_WRITE;
constexpr int kPrivate = MAP_PRIVATE | MAP_ANONYMOUS;

// What restore() unmaps, in pages.
std::vector<Address> g_unmapped;

int note_unmap(void* begin, std::size_t size) {
  for (std::size_t at = 0; at < size; at += kPage) {
    g_unmapped.push_back((reinterpret_cast<Address>(begin) + at) / kPage);
  }
  return 0;
}

class MappedMemoryTest : public testing::Test {
 protected:
  std::vector<Address> restored() {
    g_unmapped.clear();
    maps_->restore(note_unmap);
    std::sort(g_unmapped.begin(), g_unmapped.end());
    return g_unmapped;
  }

  void begin_runs() {
    maps_->freeze();
    maps_->begin_runs();
  }

  // Too large for a stack frame.
  std::unique_ptr<MappedMemory> maps_ = std::make_unique<MappedMemory>();
  alignas(kPage) unsigned char memory_[3 * kPage] = {};
  const Address here_ = reinterpret_cast<Address>(memory_);
};

TEST_F(MappedMemoryTest, what_a_run_leaves_is_unmapped_after_it_and_once) {
  begin_runs();
  maps_->mapped(10 * kPage, 4 * kPage - 7, kReadWrite, kPrivate);
  maps_->mapped(20 * kPage, 2 * kPage, PROT_READ, kPrivate);
  maps_->unmapped(11 * kPage, 2 * kPage);
  maps_->unmapped(20 * kPage, 2 * kPage);
  maps_->mapped(30 * kPage, kPage, kReadWrite, kPrivate);
  maps_->moved(30 * kPage, kPage, 40 * kPage, 2 * kPage);
  maps_->protection_changed(41 * kPage, kPage, PROT_NONE);
  EXPECT_TRUE(maps_->restorable());
  EXPECT_EQ(restored(), (std::vector<Address>{10, 13, 40, 41}));
  EXPECT_EQ(restored(), (std::vector<Address>{}));
}

TEST_F(MappedMemoryTest, a_run_may_replace_its_own_mappings_also_where_they_were_made_apart) {
  begin_runs();
  maps_->mapped(10 * kPage, 2 * kPage, kReadWrite, kPrivate);
  maps_->mapped(12 * kPage, 2 * kPage, kReadWrite, kPrivate);
  maps_->mapped(11 * kPage, 2 * kPage, PROT_NONE, kPrivate | MAP_FIXED);
  EXPECT_TRUE(maps_->restorable());
  EXPECT_EQ(restored(), (std::vector<Address>{10, 11, 12, 13}));
}

TEST_F(MappedMemoryTest, a_run_that_changes_the_mappings_of_others_is_the_last_of_its_process) {
  const auto restorable_after = [](auto&& change) {
    const auto maps = std::make_unique<MappedMemory>();
    maps->freeze();
    maps->begin_runs();
    maps->mapped(10 * kPage, 2 * kPage, kReadWrite, kPrivate);
    change(*maps);
    return maps->restorable();
  };
  EXPECT_TRUE(restorable_after([](MappedMemory& maps) { maps.unmapped(10 * kPage, kPage); }));
  EXPECT_FALSE(restorable_after([](MappedMemory& maps) { maps.unmapped(11 * kPage, 2 * kPage); }));
  EXPECT_FALSE(restorable_after(
      [](MappedMemory& maps) { maps.protection_changed(9 * kPage, 2 * kPage, PROT_READ); }));
  EXPECT_FALSE(restorable_after([](MappedMemory& maps) {
    maps.mapped(11 * kPage, 2 * kPage, kReadWrite, kPrivate | MAP_FIXED);
  }));
  EXPECT_FALSE(restorable_after(
      [](MappedMemory& maps) { maps.moved(50 * kPage, kPage, 60 * kPage, kPage); }));
}

TEST_F(MappedMemoryTest, what_was_mapped_before_main_holds_again_what_it_held) {
  maps_->mapped(here_, 3 * kPage, kReadWrite, kPrivate);
  // The loader's way: made larger than needed, and cut.
  maps_->unmapped(here_ + 2 * kPage, kPage);
  memory_[0] = 1;
  memory_[kPage + 1] = 2;
  begin_runs();
  memory_[0] = memory_[5] = memory_[kPage + 1] = memory_[2 * kPage] = 9;
  EXPECT_TRUE(maps_->restorable());
  EXPECT_EQ(restored(), (std::vector<Address>{}));
  EXPECT_EQ(memory_[0], 1);
  EXPECT_EQ(memory_[5], 0);
  EXPECT_EQ(memory_[kPage + 1], 2);
  EXPECT_EQ(memory_[2 * kPage], 9) << "no mapping of the program's";
}

TEST_F(MappedMemoryTest, only_what_can_be_written_and_is_not_shared_is_put_back) {
  maps_->mapped(here_, kPage, kReadWrite, MAP_SHARED | MAP_ANONYMOUS);
  maps_->mapped(here_ + kPage, kPage, PROT_READ, kPrivate);
  maps_->mapped(here_ + 2 * kPage, kPage, PROT_NONE, kPrivate);
  maps_->protection_changed(here_ + 2 * kPage, kPage, kReadWrite);
  begin_runs();
  for (std::size_t page = 0; page < 3; ++page) memory_[page * kPage] = 9;
  restored();
  EXPECT_EQ(memory_[0], 9);
  EXPECT_EQ(memory_[kPage], 9);
  EXPECT_EQ(memory_[2 * kPage], 0);
}

TEST_F(MappedMemoryTest, what_is_too_much_to_copy_is_not_restorable) {
  constexpr std::size_t kMuch = std::size_t{16} << 30;
  maps_->mapped(Address{1} << 40, kMuch, kReadWrite, kPrivate | MAP_NORESERVE);
  begin_runs();
  EXPECT_FALSE(maps_->restorable());
}

TEST_F(MappedMemoryTest, more_mappings_than_it_has_room_for_are_not_restorable) {
  begin_runs();
  for (Address i = 0; i < 100'000; ++i) maps_->mapped(2 * i * kPage, kPage, kReadWrite, kPrivate);
  EXPECT_FALSE(maps_->restorable());
}

TEST_F(MappedMemoryTest, between_constructors_and_runs_it_is_heddle_that_maps) {
  maps_->freeze();
  maps_->mapped(10 * kPage, kPage, kReadWrite, kPrivate);
  maps_->unmapped(50 * kPage, kPage);
  maps_->begin_runs();
  EXPECT_TRUE(maps_->restorable());
  EXPECT_EQ(restored(), (std::vector<Address>{}));
}

}  // namespace
}  // namespace heddle::native
