#include "harness/search/machine_memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace heddle {
namespace {

constexpr std::uint64_t kGigabyte = std::uint64_t{1} << 30;

// A folder that looks like the system's.
class MachineMemory : public testing::Test {
 protected:
  MachineMemory() {
    std::string name = testing::TempDir() + "machine_XXXXXX";
    root_ = mkdtemp(name.data());
    write("/proc/meminfo", "MemTotal:        8388608 kB\nMemFree:         1 kB\n");
  }
  ~MachineMemory() override { std::filesystem::remove_all(root_); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + name).parent_path());
    std::ofstream(root_ + name) << text;
  }

  std::string root_;
};

TEST_F(MachineMemory, is_all_there_is_without_groups) {
  EXPECT_EQ(memory_at_hand(root_), 8 * kGigabyte);
}

TEST_F(MachineMemory, is_what_the_group_or_one_above_may_have) {
  write("/proc/self/cgroup", "0::/jobs/mine\n");
  write("/sys/fs/cgroup/jobs/mine/memory.max", "max\n");
  EXPECT_EQ(memory_at_hand(root_), 8 * kGigabyte);
  write("/sys/fs/cgroup/jobs/memory.max", "2147483648\n");
  EXPECT_EQ(memory_at_hand(root_), 2 * kGigabyte);
  write("/sys/fs/cgroup/jobs/mine/memory.max", "1073741824\n");
  EXPECT_EQ(memory_at_hand(root_), kGigabyte);
}

TEST_F(MachineMemory, is_that_of_a_container_which_sees_its_own_group_as_the_root) {
  write("/proc/self/cgroup", "0::/../../elsewhere\n");
  write("/sys/fs/cgroup/memory.max", "1073741824\n");
  EXPECT_EQ(memory_at_hand(root_), kGigabyte);
}

TEST_F(MachineMemory, is_that_of_a_group_of_version_1) {
  write("/proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/docker/a\n0::/a\n");
  // As that version writes no limit.
  write("/sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(memory_at_hand(root_), 8 * kGigabyte);
  write("/sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", "1073741824\n");
  EXPECT_EQ(memory_at_hand(root_), kGigabyte);
}

TEST_F(MachineMemory, is_not_known_where_nobody_says) {
  EXPECT_EQ(memory_at_hand(root_ + "/nowhere"), 0U);
}

TEST(ShareOfMemory, is_half_for_all_workers_and_never_absurdly_small) {
  EXPECT_EQ(share_of_memory(8 * kGigabyte, 2), 2 * kGigabyte);
  EXPECT_EQ(share_of_memory(8 * kGigabyte, 0), 4 * kGigabyte);
  EXPECT_EQ(share_of_memory(8 * kGigabyte, 1024), kGigabyte / 4);
  EXPECT_EQ(share_of_memory(0, 2), 0U);
}

}  // namespace
}  // namespace heddle
