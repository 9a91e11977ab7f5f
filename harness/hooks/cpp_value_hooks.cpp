// Functions of libstdc++.so that take values from the program's memory, or put them there.
#include <charconv>
#include <cstddef>
#include <unordered_map>

#include "harness/hooks/memory_access.h"

// C linkage is for the linker's name alone.
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wreturn-type-c-linkage"

using heddle::is_watched;
using heddle::MemoryAccess;

// ---- hashes

#define HEDDLE_HASHES(name)                                                                     \
  HEDDLE_EXPORT_HOOK(std::size_t, name, const void* from, std::size_t size, std::size_t seed) { \
    if (is_watched()) MemoryAccess(HEDDLE_PC).read(from, size);                                 \
    return HEDDLE_REAL(name)(from, size, seed);                                                 \
  }
HEDDLE_HASHES(_ZSt11_Hash_bytesPKvmm)
HEDDLE_HASHES(_ZSt15_Fnv_hash_bytesPKvmm)

// When a hash table grows: what it keeps for that changes with each answer.
HEDDLE_EXPORT_HOOK(std::size_t, _ZNKSt8__detail20_Prime_rehash_policy11_M_next_bktEm,
                   const std::__detail::_Prime_rehash_policy* self, std::size_t wanted) {
  if (is_watched()) MemoryAccess(HEDDLE_PC).write(self, sizeof *self);
  return HEDDLE_REAL(_ZNKSt8__detail20_Prime_rehash_policy11_M_next_bktEm)(self, wanted);
}

// ---- numbers as text

// Reads as far as the answer says, and one character more.
#define HEDDLE_FROM_CHARS(name, Type)                                                    \
  HEDDLE_EXPORT_HOOK(std::from_chars_result, name, const char* begin, const char* end,   \
                     Type& value, std::chars_format format) {                            \
    if (!is_watched()) return HEDDLE_REAL(name)(begin, end, value, format);              \
    const MemoryAccess access(HEDDLE_PC);                                                \
    Type found = 0;                                                                      \
    std::from_chars_result result{};                                                     \
    access.read_extent(begin, [&] {                                                      \
      result = HEDDLE_REAL(name)(begin, end, found, format);                             \
      return static_cast<std::size_t>(result.ptr - begin) + (result.ptr != end ? 1 : 0); \
    });                                                                                  \
    if (result.ec == std::errc()) access.put(&value, found);                             \
    return result;                                                                       \
  }
HEDDLE_FROM_CHARS(_ZSt10from_charsPKcS0_RfSt12chars_format, float)
HEDDLE_FROM_CHARS(_ZSt10from_charsPKcS0_RdSt12chars_format, double)
HEDDLE_FROM_CHARS(_ZSt10from_charsPKcS0_ReSt12chars_format, long double)

namespace {

template <typename Convert>
std::to_chars_result convert(heddle::Address pc, char* begin, char* end, Convert convert_to) {
  if (!is_watched()) return convert_to(begin, end);
  const auto room = static_cast<std::size_t>(end - begin);
  heddle::PrivateBuffer buffer(room);
  const std::to_chars_result result = convert_to(buffer.data(), buffer.data() + room);
  const auto length = static_cast<std::size_t>(result.ptr - buffer.data());
  if (result.ec == std::errc()) {
    MemoryAccess(pc).put(static_cast<void*>(begin), buffer.data(), length);
  }
  return {begin + length, result.ec};
}

}  // namespace

#define HEDDLE_TO_CHARS(letter, Type)                                                           \
  HEDDLE_EXPORT_HOOK(std::to_chars_result, _ZSt8to_charsPcS_##letter, char* begin, char* end,   \
                     Type value) {                                                              \
    return convert(HEDDLE_PC, begin, end, [&](char* from, char* to) {                           \
      return HEDDLE_REAL(_ZSt8to_charsPcS_##letter)(from, to, value);                           \
    });                                                                                         \
  }                                                                                             \
  HEDDLE_EXPORT_HOOK(std::to_chars_result, _ZSt8to_charsPcS_##letter##St12chars_format,         \
                     char* begin, char* end, Type value, std::chars_format format) {            \
    return convert(HEDDLE_PC, begin, end, [&](char* from, char* to) {                           \
      return HEDDLE_REAL(_ZSt8to_charsPcS_##letter##St12chars_format)(from, to, value, format); \
    });                                                                                         \
  }                                                                                             \
  HEDDLE_EXPORT_HOOK(std::to_chars_result, _ZSt8to_charsPcS_##letter##St12chars_formati,        \
                     char* begin, char* end, Type value, std::chars_format format,              \
                     int precision) {                                                           \
    return convert(HEDDLE_PC, begin, end, [&](char* from, char* to) {                           \
      return HEDDLE_REAL(_ZSt8to_charsPcS_##letter##St12chars_formati)(from, to, value, format, \
                                                                       precision);              \
    });                                                                                         \
  }
HEDDLE_TO_CHARS(f, float)
HEDDLE_TO_CHARS(d, double)
HEDDLE_TO_CHARS(e, long double)
