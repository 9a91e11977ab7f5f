#include "harness/hooks/scan_format.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <cwchar>

namespace heddle {
namespace {

// What a va_list is (System V ABI for x86-64, 3.5.7).
struct RawArguments {
  static constexpr unsigned kRegisters = 6 * 8;  // of arguments; that many: all are used up
  static constexpr unsigned kFloatRegisters = kRegisters + 8 * 16;

  unsigned registers;
  unsigned float_registers;
  void* memory;
  void* saved_registers;
};

// Percent signs: no directive without one.
std::size_t most_directives(const char* format) {
  std::size_t count = 0;
  for (; *format != '\0'; ++format) count += *format == '%' ? 1 : 0;
  return count;
}

// Of a format with positions (%2$d), up to which the arguments have to be taken.
std::size_t most_pointers(const char* format) {
  std::size_t most = most_directives(format);
  std::size_t number = 0;
  for (; *format != '\0'; ++format) {
    if (*format == '$') most = std::max(most, number);
    number = std::isdigit(static_cast<unsigned char>(*format)) != 0
                 ? number * 10 + static_cast<std::size_t>(*format - '0')
                 : 0;
  }
  return most;
}

}  // namespace

// Goes through the format once: writes the format to call the function with, and the places.
class ScanResults::Parser {
 public:
  Parser(ScanResults& results, ScanDialect dialect, const char* format, char* rewritten,
         void** pointers)
      : results_(results), dialect_(dialect), at_(format), to_(rewritten), pointers_(pointers) {}

  // `arguments` is used up.
  void parse(va_list arguments) {
    while (*at_ != '\0') {
      if (*at_ != '%') {
        take();
      } else {
        directive();
      }
    }
    *to_ = '\0';
    for (std::size_t i = 0; i < used_; ++i) pointers_[i] = va_arg(arguments, void*);
    for (std::size_t i = 0; i < results_.count_; ++i) {
      Place& place = results_.places()[i];
      place.program = pointers_[place.index];
    }
    for (std::size_t i = 0; i < results_.count_; ++i) {
      Place& place = results_.places()[i];
      pointers_[place.index] = place.bytes;
      if (place.kind != Place::Kind::letters) continue;
      // As many as the format says. Those that the input does not have stay as they are.
      place.allocated = program_heap::allocate(place.size, alignof(wchar_t));
      std::memcpy(place.allocated, place.program, place.size);
      pointers_[place.index] = place.allocated;
    }
  }

 private:
  void take() { *to_++ = *at_++; }

  void directive() {
    take();  // %
    std::size_t number = digits();
    std::size_t position = 0;
    if (*at_ == '$') {
      take();
      position = number;
      number = 0;
    }
    bool suppressed = false;
    for (; *at_ == '*' || *at_ == '\'' || *at_ == 'I'; take()) suppressed |= *at_ == '*';
    if (number == 0) number = digits();
    bool allocates = false;
    if (*at_ == 'm') {
      allocates = true;
      take();
    } else if (dialect_ == ScanDialect::gnu && *at_ == 'a' &&
               (at_[1] == 's' || at_[1] == 'S' || at_[1] == '[')) {
      allocates = true;
      take();
    }
    char* const before_length = to_;
    // h hh - l ll and the rest, by size.
    std::size_t integer = sizeof(int);
    bool is_long = false;
    bool is_double_long = false;
    for (;; take()) {
      if (*at_ == 'h') {
        integer = integer == sizeof(short) ? sizeof(char) : sizeof(short);
      } else if (*at_ == 'l') {
        is_double_long = is_long;
        is_long = true;
        integer = sizeof(long);
      } else if (*at_ == 'L' || *at_ == 'q') {
        is_double_long = true;
        integer = sizeof(long);
      } else if (*at_ == 'j' || *at_ == 'z' || *at_ == 't') {
        integer = sizeof(long);
      } else {
        break;
      }
    }
    const char conversion = *at_;
    if (conversion == '\0') return;
    take();
    if (conversion == '[') set();
    Place place = {};
    switch (conversion) {
      case '%':
        return;
      case 'n':
        place.kind = Place::Kind::counter;
        // No number of bytes read, so it shows whether the function came to it.
        std::memset(place.bytes, 0xff, sizeof place.bytes);
        place.size = integer;
        break;
      case 'a':
      case 'A':
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        place.size = is_double_long ? sizeof(long double)
                     : is_long      ? sizeof(double)
                                    : sizeof(float);
        break;
      case 'p':
        place.size = sizeof(void*);
        break;
      case 's':
      case 'S':
      case '[':
      case 'c':
      case 'C': {
        const bool wide = is_long || conversion == 'S' || conversion == 'C';
        const bool letters = conversion == 'c' || conversion == 'C';
        if (suppressed) return;
        if (allocates) {
          place.kind = Place::Kind::made;
          place.size = sizeof(void*);
          break;
        }
        if (letters) {
          place.kind = Place::Kind::letters;
          place.size = std::max<std::size_t>(number, 1) * (wide ? sizeof(wchar_t) : 1);
        } else {
          place.kind = wide ? Place::Kind::wide_text : Place::Kind::text;
          allocate_at(before_length);
        }
        break;
      }
      default:
        place.size = integer;
    }
    if (suppressed) return;
    add(place, position);
  }

  // Behind the bracket. A closing one that comes first is of the set.
  void set() {
    if (*at_ == '^') take();
    if (*at_ == ']') take();
    while (*at_ != '\0' && *at_ != ']') take();
    if (*at_ == ']') take();
  }

  std::size_t digits() {
    std::size_t value = 0;
    for (; std::isdigit(static_cast<unsigned char>(*at_)) != 0; take()) {
      value = value * 10 + static_cast<std::size_t>(*at_ - '0');
    }
    return value;
  }

  void allocate_at(char* place) {
    std::memmove(place + 1, place, static_cast<std::size_t>(to_ - place));
    *place = 'm';
    ++to_;
  }

  // `position`: from 1; 0 if the format counts none.
  void add(Place place, std::size_t position) {
    place.index = position == 0 ? used_ : position - 1;
    used_ = std::max(used_, place.index + 1);
    results_.places()[results_.count_++] = place;
  }

  ScanResults& results_;
  ScanDialect dialect_;
  const char* at_;
  char* to_;
  void** pointers_;
  std::size_t used_ = 0;
};

ScanResults::ScanResults(const MemoryAccess& access, ScanDialect dialect, const char*& format,
                         va_list arguments)
    : access_(access),
      places_buffer_(most_directives(format) * sizeof(Place)),
      pointers_buffer_(most_pointers(format) * sizeof(void*)),
      format_buffer_(std::strlen(format) + most_directives(format) + 1) {
  access.read_string(format);
  auto** pointers = reinterpret_cast<void**>(pointers_buffer_.data());
  Parser(*this, dialect, format, format_buffer_.data(), pointers).parse(arguments);
  format = format_buffer_.data();
  // All arguments are pointers, and come from memory.
  const RawArguments raw{.registers = RawArguments::kRegisters,
                         .float_registers = RawArguments::kFloatRegisters,
                         .memory = pointers,
                         .saved_registers = nullptr};
  static_assert(sizeof raw == sizeof(va_list));
  std::memcpy(static_cast<void*>(arguments), &raw, sizeof raw);
}

ScanResults::~ScanResults() {
  for (std::size_t i = 0; i < count_; ++i) {
    const Place& place = places()[i];
    if (place.kind >= Place::Kind::letters) free_private(place.allocated);
  }
}

int ScanResults::deliver(int count) {
  int assigned = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const Place& place = places()[i];
    if (place.kind == Place::Kind::counter) {
      const bool reached = std::any_of(place.bytes, place.bytes + place.size,
                                       [](char byte) { return byte != char{-1}; });
      if (reached) access_.put(place.program, place.bytes, place.size);
    } else if (assigned < count) {
      ++assigned;
      deliver(place);
    }
  }
  return count;
}

void ScanResults::deliver(const Place& place) const {
  switch (place.kind) {
    case Place::Kind::fixed:
    case Place::Kind::counter:
      access_.put(place.program, place.bytes, place.size);
      break;
    case Place::Kind::made: {
      void* made = nullptr;
      std::memcpy(&made, place.bytes, sizeof made);
      if (program_heap::owns(made)) access_.write(made, program_heap::size_of(made));
      access_.put(place.program, place.bytes, place.size);
      break;
    }
    case Place::Kind::letters:
      access_.put(place.program, place.allocated, place.size);
      break;
    case Place::Kind::text:
      access_.put(place.program, place.allocated,
                  std::strlen(static_cast<const char*>(place.allocated)) + 1);
      break;
    case Place::Kind::wide_text:
      access_.put(
          place.program, place.allocated,
          (std::wcslen(static_cast<const wchar_t*>(place.allocated)) + 1) * sizeof(wchar_t));
      break;
  }
}

}  // namespace heddle
