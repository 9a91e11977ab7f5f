#include "harness/grade/process_tree.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

namespace heddle::grade {
namespace {

struct Process {
  pid_t parent = 0;
  char state = 0;
  std::size_t threads = 0;
  std::uint64_t memory = 0;
};

bool read_process(const char* name, Process& process) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%.20s/stat", name);
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return false;
  char text[1024];
  const std::size_t got = std::fread(text, 1, sizeof text - 1, file);
  std::fclose(file);
  text[got] = '\0';
  // The program's name stands in parentheses and may hold any of them.
  const char* rest = std::strrchr(text, ')');
  if (rest == nullptr) return false;
  unsigned long long threads = 0;
  long long pages = 0;
  // proc(5): from field 3, the state, to 24, the pages in memory.
  const int fields = std::sscanf(rest + 1,
                                 " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
                                 "%*d %llu %*d %*u %*u %lld",
                                 &process.state, &process.parent, &threads, &pages);
  if (fields != 4) return false;
  process.threads = threads;
  process.memory =
      static_cast<std::uint64_t>(std::max(0LL, pages)) * static_cast<std::uint64_t>(getpagesize());
  return true;
}

}  // namespace

ProcessTree look_at_tree(pid_t root) {
  std::multimap<pid_t, pid_t> children;
  std::map<pid_t, Process> processes;
  DIR* folder = opendir("/proc");
  if (folder == nullptr) return {};
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    Process process;
    if (!read_process(entry->d_name, process)) continue;
    const auto pid = static_cast<pid_t>(std::atol(entry->d_name));
    processes.emplace(pid, process);
    children.emplace(process.parent, pid);
  }
  closedir(folder);
  ProcessTree tree;
  std::vector<pid_t> open = {root};
  while (!open.empty()) {
    const pid_t parent = open.back();
    open.pop_back();
    const auto [begin, end] = children.equal_range(parent);
    for (auto at = begin; at != end; ++at) {
      open.push_back(at->second);
      const Process& process = processes.at(at->second);
      if (process.state == 'Z') continue;
      tree.below.push_back(at->second);
      tree.threads += process.threads;
      tree.memory += process.memory;
    }
  }
  return tree;
}

}  // namespace heddle::grade
