// Tells the runs of one process from each other by what nobody puts back: a setting of the process
// in the kernel that is reached through a file. A new process has what its parent had.
//
// second       fails in every run but the first of a process
// first        fails in every first run of a process, and in no other
// sometimes    fails in one run of so many as the second argument says, by the time
// second,sometimes   both
// steps        does not fail, and has other steps in the first run of a process
// file         fails if the file that the second argument names is there, and makes it
#include <cassert>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>

namespace {

constexpr const char* kSetting = "/proc/self/coredump_filter";

std::mutex lock;
int shared = 0;

void add(int times) {
  for (int i = 0; i < times; ++i) {
    const std::lock_guard guard(lock);
    ++shared;
  }
}

// Whether an earlier run of this process has been here.
bool was_here() {
  std::string setting;
  std::ifstream(kSetting) >> setting;
  const bool found = std::stoul(setting, nullptr, 16) == 0x7f;
  std::ofstream(kSetting) << "0x7f";
  return found;
}

bool by_chance(unsigned one_of) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto ticks = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() / 7;
  return ticks % one_of == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const bool seen = what == "file" || what == "sometimes" ? false : was_here();
  std::thread other(add, what == "steps" && seen ? 3 : 2);
  add(2);
  other.join();
  if (what.find("second") == 0) assert(!seen && "only after another run");
  if (what == "first") assert(seen && "only in a first run");
  if (what.find("sometimes") != std::string::npos) {
    assert(!by_chance(static_cast<unsigned>(std::atoi(argv[2]))) && "by chance");
  }
  if (what == "file") {
    const bool there = std::ifstream(argv[2]).good();
    std::ofstream(argv[2]) << "here";
    assert(!there && "the file is there");
  }
}
