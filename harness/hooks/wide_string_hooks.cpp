// Strings of wide characters, and conversions between those and strings of bytes.
#include <stddef.h>
#include <wchar.h>

#include <algorithm>

#include "harness/hooks/hidden_state.h"
#include "harness/hooks/memory_access.h"

using heddle::is_watched;
using heddle::MemoryAccess;
using heddle::PrivateBuffer;

extern "C" {
size_t heddle_hook_wcslen(const wchar_t*) __asm__("wcslen");
size_t heddle_hook_wcsnlen(const wchar_t*, size_t) __asm__("wcsnlen");
}

namespace {

constexpr size_t kWide = sizeof(wchar_t);

size_t length_of(const wchar_t* text) {
  return HEDDLE_REAL(wcslen)(text);
}

size_t length_of(const wchar_t* text, size_t most) {
  return HEDDLE_REAL(wcsnlen)(text, most);
}

// Of two strings, how many bytes it takes to know that they differ or are equal.
size_t compared(const wchar_t* first, const wchar_t* second, size_t most) {
  for (size_t at = 0; at < most; ++at) {
    if (first[at] != second[at] || first[at] == L'\0') return (at + 1) * kWide;
  }
  return most * kWide;
}

void append(const MemoryAccess& access, wchar_t* to, const wchar_t* from, size_t most) {
  wchar_t* end = to + access.read_string(to);
  const size_t length = length_of(from, most);
  access.copy(end, from, length * kWide);
  access.put(end + length, L'\0');
}

void copy_padded(const MemoryAccess& access, wchar_t* to, const wchar_t* from, size_t size) {
  const size_t length = length_of(from, size);
  access.copy(to, from, std::min(length + 1, size) * kWide);
  if (length + 1 < size) access.fill(to + length + 1, 0, (size - length - 1) * kWide);
}

wchar_t* duplicate(const MemoryAccess& access, wchar_t* made) {
  if (made != nullptr) access.write(made, (length_of(made) + 1) * kWide);
  return made;
}

}  // namespace

HEDDLE_EXPORT_HOOK(wchar_t*, wmemcpy, wchar_t* to, const wchar_t* from, size_t count) {
  if (!is_watched()) return HEDDLE_REAL(wmemcpy)(to, from, count);
  MemoryAccess(HEDDLE_PC).copy(to, from, count * kWide);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, wmempcpy, wchar_t* to, const wchar_t* from, size_t count) {
  if (!is_watched()) return HEDDLE_REAL(wmempcpy)(to, from, count);
  MemoryAccess(HEDDLE_PC).copy(to, from, count * kWide);
  return to + count;
}

HEDDLE_EXPORT_HOOK(wchar_t*, wmemmove, wchar_t* to, const wchar_t* from, size_t count) {
  if (!is_watched()) return HEDDLE_REAL(wmemmove)(to, from, count);
  MemoryAccess(HEDDLE_PC).copy(to, from, count * kWide);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, wmemset, wchar_t* to, wchar_t value, size_t count) {
  if (is_watched()) MemoryAccess(HEDDLE_PC).write(to, count * kWide);
  return HEDDLE_REAL(wmemset)(to, value, count);
}

HEDDLE_EXPORT_HOOK(int, wmemcmp, const wchar_t* first, const wchar_t* second, size_t count) {
  if (is_watched()) {
    const MemoryAccess access(HEDDLE_PC);
    access.read(first, count * kWide);
    access.read(second, count * kWide);
  }
  return HEDDLE_REAL(wmemcmp)(first, second, count);
}

HEDDLE_EXPORT_HOOK(wchar_t*, wmemchr, const wchar_t* from, wchar_t wanted, size_t count) {
  const auto find = [&] { return HEDDLE_REAL(wmemchr)(from, wanted, count); };
  if (is_watched()) {
    MemoryAccess(HEDDLE_PC).read_extent(from, [&] {
      const wchar_t* found = find();
      return (found == nullptr ? count : static_cast<size_t>(found - from) + 1) * kWide;
    });
  }
  return find();
}

HEDDLE_EXPORT_HOOK(size_t, wcslen, const wchar_t* text) {
  if (is_watched()) return MemoryAccess(HEDDLE_PC).read_string(text);
  return HEDDLE_REAL(wcslen)(text);
}

HEDDLE_EXPORT_HOOK(size_t, wcsnlen, const wchar_t* text, size_t most) {
  if (is_watched()) return MemoryAccess(HEDDLE_PC).read_string(text, most);
  return HEDDLE_REAL(wcsnlen)(text, most);
}

HEDDLE_EXPORT_HOOK(int, wcscmp, const wchar_t* first, const wchar_t* second) {
  if (is_watched()) {
    MemoryAccess(HEDDLE_PC).read_extents(first, second,
                                         [&] { return compared(first, second, SIZE_MAX / kWide); });
  }
  return HEDDLE_REAL(wcscmp)(first, second);
}

HEDDLE_EXPORT_HOOK(int, wcsncmp, const wchar_t* first, const wchar_t* second, size_t most) {
  if (is_watched()) {
    MemoryAccess(HEDDLE_PC).read_extents(first, second,
                                         [&] { return compared(first, second, most); });
  }
  return HEDDLE_REAL(wcsncmp)(first, second, most);
}

HEDDLE_EXPORT_HOOK(wchar_t*, wcscpy, wchar_t* to, const wchar_t* from) {
  if (!is_watched()) return HEDDLE_REAL(wcscpy)(to, from);
  MemoryAccess(HEDDLE_PC).copy(to, from, (length_of(from) + 1) * kWide);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, wcsncpy, wchar_t* to, const wchar_t* from, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(wcsncpy)(to, from, size);
  copy_padded(MemoryAccess(HEDDLE_PC), to, from, size);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, wcscat, wchar_t* to, const wchar_t* from) {
  if (!is_watched()) return HEDDLE_REAL(wcscat)(to, from);
  append(MemoryAccess(HEDDLE_PC), to, from, SIZE_MAX / kWide);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, wcsncat, wchar_t* to, const wchar_t* from, size_t most) {
  if (!is_watched()) return HEDDLE_REAL(wcsncat)(to, from, most);
  append(MemoryAccess(HEDDLE_PC), to, from, most);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, wcsdup, const wchar_t* text) {
  if (!is_watched()) return HEDDLE_REAL(wcsdup)(text);
  const MemoryAccess access(HEDDLE_PC);
  access.read_string(text);
  return duplicate(access, HEDDLE_REAL(wcsdup)(text));
}

// The fortified forms: `room` is what the target holds, in characters. Where it does not suffice,
// the C library ends the program.
#define HEDDLE_CHECKED_COPY(name)                                                       \
  HEDDLE_EXPORT_HOOK(wchar_t*, name, wchar_t* to, const wchar_t* from, size_t count,    \
                     size_t room) {                                                     \
    if (!is_watched() || count > room) return HEDDLE_REAL(name)(to, from, count, room); \
    MemoryAccess(HEDDLE_PC).copy(to, from, count* kWide);                               \
    return to;                                                                          \
  }
HEDDLE_CHECKED_COPY(__wmemcpy_chk)
HEDDLE_CHECKED_COPY(__wmemmove_chk)

HEDDLE_EXPORT_HOOK(wchar_t*, __wmemset_chk, wchar_t* to, wchar_t value, size_t count, size_t room) {
  if (is_watched() && count <= room) MemoryAccess(HEDDLE_PC).write(to, count * kWide);
  return HEDDLE_REAL(__wmemset_chk)(to, value, count, room);
}

HEDDLE_EXPORT_HOOK(wchar_t*, __wcscpy_chk, wchar_t* to, const wchar_t* from, size_t room) {
  if (!is_watched() || length_of(from) >= room) return HEDDLE_REAL(__wcscpy_chk)(to, from, room);
  MemoryAccess(HEDDLE_PC).copy(to, from, (length_of(from) + 1) * kWide);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, __wcsncpy_chk, wchar_t* to, const wchar_t* from, size_t size,
                   size_t room) {
  if (!is_watched() || size > room) return HEDDLE_REAL(__wcsncpy_chk)(to, from, size, room);
  copy_padded(MemoryAccess(HEDDLE_PC), to, from, size);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, __wcscat_chk, wchar_t* to, const wchar_t* from, size_t room) {
  if (!is_watched() || length_of(to, room) + length_of(from) >= room) {
    return HEDDLE_REAL(__wcscat_chk)(to, from, room);
  }
  append(MemoryAccess(HEDDLE_PC), to, from, SIZE_MAX / kWide);
  return to;
}

HEDDLE_EXPORT_HOOK(wchar_t*, __wcsncat_chk, wchar_t* to, const wchar_t* from, size_t most,
                   size_t room) {
  if (!is_watched() || length_of(to, room) + length_of(from, most) >= room) {
    return HEDDLE_REAL(__wcsncat_chk)(to, from, most, room);
  }
  append(MemoryAccess(HEDDLE_PC), to, from, most);
  return to;
}

// ---- conversions

namespace {

// `convert(buffer)` returns how many units it has written, without the terminator; -1 on error.
// `size` is in units of the target.
template <typename Unit, typename Convert>
size_t converted(const MemoryAccess& access, Unit* to, size_t size, Convert convert) {
  if (to == nullptr) return convert(static_cast<Unit*>(nullptr));
  PrivateBuffer buffer(size * sizeof(Unit));
  auto* units = reinterpret_cast<Unit*>(buffer.data());
  const size_t count = convert(units);
  if (count != SIZE_MAX) access.put(to, units, std::min(count + 1, size) * sizeof(Unit));
  return count;
}

}  // namespace

HEDDLE_EXPORT_HOOK(size_t, mbstowcs, wchar_t* to, const char* from, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(mbstowcs)(to, from, size);
  const MemoryAccess access(HEDDLE_PC);
  access.read_string(from);
  return converted(access, to, size,
                   [&](wchar_t* into) { return HEDDLE_REAL(mbstowcs)(into, from, size); });
}

HEDDLE_EXPORT_HOOK(size_t, wcstombs, char* to, const wchar_t* from, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(wcstombs)(to, from, size);
  const MemoryAccess access(HEDDLE_PC);
  access.read_string(from);
  return converted(access, to, size,
                   [&](char* into) { return HEDDLE_REAL(wcstombs)(into, from, size); });
}

// With a state: `from` is moved on, and the state changes. A null state is the function's own.
#define HEDDLE_CONVERT(name, target, source, limit_parameter, limit_argument, limit)             \
  HEDDLE_EXPORT_HOOK(size_t, name, target* to, const source** from limit_parameter, size_t size, \
                     mbstate_t* state) {                                                         \
    if (!is_watched()) return HEDDLE_REAL(name)(to, from limit_argument, size, state);           \
    const MemoryAccess access(HEDDLE_PC);                                                        \
    access.read(from, sizeof *from);                                                             \
    access.read_string(*from, limit);                                                            \
    access.read(state, state == nullptr ? 0 : sizeof *state);                                    \
    heddle::PrivateResults made(from, state);                                                    \
    const size_t count = converted(access, to, size, [&](target* into) {                         \
      return HEDDLE_REAL(name)(into, from limit_argument, size, state);                          \
    });                                                                                          \
    if (to != nullptr) made.deliver(access);                                                     \
    return count;                                                                                \
  }
#define HEDDLE_NONE
#define HEDDLE_LIMIT_PARAMETER , size_t most
#define HEDDLE_LIMIT_ARGUMENT , most
HEDDLE_CONVERT(mbsrtowcs, wchar_t, char, HEDDLE_NONE, HEDDLE_NONE, SIZE_MAX)
HEDDLE_CONVERT(wcsrtombs, char, wchar_t, HEDDLE_NONE, HEDDLE_NONE, SIZE_MAX / kWide)
HEDDLE_CONVERT(mbsnrtowcs, wchar_t, char, HEDDLE_LIMIT_PARAMETER, HEDDLE_LIMIT_ARGUMENT, most)
HEDDLE_CONVERT(wcsnrtombs, char, wchar_t, HEDDLE_LIMIT_PARAMETER, HEDDLE_LIMIT_ARGUMENT, most)

HEDDLE_EXPORT_HOOK(size_t, wcrtomb, char* to, wchar_t from, mbstate_t* state) {
  if (!is_watched() || to == nullptr) return HEDDLE_REAL(wcrtomb)(to, from, state);
  const MemoryAccess access(HEDDLE_PC);
  access.read(state, state == nullptr ? 0 : sizeof *state);
  heddle::PrivateResults made(state);
  char bytes[16];
  const size_t count = HEDDLE_REAL(wcrtomb)(bytes, from, state);
  if (count == SIZE_MAX) return count;
  access.put(to, bytes, count);
  made.deliver(access);
  return count;
}

HEDDLE_EXPORT_HOOK(int, wctomb, char* to, wchar_t from) {
  const heddle::Address pc = HEDDLE_PC;
  heddle::hidden_state::write<&heddle::hidden_state::Memory::wctomb_shift>(pc);
  if (!is_watched() || to == nullptr) return HEDDLE_REAL(wctomb)(to, from);
  char bytes[16];
  const int count = HEDDLE_REAL(wctomb)(bytes, from);
  if (count > 0) MemoryAccess(pc).put(to, bytes, static_cast<size_t>(count));
  return count;
}
