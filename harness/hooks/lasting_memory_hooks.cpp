// What the C library allocates at a call and keeps, in variables of its own: conversions and
// locales that it has loaded, message catalogues, named semaphores. That memory must outlive the
// run, as those variables do. None of it shows in what the next call returns.
#include <iconv.h>
#include <libintl.h>
#include <locale.h>
#include <semaphore.h>
#include <stdarg.h>
#include <wchar.h>

#include <initializer_list>

#include "harness/hooks/caller.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

// By these names libstdc++ calls them.
extern "C" {
locale_t __newlocale(int mask, const char* name, locale_t base) noexcept;
locale_t __duplocale(locale_t locale) noexcept;
void __freelocale(locale_t locale) noexcept;
}

namespace {

// Strings of the program's; null is none.
void read_texts(heddle::Address pc, std::initializer_list<const char*> texts) {
  if (!heddle::is_watched()) return;
  for (const char* const text : texts) {
    if (text != nullptr) heddle::MemoryAccess(pc).read_string(text);
  }
}

}  // namespace

// `parameters`, `texts` and `arguments` in brackets; `texts`: of the parameters, the strings.
#define HEDDLE_KEEPS_MEMORY(result, name, parameters, texts, arguments) \
  HEDDLE_EXPORT result name parameters {                                \
    read_texts(HEDDLE_PC, HEDDLE_LIST texts);                           \
    const heddle::RuntimeScope scope;                                   \
    return HEDDLE_NEXT(name) arguments;                                 \
  }
#define HEDDLE_LIST(...) \
  { __VA_ARGS__ }

HEDDLE_KEEPS_MEMORY(iconv_t, iconv_open, (const char* to, const char* from), (to, from), (to, from))
HEDDLE_KEEPS_MEMORY(int, iconv_close, (iconv_t converter), (), (converter))

// What converts wide characters is loaded at the first use of the locale, and kept in it: at this
// one instead of at one of the program's.
namespace {

locale_t load_conversions(locale_t locale) {
  if (locale == nullptr) return locale;
  const locale_t before = HEDDLE_NEXT(uselocale)(locale);
  btowc(0x80);
  HEDDLE_NEXT(uselocale)(before);
  return locale;
}

}  // namespace

#define HEDDLE_MAKES_LOCALE(name, parameters, texts, arguments) \
  HEDDLE_EXPORT locale_t name parameters noexcept {             \
    read_texts(HEDDLE_PC, HEDDLE_LIST texts);                   \
    const heddle::RuntimeScope scope;                           \
    return load_conversions(HEDDLE_NEXT(name) arguments);       \
  }
HEDDLE_MAKES_LOCALE(newlocale, (int mask, const char* name, locale_t base), (name),
                    (mask, name, base))
HEDDLE_MAKES_LOCALE(__newlocale, (int mask, const char* name, locale_t base), (name),
                    (mask, name, base))
HEDDLE_MAKES_LOCALE(duplocale, (locale_t locale), (), (locale))
HEDDLE_MAKES_LOCALE(__duplocale, (locale_t locale), (), (locale))
HEDDLE_KEEPS_MEMORY(void, freelocale, (locale_t locale) noexcept, (), (locale))
HEDDLE_KEEPS_MEMORY(void, __freelocale, (locale_t locale) noexcept, (), (locale))

HEDDLE_KEEPS_MEMORY(char*, gettext, (const char* text) noexcept, (text), (text))
HEDDLE_KEEPS_MEMORY(char*, dgettext, (const char* domain, const char* text) noexcept,
                    (domain, text), (domain, text))
HEDDLE_KEEPS_MEMORY(char*, dcgettext, (const char* domain, const char* text, int category) noexcept,
                    (domain, text), (domain, text, category))
HEDDLE_KEEPS_MEMORY(char*, ngettext,
                    (const char* one, const char* many, unsigned long count) noexcept, (one, many),
                    (one, many, count))
HEDDLE_KEEPS_MEMORY(char*, dngettext,
                    (const char* domain, const char* one, const char* many,
                     unsigned long count) noexcept,
                    (domain, one, many), (domain, one, many, count))
HEDDLE_KEEPS_MEMORY(char*, dcngettext,
                    (const char* domain, const char* one, const char* many, unsigned long count,
                     int category) noexcept,
                    (domain, one, many), (domain, one, many, count, category))

// Which named semaphores are open, so that the same name gives the same address.
HEDDLE_EXPORT sem_t* sem_open(const char* name, int flags, ...) noexcept {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = va_arg(arguments, unsigned);
  const auto value = va_arg(arguments, unsigned);
  va_end(arguments);
  const heddle::RuntimeScope scope;
  return HEDDLE_NEXT(sem_open)(name, flags, mode, value);
}
HEDDLE_KEEPS_MEMORY(int, sem_close, (sem_t * semaphore) noexcept, (), (semaphore))
