// memcpy and its kin: blocks of memory.
#include <stddef.h>

#include "harness/hooks/memory_access.h"

using heddle::is_watched;
using heddle::MemoryAccess;

namespace {

// 1 more than where `found` is, or `size` if nothing was.
std::size_t up_to(const void* begin, const void* found, std::size_t size) {
  if (found == nullptr) return size;
  return static_cast<std::size_t>(static_cast<const char*>(found) -
                                  static_cast<const char*>(begin)) +
         1;
}

}  // namespace

HEDDLE_EXPORT_HOOK(void*, memcpy, void* to, const void* from, size_t size) {
  if (!is_watched()) [[likely]]
    return HEDDLE_REAL(memcpy)(to, from, size);
  MemoryAccess(HEDDLE_PC).copy(to, from, size);
  return to;
}

HEDDLE_EXPORT_HOOK(void*, mempcpy, void* to, const void* from, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(mempcpy)(to, from, size);
  MemoryAccess(HEDDLE_PC).copy(to, from, size);
  return static_cast<char*>(to) + size;
}

HEDDLE_EXPORT_HOOK(void*, memmove, void* to, const void* from, size_t size) {
  if (!is_watched()) [[likely]]
    return HEDDLE_REAL(memmove)(to, from, size);
  MemoryAccess(HEDDLE_PC).copy(to, from, size);
  return to;
}

HEDDLE_EXPORT_HOOK(void, bcopy, const void* from, void* to, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(bcopy)(from, to, size);
  MemoryAccess(HEDDLE_PC).copy(to, from, size);
}

HEDDLE_EXPORT_HOOK(void*, memset, void* to, int value, size_t size) {
  if (!is_watched()) [[likely]]
    return HEDDLE_REAL(memset)(to, value, size);
  MemoryAccess(HEDDLE_PC).fill(to, value, size);
  return to;
}

HEDDLE_EXPORT_HOOK(void, bzero, void* to, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(bzero)(to, size);
  MemoryAccess(HEDDLE_PC).fill(to, 0, size);
}

HEDDLE_EXPORT_HOOK(void, __bzero, void* to, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(bzero)(to, size);
  MemoryAccess(HEDDLE_PC).fill(to, 0, size);
}

HEDDLE_EXPORT_HOOK(void, explicit_bzero, void* to, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(explicit_bzero)(to, size);
  MemoryAccess(HEDDLE_PC).fill(to, 0, size);
}

// The fortified forms: `room` is what the target holds. Where it does not suffice, the C library
// ends the program.
#define HEDDLE_CHECKED_COPY(name, returned)                                               \
  HEDDLE_EXPORT_HOOK(void*, name, void* to, const void* from, size_t size, size_t room) { \
    if (!is_watched() || size > room) return HEDDLE_REAL(name)(to, from, size, room);     \
    MemoryAccess(HEDDLE_PC).copy(to, from, size);                                         \
    return returned;                                                                      \
  }
HEDDLE_CHECKED_COPY(__memcpy_chk, to)
HEDDLE_CHECKED_COPY(__memmove_chk, to)
HEDDLE_CHECKED_COPY(__mempcpy_chk, static_cast<char*>(to) + size)

HEDDLE_EXPORT_HOOK(void*, __memset_chk, void* to, int value, size_t size, size_t room) {
  if (!is_watched() || size > room) return HEDDLE_REAL(__memset_chk)(to, value, size, room);
  MemoryAccess(HEDDLE_PC).fill(to, value, size);
  return to;
}

HEDDLE_EXPORT_HOOK(void, __explicit_bzero_chk, void* to, size_t size, size_t room) {
  if (!is_watched() || size > room) return HEDDLE_REAL(__explicit_bzero_chk)(to, size, room);
  MemoryAccess(HEDDLE_PC).fill(to, 0, size);
}

HEDDLE_EXPORT_HOOK(int, memcmp, const void* first, const void* second, size_t size) {
  if (is_watched()) [[unlikely]] {
    const MemoryAccess access(HEDDLE_PC);
    access.read(first, size);
    access.read(second, size);
  }
  return HEDDLE_REAL(memcmp)(first, second, size);
}

HEDDLE_EXPORT_HOOK(int, bcmp, const void* first, const void* second, size_t size) {
  if (is_watched()) [[unlikely]] {
    const MemoryAccess access(HEDDLE_PC);
    access.read(first, size);
    access.read(second, size);
  }
  return HEDDLE_REAL(bcmp)(first, second, size);
}

HEDDLE_EXPORT_HOOK(void*, memchr, const void* from, int wanted, size_t size) {
  const auto find = [&] { return HEDDLE_REAL(memchr)(from, wanted, size); };
  if (is_watched()) [[unlikely]] {
    MemoryAccess(HEDDLE_PC).read_extent(from, [&] { return up_to(from, find(), size); });
  }
  return find();
}

HEDDLE_EXPORT_HOOK(void*, rawmemchr, const void* from, int wanted) {
  const auto find = [&] { return HEDDLE_REAL(rawmemchr)(from, wanted); };
  if (is_watched()) {
    MemoryAccess(HEDDLE_PC).read_extent(from, [&] { return up_to(from, find(), 0); });
  }
  return find();
}

HEDDLE_EXPORT_HOOK(void*, memrchr, const void* from, int wanted, size_t size) {
  if (is_watched()) MemoryAccess(HEDDLE_PC).read(from, size);
  return HEDDLE_REAL(memrchr)(from, wanted, size);
}

HEDDLE_EXPORT_HOOK(void*, memmem, const void* from, size_t size, const void* wanted,
                   size_t wanted_size) {
  if (is_watched()) {
    const MemoryAccess access(HEDDLE_PC);
    access.read(from, size);
    access.read(wanted, wanted_size);
  }
  return HEDDLE_REAL(memmem)(from, size, wanted, wanted_size);
}

HEDDLE_EXPORT_HOOK(void*, memccpy, void* to, const void* from, int last, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(memccpy)(to, from, last, size);
  const auto extent = [&] { return up_to(from, HEDDLE_REAL(memchr)(from, last, size), size); };
  const MemoryAccess access(HEDDLE_PC);
  const std::size_t length = access.read_extent(from, extent);
  access.copy(to, from, length);
  return HEDDLE_REAL(memchr)(to, last, length) == nullptr ? nullptr
                                                          : static_cast<char*>(to) + length;
}
