// Which of the loaded modules are the program's own and which belong to the system.
#pragma once

#include <string_view>

namespace heddle {

namespace detail {

inline std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace detail

// The C library, the loader, the kernel's own, and Heddle under any of its names: what keeps its
// state over all runs.
inline bool is_runtime_library(std::string_view path) {
  const std::string_view name = detail::file_name(path);
  for (const std::string_view prefix :
       {"libc.so", "libc-", "ld-linux", "libpthread", "libdl.", "libm.so", "librt.", "linux-vdso",
        "libtsan", "libclang_rt", "libheddle"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

// Those and the compilers' runtime libraries: no one looks for bugs there, and a report names the
// program's line that called them.
inline bool is_system_library(std::string_view path) {
  const std::string_view name = detail::file_name(path);
  return is_runtime_library(path) || name.starts_with("libstdc++") || name.starts_with("libc++") ||
         name.starts_with("libgcc_s") || name.starts_with("libatomic");
}

}  // namespace heddle
