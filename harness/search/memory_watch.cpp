#include "harness/search/memory_watch.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <istream>
#include <string>
#include <vector>

#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_maps.h"
#include "harness/model/memory_size.h"

namespace heddle {
namespace {

using std::chrono::microseconds;

// Between two looks: half of what is left must not fill up meanwhile, at the fastest that the
// system hands out memory, but no look is worth more than a little of the processor's time.
microseconds until_next_look(std::uint64_t used, std::uint64_t limit) {
  constexpr std::uint64_t kBytesPerMicrosecond = 8'000;
  const std::uint64_t left = limit - std::min(used, limit);
  return std::clamp(microseconds(left / 2 / kBytesPerMicrosecond), microseconds(2'000),
                    microseconds(50'000));
}

std::string in_proc(pid_t process, const char* name) {
  return "/proc/" + std::to_string(process) + '/' + name;
}

// It and all that it has started, as far as that still is its child's child.
std::vector<pid_t> family(pid_t process) {
  std::vector<pid_t> all = {process};
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::error_code error;
    std::filesystem::directory_iterator threads(in_proc(all[i], "task"), error);
    for (; !error && threads != std::filesystem::directory_iterator(); threads.increment(error)) {
      std::ifstream children(threads->path() / "children");
      for (pid_t child = 0; children >> child;) all.push_back(child);
    }
  }
  return all;
}

// Pages that several share count for each.
std::uint64_t resident(const std::vector<pid_t>& processes) {
  static const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::uint64_t pages = 0;
  for (const pid_t process : processes) {
    std::ifstream file(in_proc(process, "statm"));
    std::uint64_t mapped = 0;
    std::uint64_t present = 0;
    if (file >> mapped >> present) pages += present;
  }
  return pages * page;
}

// A page that several share counts in parts.
std::uint64_t proportional(const std::vector<pid_t>& processes) {
  std::uint64_t total = 0;
  for (const pid_t process : processes) {
    std::ifstream file(in_proc(process, "smaps_rollup"));
    total += memory_use_of(file, EngineKind::fuzz).total;
  }
  return total;
}

struct Range {
  Address begin;
  Address end;
};

// Where the worker's library gives the program its memory.
constexpr Range kOwn[] = {{program_heap::kBegin, program_heap::kEnd},
                          {program_maps::kBegin, program_maps::kEnd}};
// Under ThreadSanitizer: all but its shadow, which lies between what is linked at low addresses and
// what is not.
constexpr Range kBesideShadow[] = {{0, 0x0080'0000'0000}, {0x5500'0000'0000, ~Address{0}}};

bool is_programs(Address at, EngineKind engine) {
  const auto holds = [at](const Range& range) { return at >= range.begin && at < range.end; };
  if (engine == EngineKind::tsan) return std::ranges::any_of(kBesideShadow, holds);
  return std::ranges::any_of(kOwn, holds);
}

}  // namespace

MemoryUse memory_use_of(std::istream& smaps, EngineKind engine) {
  constexpr std::uint64_t kKilobyte = 1024;
  MemoryUse use;
  bool of_program = false;
  for (std::string line; std::getline(smaps, line);) {
    // A mapping begins with its addresses; what is said of it, with a word and a colon.
    const std::size_t colon = line.find(':');
    if (const std::size_t dash = line.find('-'); dash < colon) {
      char* rest = nullptr;
      of_program = is_programs(std::strtoull(line.c_str(), &rest, 16), engine);
    } else if (line.starts_with("Pss:")) {
      const std::uint64_t bytes = std::strtoull(line.c_str() + colon + 1, nullptr, 10) * kKilobyte;
      use.total += bytes;
      if (of_program) use.programs += bytes;
    }
  }
  return use;
}

void MemoryWatch::set_limit(std::uint64_t bytes, EngineKind engine) {
  engine_ = engine;
  limit_ = bytes;
  if (bytes != 0 && !thread_.joinable()) thread_ = std::thread([this] { watch(); });
}

void MemoryWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<MemoryUse> MemoryWatch::over() const {
  const std::lock_guard lock(mutex_);
  return over_;
}

void MemoryWatch::watch() {
  std::unique_lock lock(mutex_);
  std::uint64_t used = 0;
  while (!changed_.wait_for(lock, until_next_look(used, limit_), [this] { return stops_; })) {
    lock.unlock();
    const std::vector<pid_t> processes = family(worker_);
    used = resident(processes);
    if (const std::uint64_t limit = limit_; limit != 0 && used > limit) {
      used = proportional(processes);
      if (used > limit) {
        MemoryUse use;
        for (const pid_t process : processes) {
          std::ifstream file(in_proc(process, "smaps"));
          const MemoryUse one = memory_use_of(file, engine_);
          use.total += one.total;
          use.programs += one.programs;
        }
        lock.lock();
        over_ = use;
        kill(-worker_, SIGKILL);
        for (const pid_t process : processes) kill(process, SIGKILL);
        return;
      }
    }
    lock.lock();
  }
}

}  // namespace heddle
