#include "harness/runtime/open_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "harness/engine/native/raw_system.h"

namespace heddle {
namespace {

using native::system_call;

// Room for copies below the limit that nearly all programs have; far above it the kernel's table of
// descriptors, which each fork copies, would be large.
constexpr int kUsualLimit = 1024;
constexpr int kCopies = 64;

int highest_number() {
  rlimit limit{};
  system_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, native::as_argument(&limit));
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, kUsualLimit));
}

void close_all(int from, int before) {
  if (from < before) system_call(SYS_close_range, from, before - 1, 0);
}

}  // namespace

void OpenFiles::take_snapshot() {
  first_copy_ = std::max(highest_number() - kCopies, 0);
  for (int number = 0; number < first_copy_; ++number) {
    const long number_flags = system_call(SYS_fcntl, number, F_GETFD);
    if (number_flags < 0) continue;
    files_.push_back({.number = number,
                      .copy = copy_of(number),
                      .number_flags = static_cast<int>(number_flags),
                      .flags = static_cast<int>(system_call(SYS_fcntl, number, F_GETFL)),
                      .position = system_call(SYS_lseek, number, 0, SEEK_CUR)});
  }
}

int OpenFiles::keep(int number) {
  const int kept = copy_of(number);
  system_call(SYS_close, number);
  return kept;
}

int OpenFiles::copy_of(int number) {
  ++copies_;
  return static_cast<int>(system_call(SYS_fcntl, number, F_DUPFD_CLOEXEC, first_copy_));
}

bool OpenFiles::restore() const {
  bool all = true;
  int next = 0;
  for (const File& file : files_) {
    close_all(next, file.number);
    next = file.number + 1;
    if (system_call(SYS_dup3, file.copy, file.number,
                    (file.number_flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0) < 0) {
      all = false;
      continue;
    }
    if (system_call(SYS_fcntl, file.number, F_GETFL) != file.flags) {
      system_call(SYS_fcntl, file.number, F_SETFL, file.flags);
    }
    if (file.position >= 0) system_call(SYS_lseek, file.number, file.position, SEEK_SET);
  }
  close_all(next, first_copy_);
  system_call(SYS_close_range, first_copy_ + copies_, ~0U, 0);
  return all;
}

}  // namespace heddle
