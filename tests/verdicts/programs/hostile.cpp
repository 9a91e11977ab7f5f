// Does to its process, and to whoever watches it, what the first argument says.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

// All that are open, but for standard input and output.
std::vector<int> descriptors() {
  std::vector<int> numbers;
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return numbers;
  while (const dirent* entry = readdir(folder)) {
    const int number = std::atoi(entry->d_name);
    if (number > 2 && number != dirfd(folder)) numbers.push_back(number);
  }
  closedir(folder);
  return numbers;
}

void write_to_all(char byte, std::size_t size) {
  const std::string bytes(size, byte);
  for (const int number : descriptors()) syscall(SYS_write, number, bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<void()>> ways = {
      {"write_ones", [] { write_to_all('\xff', 3); }},
      {"kill_itself", [] { kill(getpid(), SIGKILL); }},
  };
  const auto way = argc > 1 ? ways.find(argv[1]) : ways.end();
  std::thread other([&] {
    if (way != ways.end()) way->second();
  });
  other.join();
  return 0;
}
