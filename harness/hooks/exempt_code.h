// Code that needs no instrumentation, by the one list of it (exempt_code.def).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heddle {

enum class ExemptGroup : std::uint8_t {
  heddle,
  sanitizer,
  c_library,
  start_up,
  compiler,
  framework
};

// What a pattern is of.
enum class ExemptKind : std::uint8_t { library, source, symbol, runtime_symbol };

struct Exempt {
  ExemptGroup group;
  ExemptKind kind;
  std::string_view pattern;
  std::string_view framework;  // of ExemptGroup::framework: what the report calls it
  std::string_view reason;
};

inline constexpr Exempt kExemptCode[] = {
#define HEDDLE_EXEMPT(group, kind, pattern, framework, reason) \
  {ExemptGroup::group, ExemptKind::kind, pattern, framework, reason},
#include "harness/hooks/exempt_code.def"
#undef HEDDLE_EXEMPT
};

// Whether all of `text` is as `pattern` says: `*` is any text, empty or with slashes, and every
// other character itself.
constexpr bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_at = 0;
  while (at < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_at = at;
    } else if (p < pattern.size() && pattern[p] == text[at]) {
      ++p;
      ++at;
    } else if (star != std::string_view::npos) {
      // What the last star stands for is one character longer.
      p = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

struct LibraryName {
  std::string_view stem;   // "libc" of "/lib/libc.so.6" and of "libc-2.31.so"
  bool versioned = false;  // either way
};

constexpr LibraryName library_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  LibraryName name{.stem = slash == std::string_view::npos ? path : path.substr(slash + 1)};
  if (const std::size_t end = name.stem.rfind(".so"); end != std::string_view::npos) {
    name.versioned = end + 3 < name.stem.size();
    name.stem = name.stem.substr(0, end);
  }
  // A version has a dot: ld-linux-x86-64 has none.
  const std::size_t dash = name.stem.rfind('-');
  if (dash != std::string_view::npos && name.stem.find('.', dash) != std::string_view::npos &&
      name.stem.find_first_not_of("0123456789.", dash + 1) == std::string_view::npos) {
    name.versioned = true;
    name.stem = name.stem.substr(0, dash);
  }
  return name;
}

// The first entry for a library's path, a source's path or a symbol; null if it is none of these.
constexpr const Exempt* find_exempt(ExemptKind kind, std::string_view text) {
  LibraryName library;
  if (kind == ExemptKind::library) {
    library = library_name(text);
    text = library.stem;
  }
  for (const Exempt& entry : kExemptCode) {
    if (entry.kind != kind) continue;
    // A library of the program's own may be called libutil.so; the C library's are libutil.so.1.
    if (kind == ExemptKind::library && entry.group == ExemptGroup::c_library &&
        !library.versioned) {
      continue;
    }
    // "*/name" is of a path without a folder too.
    if (matches_pattern(entry.pattern, text) ||
        (kind == ExemptKind::source && entry.pattern.starts_with("*/") &&
         matches_pattern(entry.pattern.substr(2), text))) {
      return &entry;
    }
  }
  return nullptr;
}

}  // namespace heddle
