#include "harness/hooks/program_maps.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <vector>

namespace heddle {
namespace {

constexpr std::size_t kPage = 4096;
constexpr int kReadWrite = PROT_READ | PROT_WRITE;

unsigned char* map_pages(std::size_t pages) {
  void* memory =
      program_maps::map(nullptr, pages * kPage, kReadWrite, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<unsigned char*>(memory);
}

bool is_mapped(const void* page) {
  unsigned char ignored = 0;
  return mincore(const_cast<void*>(page), kPage, &ignored) == 0;
}

// One state for the whole process, as in a worker: one test, in the order of a worker's life.
TEST(ProgramMaps, each_run_finds_the_mappings_of_the_beginning_and_no_others) {
  // Before main: six pages, of which the first and the fourth hold something, and two that may not
  // be touched.
  unsigned char* early = map_pages(6);
  ASSERT_NE(early, nullptr);
  early[5] = 1;
  early[3 * kPage] = 4;
  unsigned char* barred = map_pages(2);
  ASSERT_NE(barred, nullptr);
  ASSERT_EQ(program_maps::protect(barred, 2 * kPage, PROT_NONE), 0);
  // The loader's way: a mapping that is made larger than needed, and cut.
  unsigned char* cut = map_pages(4);
  ASSERT_EQ(program_maps::unmap(cut, kPage), 0);
  ASSERT_EQ(program_maps::unmap(cut + 3 * kPage, kPage), 0);
  cut[kPage] = 9;
  // Much address space of which little is used.
  constexpr std::size_t kMuch = std::size_t{16} << 30;
  void* much = program_maps::map(nullptr, kMuch, kReadWrite,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(much, MAP_FAILED);
  unsigned char* middle = static_cast<unsigned char*>(much) + kMuch / 2;
  *middle = 3;
  program_maps::take_snapshot();

  unsigned char* first_of_run = nullptr;
  for (int run = 0; run < 3; ++run) {
    SCOPED_TRACE(run);
    EXPECT_EQ(early[5], 1);
    EXPECT_EQ(early[3 * kPage], 4);
    EXPECT_EQ(early[kPage], 0);
    EXPECT_EQ(cut[kPage], 9);
    EXPECT_FALSE(is_mapped(cut));
    EXPECT_TRUE(is_mapped(barred));
    EXPECT_EQ(*middle, 3);
    EXPECT_EQ(middle[kPage], 0);
    ++*middle;
    ++middle[kPage];

    early[5] = 77;
    early[kPage] = 78;
    cut[kPage] = 79;
    if (run == 1) {
      // All that a run can do to what was there before it.
      ASSERT_EQ(program_maps::protect(early, kPage, PROT_READ), 0);
      ASSERT_EQ(program_maps::unmap(early + 2 * kPage, 2 * kPage), 0);
      ASSERT_EQ(program_maps::protect(barred, kPage, kReadWrite), 0);
      barred[1] = 5;
      void* over = program_maps::map(cut + kPage, kPage, kReadWrite,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
      ASSERT_EQ(over, cut + kPage);
    }

    unsigned char* own = map_pages(3);
    ASSERT_NE(own, nullptr);
    if (first_of_run == nullptr) first_of_run = own;
    EXPECT_EQ(own, first_of_run) << "pointer values repeat";
    EXPECT_EQ(own[2 * kPage], 0) << "and what was there in the run before does not";
    own[2 * kPage] = 6;
    void* grown = program_maps::remap(own, 3 * kPage, 8 * kPage, MREMAP_MAYMOVE, nullptr);
    ASSERT_NE(grown, MAP_FAILED);
    EXPECT_EQ(static_cast<unsigned char*>(grown)[2 * kPage], 6);
    EXPECT_NE(grown, own) << "no address means two things in one run";
    EXPECT_FALSE(is_mapped(own));
    unsigned char* unmapped = map_pages(1);
    ASSERT_EQ(program_maps::unmap(unmapped, kPage), 0);
    EXPECT_NE(map_pages(1), unmapped);
    // A wish is not granted; an order is.
    void* wish = reinterpret_cast<void*>(0x7000'0000'0000);
    EXPECT_NE(program_maps::map(wish, kPage, kReadWrite, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), wish);
    void* ordered = program_maps::map(wish, kPage, kReadWrite,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    EXPECT_EQ(ordered, wish);

    program_maps::restore();
    EXPECT_FALSE(is_mapped(grown));
    EXPECT_FALSE(is_mapped(ordered));
  }
  EXPECT_EQ(std::memcmp(early, std::vector<unsigned char>{0, 0, 0, 0, 0, 1}.data(), 6), 0);
}

TEST(ProgramMaps, what_can_be_read_is_named_for_who_looks_for_pointers) {
  const auto readable = [](const void* page) {
    struct Look {
      Address page;
      bool found;
    } look{reinterpret_cast<Address>(page), false};
    program_maps::visit_readable(
        [](void* context, Address begin, Address end) {
          auto& wanted = *static_cast<Look*>(context);
          wanted.found |= begin <= wanted.page && wanted.page < end;
        },
        &look);
    return look.found;
  };
  unsigned char* memory = map_pages(3);
  ASSERT_NE(memory, nullptr);
  ASSERT_EQ(program_maps::protect(memory + kPage, kPage, PROT_NONE), 0);
  EXPECT_TRUE(readable(memory));
  EXPECT_FALSE(readable(memory + kPage));
  EXPECT_TRUE(readable(memory + 2 * kPage));
  ASSERT_EQ(program_maps::unmap(memory, 3 * kPage), 0);
  EXPECT_FALSE(readable(memory));
  EXPECT_FALSE(readable(memory + 2 * kPage));
}

TEST(ProgramMaps, errors_are_those_of_the_system) {
  EXPECT_EQ(program_maps::map(nullptr, 0, kReadWrite, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            MAP_FAILED);
  EXPECT_EQ(program_maps::map(nullptr, kPage, kReadWrite, MAP_PRIVATE, -1, 0), MAP_FAILED);
  EXPECT_EQ(program_maps::map(nullptr, std::size_t{1} << 60, kReadWrite,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            MAP_FAILED);
  EXPECT_EQ(program_maps::unmap(reinterpret_cast<void*>(1), kPage), -1);
}

}  // namespace
}  // namespace heddle
