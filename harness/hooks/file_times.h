// The dates of files, beside clocks that do not tell the real time: what was made or changed since
// the process began has the date on which its runs begin, or it would be younger or older than can
// be. Which of two was made first cannot be told by it.
#pragma once

#include <time.h>

#include <cstdint>

#include "harness/hooks/engine_table.h"

namespace heddle::file_times {

// Whether a file that was changed then was changed since the process began.
bool is_new(const timespec& changed);

// Of a stat() that has succeeded, as given here. `status`: what it has found; of a file system it
// has no dates.
template <typename Status>
bool dated(bool succeeded, Status* status) {
  if constexpr (requires { status->st_mtim; }) {
    const std::int64_t first = g_engine_table->first_second;
    if (!succeeded || first == 0) return succeeded;
    for (timespec* const date : {&status->st_atim, &status->st_mtim, &status->st_ctim}) {
      if (is_new(*date)) *date = {.tv_sec = first, .tv_nsec = 0};
    }
  }
  return succeeded;
}

}  // namespace heddle::file_times
