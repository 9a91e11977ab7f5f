// Which of the loaded modules are the program's own and which belong to the system.
#pragma once

#include <string_view>

#include "harness/hooks/exempt_code.h"

namespace heddle {

namespace detail {

inline std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace detail

// Heddle under any of its names.
inline bool is_heddle_library(std::string_view path) {
  const Exempt* entry = find_exempt(ExemptKind::library, path);
  return entry != nullptr && entry->group == ExemptGroup::heddle;
}

// The C library, the loader, the kernel's own, and Heddle: what keeps its state over all runs.
inline bool is_runtime_library(std::string_view path) {
  const Exempt* entry = find_exempt(ExemptKind::library, path);
  return entry != nullptr &&
         (entry->group == ExemptGroup::heddle || entry->group == ExemptGroup::c_library);
}

// Those and the compilers' runtime libraries: no one looks for bugs there, and a report names the
// program's line that called them.
inline bool is_system_library(std::string_view path) {
  const Exempt* entry = find_exempt(ExemptKind::library, path);
  return entry != nullptr &&
         (entry->group == ExemptGroup::heddle || entry->group == ExemptGroup::c_library ||
          entry->group == ExemptGroup::compiler);
}

}  // namespace heddle
