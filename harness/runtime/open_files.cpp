#include "harness/runtime/open_files.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "harness/engine/native/raw_system.h"
#include "harness/hooks/own_descriptors.h"

namespace heddle {
namespace {

using native::system_call;

void close_all(int from, int before) {
  if (from < before) system_call(SYS_close_range, from, before - 1, 0);
}

}  // namespace

void OpenFiles::take_snapshot() {
  // The kernel says of each whether it is open, in one call.
  std::vector<pollfd> all;
  for (int number = 0; number < own_descriptors::first(); ++number) {
    all.push_back({.fd = number, .events = 0, .revents = 0});
  }
  system_call(SYS_poll, native::as_argument(all.data()), static_cast<long>(all.size()), 0);
  for (const pollfd& one : all) {
    if ((one.revents & POLLNVAL) != 0) continue;
    const int number = one.fd;
    const long number_flags = system_call(SYS_fcntl, number, F_GETFD);
    files_.push_back({.number = number,
                      .copy = own_descriptors::copy(number),
                      .number_flags = static_cast<int>(number_flags),
                      .flags = static_cast<int>(system_call(SYS_fcntl, number, F_GETFL)),
                      .position = system_call(SYS_lseek, number, 0, SEEK_CUR)});
  }
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
  close_all(next, own_descriptors::first());
  system_call(SYS_close_range, own_descriptors::end(), ~0U, 0);
  return all;
}

}  // namespace heddle
