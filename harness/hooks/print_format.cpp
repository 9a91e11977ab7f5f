#include "harness/hooks/print_format.h"

#include <stdint.h>

#include <cctype>

namespace heddle {
namespace {

// hh h - l ll, and those that are another type's.
enum class Length : std::uint8_t {
  signed_char,
  short_int,
  plain,
  long_int,
  long_long,
  long_double
};

struct Directive {
  std::size_t precision = SIZE_MAX;
  Length length = Length::plain;
  char conversion = '\0';
};

class Reader {
 public:
  Reader(const MemoryAccess& access, va_list arguments) : access_(access) {
    va_copy(arguments_, arguments);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { va_end(arguments_); }

  // `at`: behind the percent sign. Returns what follows the directive; nullptr if it is not known
  // what comes from here on.
  const char* directive(const char* at) {
    Directive directive;
    while (*at != '\0' && strchr_of("-+ #0'I", *at)) ++at;
    if (*at == '*') {
      ++at;
      static_cast<void>(va_arg(arguments_, int));
    }
    at = skip_digits(at);
    if (*at == '$') return nullptr;
    if (*at == '.') {
      ++at;
      directive.precision = 0;
      if (*at == '*') {
        ++at;
        const int given = va_arg(arguments_, int);
        directive.precision = given < 0 ? SIZE_MAX : static_cast<std::size_t>(given);
      }
      for (; std::isdigit(static_cast<unsigned char>(*at)) != 0; ++at) {
        directive.precision = directive.precision * 10 + static_cast<std::size_t>(*at - '0');
      }
    }
    at = length(at, directive);
    directive.conversion = *at;
    return take(directive) ? at + 1 : nullptr;
  }

 private:
  static bool strchr_of(const char* set, char letter) {
    for (; *set != '\0'; ++set) {
      if (*set == letter) return true;
    }
    return false;
  }

  static const char* skip_digits(const char* at) {
    while (std::isdigit(static_cast<unsigned char>(*at)) != 0) ++at;
    return at;
  }

  static const char* length(const char* at, Directive& directive) {
    for (;; ++at) {
      switch (*at) {
        case 'h':
          directive.length =
              directive.length == Length::short_int ? Length::signed_char : Length::short_int;
          break;
        case 'l':
          directive.length =
              directive.length == Length::long_int ? Length::long_long : Length::long_int;
          break;
        case 'L':
          directive.length = Length::long_double;
          break;
        case 'q':
        case 'j':
        case 'z':
        case 'Z':
        case 't':
          directive.length = Length::long_long;
          break;
        default:
          return at;
      }
    }
  }

  bool take(const Directive& directive) {
    switch (directive.conversion) {
      case '%':
      case 'm':
        return true;
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
      case 'c':
      case 'C':
        if (directive.length <= Length::plain) {
          static_cast<void>(va_arg(arguments_, int));
        } else {
          static_cast<void>(va_arg(arguments_, long));
        }
        return true;
      case 'a':
      case 'A':
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        if (directive.length == Length::long_double) {
          static_cast<void>(va_arg(arguments_, long double));
        } else {
          static_cast<void>(va_arg(arguments_, double));
        }
        return true;
      case 'p':
        static_cast<void>(va_arg(arguments_, void*));
        return true;
      case 's':
      case 'S':
        string(directive);
        return true;
      case 'n':
        access_.write(va_arg(arguments_, void*), counter_size(directive.length));
        return true;
      default:
        return false;
    }
  }

  void string(const Directive& directive) {
    const void* text = va_arg(arguments_, const void*);
    if (text == nullptr) return;  // printed as (null)
    if (directive.conversion == 'S' || directive.length == Length::long_int) {
      access_.read_string(static_cast<const wchar_t*>(text), directive.precision);
    } else {
      access_.read_string(static_cast<const char*>(text), directive.precision);
    }
  }

  static std::size_t counter_size(Length length) {
    switch (length) {
      case Length::signed_char:
        return sizeof(signed char);
      case Length::short_int:
        return sizeof(short);
      case Length::plain:
        return sizeof(int);
      default:
        return sizeof(long);
    }
  }

  const MemoryAccess& access_;
  va_list arguments_;
};

}  // namespace

void access_print_arguments(const MemoryAccess& access, const char* format, va_list arguments) {
  access.read_string(format);
  Reader reader(access, arguments);
  for (const char* at = format; at != nullptr && *at != '\0';) {
    at = *at == '%' ? reader.directive(at + 1) : at + 1;
  }
}

}  // namespace heddle
