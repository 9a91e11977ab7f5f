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

// Heddle under any of its names.
inline bool is_heddle_library(std::string_view path) {
  const std::string_view name = detail::file_name(path);
  return name.starts_with("libheddle") || name.starts_with("libtsan") ||
         name.starts_with("libclang_rt");
}

// The C library, the loader, the kernel's own, and Heddle: what keeps its state over all runs.
inline bool is_runtime_library(std::string_view path) {
  const std::string_view name = detail::file_name(path);
  for (const std::string_view prefix : {"libc.so", "libc-", "ld-linux", "libpthread", "libdl.",
                                        "libm.so", "librt.", "linux-vdso"}) {
    if (name.starts_with(prefix)) return true;
  }
  return is_heddle_library(path);
}

// Those and the compilers' runtime libraries: no one looks for bugs there, and a report names the
// program's line that called them.
inline bool is_system_library(std::string_view path) {
  const std::string_view name = detail::file_name(path);
  return is_runtime_library(path) || name.starts_with("libstdc++") || name.starts_with("libc++") ||
         name.starts_with("libgcc_s") || name.starts_with("libatomic");
}

}  // namespace heddle
