// Streams of the C++ library. What it does to them happens inside the library; but each function
// that reads or writes begins by making a sentry, which says so.
#include <istream>
#include <ostream>
#include <string>

#include "harness/hooks/memory_access.h"

// C linkage is for the linker's name alone.
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wreturn-type-c-linkage"

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

// Whether an operation succeeded: what good() and its kin ask for.
struct State : std::ios_base {
  static const std::ios_base::iostate& of(const std::ios_base& stream) {
    return stream.*(&State::_M_streambuf_state);
  }
};

void write_state(heddle::Address pc, const std::ios_base& stream) {
  const std::ios_base::iostate& state = State::of(stream);
  heddle::MemoryAccess(pc).write(&state, sizeof state);
}

// A read moves the place in the buffer as well.
template <typename Stream>
void access_stream(heddle::Address pc, const Stream& stream) {
  if (!heddle::is_watched()) return;
  const auto* buffer = stream.rdbuf();
  if (buffer == nullptr || is_standard(buffer)) return;
  heddle::MemoryAccess(pc).write(buffer, sizeof *buffer);
  write_state(pc, stream);
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

#define HEDDLE_CLEARS(name, Ios)                                              \
  HEDDLE_EXPORT_HOOK(void, name, Ios& stream, std::ios_base::iostate state) { \
    const heddle::Address pc = HEDDLE_PC;                                     \
    if (heddle::is_watched() && !is_standard(stream.rdbuf())) {               \
      write_state(pc, stream);                                                \
    }                                                                         \
    HEDDLE_REAL(name)(stream, state);                                         \
  }
HEDDLE_CLEARS(_ZNSt9basic_iosIcSt11char_traitsIcEE5clearESt12_Ios_Iostate, std::ios)
HEDDLE_CLEARS(_ZNSt9basic_iosIwSt11char_traitsIwEE5clearESt12_Ios_Iostate, std::wios)

// ---- what is read from a stream into the program's variables

#define HEDDLE_EXTRACTS(name, Stream, Type)                        \
  HEDDLE_EXPORT_HOOK(Stream&, name, Stream& stream, Type& value) { \
    if (heddle::is_watched()) {                                    \
      heddle::MemoryAccess(HEDDLE_PC).write(&value, sizeof value); \
    }                                                              \
    return HEDDLE_REAL(name)(stream, value);                       \
  }
// `letter`: the type in a mangled name. Narrow and wide.
#define HEDDLE_EXTRACTS_NUMBER(letter, Type)                                                 \
  HEDDLE_EXTRACTS(_ZNSi10_M_extractI##letter##EERSiRT_, std::istream, Type)                  \
  HEDDLE_EXTRACTS(_ZNSt13basic_istreamIwSt11char_traitsIwEE10_M_extractI##letter##EERS2_RT_, \
                  std::wistream, Type)
HEDDLE_EXTRACTS_NUMBER(b, bool)
HEDDLE_EXTRACTS_NUMBER(d, double)
HEDDLE_EXTRACTS_NUMBER(e, long double)
HEDDLE_EXTRACTS_NUMBER(f, float)
HEDDLE_EXTRACTS_NUMBER(j, unsigned)
HEDDLE_EXTRACTS_NUMBER(l, long)
HEDDLE_EXTRACTS_NUMBER(m, unsigned long)
HEDDLE_EXTRACTS_NUMBER(Pv, void*)
HEDDLE_EXTRACTS_NUMBER(t, unsigned short)
HEDDLE_EXTRACTS_NUMBER(x, long long)
HEDDLE_EXTRACTS_NUMBER(y, unsigned long long)
HEDDLE_EXTRACTS(_ZNSirsERi, std::istream, int)
HEDDLE_EXTRACTS(_ZNSirsERs, std::istream, short)
HEDDLE_EXTRACTS(_ZNSt13basic_istreamIwSt11char_traitsIwEErsERi, std::wistream, int)
HEDDLE_EXTRACTS(_ZNSt13basic_istreamIwSt11char_traitsIwEErsERs, std::wistream, short)
HEDDLE_EXTRACTS(_ZNSi3getERc, std::istream, char)
HEDDLE_EXTRACTS(_ZNSt13basic_istreamIwSt11char_traitsIwEE3getERw, std::wistream, wchar_t)
HEDDLE_EXTRACTS(_ZStrsIcSt11char_traitsIcEERSt13basic_istreamIT_T0_ES6_RS3_, std::istream, char)
HEDDLE_EXTRACTS(_ZStrsIwSt11char_traitsIwEERSt13basic_istreamIT_T0_ES6_RS3_, std::wistream, wchar_t)

// The string is changed, and what it holds.
#define HEDDLE_READS_STRING(name, String, parameters, arguments)     \
  HEDDLE_EXPORT_HOOK(std::basic_istream<String::value_type>&, name,  \
                     std::basic_istream<String::value_type>& stream, \
                     String& text HEDDLE_UNWRAP parameters) {        \
    if (heddle::is_watched()) {                                      \
      heddle::MemoryAccess(HEDDLE_PC).write(&text, sizeof(String));  \
    }                                                                \
    return HEDDLE_REAL(name)(stream, text HEDDLE_UNWRAP arguments);  \
  }
#define HEDDLE_UNWRAP(...) __VA_ARGS__
HEDDLE_READS_STRING(
    _ZStrsIcSt11char_traitsIcESaIcEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EE,
    std::string, (), ())
HEDDLE_READS_STRING(
    _ZSt7getlineIcSt11char_traitsIcESaIcEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EE,
    std::string, (), ())
HEDDLE_READS_STRING(
    _ZSt7getlineIcSt11char_traitsIcESaIcEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EES4_,
    std::string, (, char end), (, end))
HEDDLE_READS_STRING(
    _ZStrsIwSt11char_traitsIwESaIwEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EE,
    std::wstring, (), ())
HEDDLE_READS_STRING(
    _ZSt7getlineIwSt11char_traitsIwESaIwEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EE,
    std::wstring, (), ())
HEDDLE_READS_STRING(
    _ZSt7getlineIwSt11char_traitsIwESaIwEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EES4_,
    std::wstring, (, wchar_t end), (, end))

namespace {

// Beyond that the size is as good as "no limit": the call goes to the program's memory itself, and
// only its first character is told.
constexpr long kMostPrivate = 1L << 20;

// Reads text into `to`, at most `size` characters with the terminator: `fill` does so, but into
// memory of Heddle's own, and what comes out is put there. The text may have zeros in it.
template <typename Stream, typename Char, typename Fill>
Stream& read_text(heddle::Address pc, Stream& stream, Char* to, long size, bool takes_end,
                  Fill fill) {
  if (!heddle::is_watched() || size <= 0) return fill(to);
  if (size > kMostPrivate) {
    heddle::MemoryAccess(pc).write(to, sizeof *to);
    return fill(to);
  }
  heddle::PrivateBuffer buffer(static_cast<std::size_t>(size) * sizeof(Char));
  auto* const text = reinterpret_cast<Char*>(buffer.data());
  fill(text);
  auto length = static_cast<std::size_t>(stream.gcount());
  // A line's end is counted, and not stored; it has come if nothing else has ended the line.
  if (takes_end && length > 0 && stream.good()) --length;
  heddle::MemoryAccess(pc).put(static_cast<void*>(to), text, (length + 1) * sizeof(Char));
  return stream;
}

}  // namespace

#define HEDDLE_READS_TEXT(name, Char, takes_end)                                                  \
  HEDDLE_EXPORT_HOOK(std::basic_istream<Char>&, name, std::basic_istream<Char>& stream, Char* to, \
                     long size) {                                                                 \
    return read_text(HEDDLE_PC, stream, to, size, takes_end,                                      \
                     [&](Char* text) -> std::basic_istream<Char>& {                               \
                       return HEDDLE_REAL(name)(stream, text, size);                              \
                     });                                                                          \
  }
#define HEDDLE_READS_TEXT_UNTIL(name, Char, takes_end)                                            \
  HEDDLE_EXPORT_HOOK(std::basic_istream<Char>&, name, std::basic_istream<Char>& stream, Char* to, \
                     long size, Char end) {                                                       \
    return read_text(HEDDLE_PC, stream, to, size, takes_end,                                      \
                     [&](Char* text) -> std::basic_istream<Char>& {                               \
                       return HEDDLE_REAL(name)(stream, text, size, end);                         \
                     });                                                                          \
  }
HEDDLE_READS_TEXT(_ZNSi3getEPcl, char, false)
HEDDLE_READS_TEXT_UNTIL(_ZNSi3getEPclc, char, false)
HEDDLE_READS_TEXT(_ZNSi7getlineEPcl, char, true)
HEDDLE_READS_TEXT_UNTIL(_ZNSi7getlineEPclc, char, true)
HEDDLE_READS_TEXT(_ZNSt13basic_istreamIwSt11char_traitsIwEE3getEPwl, wchar_t, false)
HEDDLE_READS_TEXT_UNTIL(_ZNSt13basic_istreamIwSt11char_traitsIwEE3getEPwlw, wchar_t, false)
HEDDLE_READS_TEXT(_ZNSt13basic_istreamIwSt11char_traitsIwEE7getlineEPwl, wchar_t, true)
HEDDLE_READS_TEXT_UNTIL(_ZNSt13basic_istreamIwSt11char_traitsIwEE7getlineEPwlw, wchar_t, true)
