#include "harness/search/machine_memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string_view>

#include "harness/model/memory_size.h"

namespace heddle {
namespace {

std::optional<std::uint64_t> number_in(const std::string& file) {
  std::ifstream in(file);
  std::uint64_t value = 0;
  // "max" where there is no limit.
  if (!(in >> value)) return std::nullopt;
  return value;
}

std::uint64_t machine(const std::string& root) {
  std::ifstream in(root + "/proc/meminfo");
  std::string name;
  std::uint64_t kilobytes = 0;
  constexpr std::uint64_t kKilobyte = 1024;
  for (std::string rest; in >> name >> kilobytes; std::getline(in, rest)) {
    if (name == "MemTotal:") return kilobytes * kKilobyte;
  }
  return 0;
}

// A limit of a group holds for all groups in it. A container may see its own group as the root, and
// have another name for it than there is a folder for.
std::uint64_t least_up(const std::string& mount, std::string group, std::string_view file,
                       std::uint64_t least) {
  while (true) {
    if (const auto limit = number_in(mount + group + '/' + std::string(file))) {
      least = std::min(least, *limit);
    }
    if (group.empty()) return least;
    const std::size_t slash = group.rfind('/');
    group.resize(slash == std::string::npos ? 0 : slash);
  }
}

}  // namespace

std::uint64_t memory_at_hand(const std::string& root) {
  std::uint64_t least = machine(root);
  if (least == 0) least = ~std::uint64_t{0};
  // "4:memory:/group" of version 1, "0::/group" of version 2.
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = ',' + line.substr(first + 1, second - first - 1) + ',';
    const std::string group = line.substr(second + 1);
    if (controllers == ",,") {
      least = least_up(root + "/sys/fs/cgroup", group, "memory.max", least);
      // Where both versions are in use.
      least = least_up(root + "/sys/fs/cgroup/unified", group, "memory.max", least);
    } else if (controllers.find(",memory,") != std::string::npos) {
      least = least_up(root + "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes", least);
    }
  }
  return least == ~std::uint64_t{0} ? 0 : least;
}

std::uint64_t share_of_memory(std::uint64_t at_hand, unsigned workers) {
  constexpr std::uint64_t kLeastShare = std::uint64_t{256} << 20;
  if (at_hand == 0) return 0;
  return std::max(at_hand / 2 / std::max(1U, workers), kLeastShare);
}

std::string address_limit_words() {
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  if (limit.rlim_cur == RLIM_INFINITY) return {};
  return "; this may be since processes have " + memory_words(limit.rlim_cur) +
         " of addresses here (ulimit -v)";
}

}  // namespace heddle
