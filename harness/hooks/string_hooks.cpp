// Strings of bytes. What a function reads of a string goes by what ThreadSanitizer takes it to
// read: up to where the answer is known, not all of it.
#include <stddef.h>

#include <algorithm>

#include "harness/hooks/memory_access.h"

using heddle::is_watched;
using heddle::MemoryAccess;

extern "C" {
std::size_t heddle_hook_strlen(const char*) __asm__("strlen");
std::size_t heddle_hook_strnlen(const char*, std::size_t) __asm__("strnlen");
}

namespace {

std::size_t length_of(const char* text) {
  return HEDDLE_REAL(strlen)(text);
}

std::size_t length_of(const char* text, std::size_t most) {
  return HEDDLE_REAL(strnlen)(text, most);
}

// Up to and with `found`, or the whole string if that is null.
std::size_t up_to(const char* text, const char* found) {
  return (found == nullptr ? length_of(text) : static_cast<std::size_t>(found - text)) + 1;
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// Of two strings, how many bytes it takes to know that they differ or are equal.
std::size_t compared(const char* first, const char* second, std::size_t most, bool any_case) {
  for (std::size_t at = 0; at < most; ++at) {
    const char one = any_case ? lower(first[at]) : first[at];
    const char other = any_case ? lower(second[at]) : second[at];
    if (one != other || one == '\0') return at + 1;
  }
  return most;
}

// As strcpy(). Returns the end of what was written.
char* copy_string(const MemoryAccess& access, char* to, const char* from) {
  for (;;) {
    const std::size_t size = length_of(from) + 1;
    access.copy(to, from, size);
    to += size - 1;
    // The copy goes on where another thread has put something in the terminator's place.
    if (*to == '\0') return to;
    ++to;
    from += size;
  }
}

// As strncpy(). Returns the length of what was copied.
std::size_t copy_padded(const MemoryAccess& access, char* to, const char* from, std::size_t size) {
  const std::size_t length = length_of(from, size);
  access.copy(to, from, std::min(length + 1, size));
  if (length + 1 < size) access.fill(to + length + 1, 0, size - length - 1);
  return length;
}

// As strncat().
void append(const MemoryAccess& access, char* to, const char* from, std::size_t most) {
  char* end = to + access.read_string(to);
  const std::size_t length = length_of(from, most);
  if (length < most) {
    access.copy(end, from, length + 1);
  } else {
    access.copy(end, from, length);
    access.put(end + length, '\0');
  }
}

}  // namespace

HEDDLE_EXPORT_HOOK(size_t, strlen, const char* text) {
  if (is_watched()) [[unlikely]]
    return MemoryAccess(HEDDLE_PC).read_string(text);
  return HEDDLE_REAL(strlen)(text);
}

HEDDLE_EXPORT_HOOK(size_t, strnlen, const char* text, size_t most) {
  if (is_watched()) [[unlikely]]
    return MemoryAccess(HEDDLE_PC).read_string(text, most);
  return HEDDLE_REAL(strnlen)(text, most);
}

HEDDLE_EXPORT_HOOK(int, strcmp, const char* first, const char* second) {
  if (is_watched()) [[unlikely]] {
    MemoryAccess(HEDDLE_PC).read_extents(first, second,
                                         [&] { return compared(first, second, SIZE_MAX, false); });
  }
  return HEDDLE_REAL(strcmp)(first, second);
}

HEDDLE_EXPORT_HOOK(int, strncmp, const char* first, const char* second, size_t most) {
  if (is_watched()) [[unlikely]] {
    MemoryAccess(HEDDLE_PC).read_extents(first, second,
                                         [&] { return compared(first, second, most, false); });
  }
  return HEDDLE_REAL(strncmp)(first, second, most);
}

HEDDLE_EXPORT_HOOK(int, strcasecmp, const char* first, const char* second) {
  if (is_watched()) {
    MemoryAccess(HEDDLE_PC).read_extents(first, second,
                                         [&] { return compared(first, second, SIZE_MAX, true); });
  }
  return HEDDLE_REAL(strcasecmp)(first, second);
}

HEDDLE_EXPORT_HOOK(int, strncasecmp, const char* first, const char* second, size_t most) {
  if (is_watched()) {
    MemoryAccess(HEDDLE_PC).read_extents(first, second,
                                         [&] { return compared(first, second, most, true); });
  }
  return HEDDLE_REAL(strncasecmp)(first, second, most);
}

// Both strings as a whole: what they mean depends on the locale.
HEDDLE_EXPORT_HOOK(int, strcoll, const char* first, const char* second) {
  if (is_watched()) {
    const MemoryAccess access(HEDDLE_PC);
    access.read_string(first);
    access.read_string(second);
  }
  return HEDDLE_REAL(strcoll)(first, second);
}

HEDDLE_EXPORT_HOOK(char*, strchr, const char* text, int wanted) {
  const auto find = [&] { return HEDDLE_REAL(strchr)(text, wanted); };
  if (is_watched()) [[unlikely]] {
    MemoryAccess(HEDDLE_PC).read_extent(text, [&] { return up_to(text, find()); });
  }
  return find();
}

HEDDLE_EXPORT_HOOK(char*, index, const char* text, int wanted) {
  const auto find = [&] { return HEDDLE_REAL(index)(text, wanted); };
  if (is_watched()) {
    MemoryAccess(HEDDLE_PC).read_extent(text, [&] { return up_to(text, find()); });
  }
  return find();
}

HEDDLE_EXPORT_HOOK(char*, strchrnul, const char* text, int wanted) {
  const auto find = [&] { return HEDDLE_REAL(strchrnul)(text, wanted); };
  if (is_watched()) {
    MemoryAccess(HEDDLE_PC).read_extent(text, [&] { return up_to(text, find()); });
  }
  return find();
}

HEDDLE_EXPORT_HOOK(char*, strrchr, const char* text, int wanted) {
  if (is_watched()) MemoryAccess(HEDDLE_PC).read_string(text);
  return HEDDLE_REAL(strrchr)(text, wanted);
}

HEDDLE_EXPORT_HOOK(char*, rindex, const char* text, int wanted) {
  if (is_watched()) MemoryAccess(HEDDLE_PC).read_string(text);
  return HEDDLE_REAL(rindex)(text, wanted);
}

#define HEDDLE_FIND_STRING(name)                                                   \
  HEDDLE_EXPORT_HOOK(char*, name, const char* text, const char* wanted) {          \
    const auto find = [&] { return HEDDLE_REAL(name)(text, wanted); };             \
    if (is_watched()) {                                                            \
      const MemoryAccess access(HEDDLE_PC);                                        \
      const std::size_t length = access.read_string(wanted);                       \
      access.read_extent(text, [&] {                                               \
        const char* found = find();                                                \
        return found == nullptr ? length_of(text) + 1                              \
                                : static_cast<std::size_t>(found - text) + length; \
      });                                                                          \
    }                                                                              \
    return find();                                                                 \
  }
HEDDLE_FIND_STRING(strstr)
HEDDLE_FIND_STRING(strcasestr)

#define HEDDLE_SPAN(name)                                               \
  HEDDLE_EXPORT_HOOK(size_t, name, const char* text, const char* set) { \
    const auto span = [&] { return HEDDLE_REAL(name)(text, set); };     \
    if (is_watched()) {                                                 \
      const MemoryAccess access(HEDDLE_PC);                             \
      access.read_string(set);                                          \
      access.read_extent(text, [&] { return span() + 1; });             \
    }                                                                   \
    return span();                                                      \
  }
HEDDLE_SPAN(strspn)
HEDDLE_SPAN(strcspn)

HEDDLE_EXPORT_HOOK(char*, strpbrk, const char* text, const char* set) {
  const auto find = [&] { return HEDDLE_REAL(strpbrk)(text, set); };
  if (is_watched()) {
    const MemoryAccess access(HEDDLE_PC);
    access.read_string(set);
    access.read_extent(text, [&] { return up_to(text, find()); });
  }
  return find();
}

HEDDLE_EXPORT_HOOK(char*, strcpy, char* to, const char* from) {
  if (!is_watched()) return HEDDLE_REAL(strcpy)(to, from);
  copy_string(MemoryAccess(HEDDLE_PC), to, from);
  return to;
}

HEDDLE_EXPORT_HOOK(char*, stpcpy, char* to, const char* from) {
  if (!is_watched()) return HEDDLE_REAL(stpcpy)(to, from);
  return copy_string(MemoryAccess(HEDDLE_PC), to, from);
}

HEDDLE_EXPORT_HOOK(char*, __stpcpy, char* to, const char* from) {
  if (!is_watched()) return HEDDLE_REAL(__stpcpy)(to, from);
  return copy_string(MemoryAccess(HEDDLE_PC), to, from);
}

HEDDLE_EXPORT_HOOK(char*, strncpy, char* to, const char* from, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(strncpy)(to, from, size);
  copy_padded(MemoryAccess(HEDDLE_PC), to, from, size);
  return to;
}

HEDDLE_EXPORT_HOOK(char*, stpncpy, char* to, const char* from, size_t size) {
  if (!is_watched()) return HEDDLE_REAL(stpncpy)(to, from, size);
  return to + copy_padded(MemoryAccess(HEDDLE_PC), to, from, size);
}

HEDDLE_EXPORT_HOOK(char*, strcat, char* to, const char* from) {
  if (!is_watched()) return HEDDLE_REAL(strcat)(to, from);
  const MemoryAccess access(HEDDLE_PC);
  copy_string(access, to + access.read_string(to), from);
  return to;
}

HEDDLE_EXPORT_HOOK(char*, strncat, char* to, const char* from, size_t most) {
  if (!is_watched()) return HEDDLE_REAL(strncat)(to, from, most);
  append(MemoryAccess(HEDDLE_PC), to, from, most);
  return to;
}

// The fortified forms: `room` is what the target holds. Where it does not suffice, the C library
// ends the program.
HEDDLE_EXPORT_HOOK(char*, __strcpy_chk, char* to, const char* from, size_t room) {
  if (!is_watched() || length_of(from) >= room) return HEDDLE_REAL(__strcpy_chk)(to, from, room);
  copy_string(MemoryAccess(HEDDLE_PC), to, from);
  return to;
}

HEDDLE_EXPORT_HOOK(char*, __stpcpy_chk, char* to, const char* from, size_t room) {
  if (!is_watched() || length_of(from) >= room) return HEDDLE_REAL(__stpcpy_chk)(to, from, room);
  return copy_string(MemoryAccess(HEDDLE_PC), to, from);
}

HEDDLE_EXPORT_HOOK(char*, __strncpy_chk, char* to, const char* from, size_t size, size_t room) {
  if (!is_watched() || size > room) return HEDDLE_REAL(__strncpy_chk)(to, from, size, room);
  copy_padded(MemoryAccess(HEDDLE_PC), to, from, size);
  return to;
}

HEDDLE_EXPORT_HOOK(char*, __stpncpy_chk, char* to, const char* from, size_t size, size_t room) {
  if (!is_watched() || size > room) return HEDDLE_REAL(__stpncpy_chk)(to, from, size, room);
  return to + copy_padded(MemoryAccess(HEDDLE_PC), to, from, size);
}

HEDDLE_EXPORT_HOOK(char*, __strcat_chk, char* to, const char* from, size_t room) {
  if (!is_watched() || length_of(to, room) + length_of(from) >= room) {
    return HEDDLE_REAL(__strcat_chk)(to, from, room);
  }
  const MemoryAccess access(HEDDLE_PC);
  copy_string(access, to + access.read_string(to), from);
  return to;
}

HEDDLE_EXPORT_HOOK(char*, __strncat_chk, char* to, const char* from, size_t most, size_t room) {
  if (!is_watched() || length_of(to, room) + length_of(from, most) >= room) {
    return HEDDLE_REAL(__strncat_chk)(to, from, most, room);
  }
  append(MemoryAccess(HEDDLE_PC), to, from, most);
  return to;
}

// The copy is nobody else's until it is returned, and then it is written: who gets to it without
// synchronisation races with that.
#define HEDDLE_DUPLICATE(name)                                    \
  HEDDLE_EXPORT_HOOK(char*, name, const char* text) {             \
    if (!is_watched()) return HEDDLE_REAL(name)(text);            \
    const MemoryAccess access(HEDDLE_PC);                         \
    access.read_string(text);                                     \
    char* made = HEDDLE_REAL(name)(text);                         \
    if (made != nullptr) access.write(made, length_of(made) + 1); \
    return made;                                                  \
  }
HEDDLE_DUPLICATE(strdup)
HEDDLE_DUPLICATE(__strdup)

#define HEDDLE_DUPLICATE_PART(name)                                \
  HEDDLE_EXPORT_HOOK(char*, name, const char* text, size_t most) { \
    if (!is_watched()) return HEDDLE_REAL(name)(text, most);       \
    const MemoryAccess access(HEDDLE_PC);                          \
    access.read_string(text, most);                                \
    char* made = HEDDLE_REAL(name)(text, most);                    \
    if (made != nullptr) access.write(made, length_of(made) + 1);  \
    return made;                                                   \
  }
HEDDLE_DUPLICATE_PART(strndup)
HEDDLE_DUPLICATE_PART(__strndup)
