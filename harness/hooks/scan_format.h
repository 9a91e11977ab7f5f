// What the format of scanf and its kin says of the arguments.
#pragma once

#include <stdarg.h>
#include <stdint.h>

#include "harness/hooks/memory_access.h"

namespace heddle {

// In the old one "%as" allocates the string; since C99 "%a" is a number.
enum class ScanDialect : std::uint8_t { gnu, c99 };

// Private places for the results of one call. Strings, whose length is not known before, the C
// library is made to allocate.
class ScanResults {
 public:
  // Tells the read of the format. From here on `format` and `arguments` are those to call the
  // function with; `arguments` comes from va_start() or is a parameter, and is not used afterwards.
  ScanResults(const MemoryAccess& access, ScanDialect dialect, const char*& format,
              va_list arguments);
  ~ScanResults();
  ScanResults(const ScanResults&) = delete;
  ScanResults& operator=(const ScanResults&) = delete;

  // `count`: what the function returned; returned again. The program gets the results.
  int deliver(int count);

 private:
  struct Place {
    // `made`: a pointer to memory that the function allocates.
    enum class Kind : std::uint8_t { fixed, counter, made, letters, text, wide_text };

    void* program;  // where the program wants it
    union {
      char bytes[16];   // fixed, counter, made
      void* allocated;  // the others
    };
    std::size_t size;   // in bytes; not of text
    std::size_t index;  // among the pointers that the function takes
    Kind kind;
  };
  class Parser;

  Place* places() { return reinterpret_cast<Place*>(places_buffer_.data()); }
  void deliver(const Place& place) const;

  const MemoryAccess& access_;
  PrivateBuffer places_buffer_;
  PrivateBuffer pointers_buffer_;
  PrivateBuffer format_buffer_;
  std::size_t count_ = 0;
};

}  // namespace heddle
