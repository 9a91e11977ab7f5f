// Streams of the C++ library. What it does to them happens inside the library; but each function
// that reads or writes begins by making a sentry, which says so.
#include <istream>
#include <ostream>

#include "harness/hooks/memory_access.h"

// The standard streams, without <iostream>, which would construct them from here.
extern "C" {
extern std::istream heddle_cin __asm__("_ZSt3cin");
extern std::ostream heddle_cout __asm__("_ZSt4cout");
extern std::ostream heddle_cerr __asm__("_ZSt4cerr");
extern std::wistream heddle_wcin __asm__("_ZSt4wcin");
extern std::wostream heddle_wcout __asm__("_ZSt5wcout");
extern std::wostream heddle_wcerr __asm__("_ZSt5wcerr");
}

namespace {

// They may be used by several threads at once (C++20 [iostream.objects.overview]/5), and so may
// others that share their buffers. clog has that of cerr.
bool is_standard(const std::streambuf* buffer) {
  return buffer == heddle_cout.rdbuf() || buffer == heddle_cerr.rdbuf() ||
         buffer == heddle_cin.rdbuf();
}

bool is_standard(const std::wstreambuf* buffer) {
  return buffer == heddle_wcout.rdbuf() || buffer == heddle_wcerr.rdbuf() ||
         buffer == heddle_wcin.rdbuf();
}

// A read moves the place in the buffer as well.
template <typename Stream>
void access_stream(heddle::Address pc, const Stream& stream) {
  if (!heddle::is_watched()) return;
  const auto* buffer = stream.rdbuf();
  if (buffer == nullptr || is_standard(buffer)) return;
  heddle::MemoryAccess(pc).write(buffer, sizeof *buffer);
}

}  // namespace

#define HEDDLE_OUTPUT(name, Stream)                            \
  HEDDLE_EXPORT_HOOK(void, name, void* self, Stream& stream) { \
    access_stream(HEDDLE_PC, stream);                          \
    HEDDLE_REAL(name)(self, stream);                           \
  }
#define HEDDLE_INPUT(name, Stream)                                               \
  HEDDLE_EXPORT_HOOK(void, name, void* self, Stream& stream, bool unformatted) { \
    access_stream(HEDDLE_PC, stream);                                            \
    HEDDLE_REAL(name)(self, stream, unformatted);                                \
  }
// Both symbols of each constructor.
HEDDLE_OUTPUT(_ZNSo6sentryC1ERSo, std::ostream)
HEDDLE_OUTPUT(_ZNSo6sentryC2ERSo, std::ostream)
HEDDLE_OUTPUT(_ZNSt13basic_ostreamIwSt11char_traitsIwEE6sentryC1ERS2_, std::wostream)
HEDDLE_OUTPUT(_ZNSt13basic_ostreamIwSt11char_traitsIwEE6sentryC2ERS2_, std::wostream)
HEDDLE_INPUT(_ZNSi6sentryC1ERSib, std::istream)
HEDDLE_INPUT(_ZNSi6sentryC2ERSib, std::istream)
HEDDLE_INPUT(_ZNSt13basic_istreamIwSt11char_traitsIwEE6sentryC1ERS2_b, std::wistream)
HEDDLE_INPUT(_ZNSt13basic_istreamIwSt11char_traitsIwEE6sentryC2ERS2_b, std::wistream)
