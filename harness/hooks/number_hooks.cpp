// Numbers out of strings. They read up to where the number ends, and the letter behind it.
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>

#include "harness/hooks/memory_access.h"

using heddle::is_watched;
using heddle::MemoryAccess;

namespace {

bool is_space(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

// `end`: where the number ends; the text's beginning if there is none.
std::size_t extent(const char* text, const char* end) {
  if (end != text) return static_cast<std::size_t>(end - text) + 1;
  // What does not begin a number is looked at.
  while (is_space(*end)) ++end;
  if (*end == '+' || *end == '-') ++end;
  return static_cast<std::size_t>(end - text) + 1;
}

// `convert(text, end)` as strtod().
template <typename Convert>
auto number(heddle::Address pc, const char* text, char** end, Convert convert) {
  if (!is_watched()) return convert(text, end);
  const MemoryAccess access(pc);
  char* found = nullptr;
  decltype(convert(text, end)) value = {};
  access.read_extent(text, [&] {
    value = convert(text, &found);
    return extent(text, found);
  });
  if (end != nullptr) access.put(end, found);
  return value;
}

}  // namespace

#define HEDDLE_INTEGER(type, name)                                                                 \
  HEDDLE_EXPORT_HOOK(type, name, const char* text, char** end, int base) {                         \
    return number(HEDDLE_PC, text, end,                                                            \
                  [&](const char* from, char** to) { return HEDDLE_REAL(name)(from, to, base); }); \
  }
#define HEDDLE_INTEGERS(prefix)                        \
  HEDDLE_INTEGER(long, prefix##strtol)                 \
  HEDDLE_INTEGER(unsigned long, prefix##strtoul)       \
  HEDDLE_INTEGER(long long, prefix##strtoll)           \
  HEDDLE_INTEGER(unsigned long long, prefix##strtoull) \
  HEDDLE_INTEGER(intmax_t, prefix##strtoimax)          \
  HEDDLE_INTEGER(uintmax_t, prefix##strtoumax)
HEDDLE_INTEGERS()
HEDDLE_INTEGERS(__isoc23_)

#define HEDDLE_REAL_NUMBER(type, name)                                                       \
  HEDDLE_EXPORT_HOOK(type, name, const char* text, char** end) {                             \
    return number(HEDDLE_PC, text, end,                                                      \
                  [&](const char* from, char** to) { return HEDDLE_REAL(name)(from, to); }); \
  }
HEDDLE_REAL_NUMBER(double, strtod)
HEDDLE_REAL_NUMBER(float, strtof)
HEDDLE_REAL_NUMBER(long double, strtold)

#define HEDDLE_FROM_STRING(type, name, convert)                                                  \
  HEDDLE_EXPORT_HOOK(type, name, const char* text) {                                             \
    return static_cast<type>(                                                                    \
        number(HEDDLE_PC, text, nullptr, [&](const char* from, char** to) { return convert; })); \
  }
HEDDLE_FROM_STRING(int, atoi, HEDDLE_REAL(strtol)(from, to, 10))
HEDDLE_FROM_STRING(long, atol, HEDDLE_REAL(strtol)(from, to, 10))
HEDDLE_FROM_STRING(long long, atoll, HEDDLE_REAL(strtoll)(from, to, 10))
HEDDLE_FROM_STRING(double, atof, HEDDLE_REAL(strtod)(from, to))
