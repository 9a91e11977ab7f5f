#include "harness/hooks/file_times.h"

namespace heddle::file_times {
namespace {

constinit timespec g_start = {};

// Before the program can make any. The date of a file is that of the kernel's last tick.
[[gnu::constructor]] void note_start() {
  clock_gettime(CLOCK_REALTIME_COARSE, &g_start);
}

}  // namespace

bool is_new(const timespec& changed) {
  return changed.tv_sec != g_start.tv_sec ? changed.tv_sec > g_start.tv_sec
                                          : changed.tv_nsec >= g_start.tv_nsec;
}

}  // namespace heddle::file_times
