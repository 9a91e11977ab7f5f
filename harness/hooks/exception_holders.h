// Who holds what was thrown: handlers, and std::exception_ptr. libstdc++ counts them, in code that
// is not instrumented, and the last holder frees what the others have read. Uses of the count are
// no data races ([propagation]); those of libstdc++ are acquire and release.
//
// As the Itanium C++ ABI and libstdc++'s unwind-cxx.h have it for x86-64.
#pragma once

#include <cxxabi.h>

#include <cstddef>
#include <cstdint>

namespace heddle::exception_holders {

namespace detail {

// Before what was thrown lies a header, and before that the count with twelve bytes that nobody
// uses.
inline constexpr std::size_t kHeader = 112;
inline constexpr std::size_t kCountBefore = 128;
inline constexpr std::size_t kUnusedBefore = 124;
// In the header.
inline constexpr std::size_t kHandlers = 40;
inline constexpr std::size_t kClass = 80;
// Of an exception of libstdc++'s, and of one that rethrow_exception() has made of such a one, whose
// header begins with a pointer to what was thrown.
inline constexpr std::uint64_t kThrown = 0x474e'5543'432b'2b00;
inline constexpr std::uint64_t kRethrown = kThrown + 1;

template <typename T>
T field(const void* object, std::ptrdiff_t offset) {
  T value;
  __builtin_memcpy(&value, static_cast<const char*>(object) + offset, sizeof value);
  return value;
}

}  // namespace detail

// What the end of the handler that the calling thread is in lets go; null: nothing, or nothing of
// libstdc++'s.
inline const void* let_go_by_handler() {
  using namespace detail;
  const auto* const header = field<const char*>(abi::__cxa_get_globals(), 0);
  if (header == nullptr) return nullptr;
  const auto kind = field<std::uint64_t>(header, kClass);
  // Negative while it is thrown anew; more than one where handlers are nested.
  if ((kind != kThrown && kind != kRethrown) || field<int>(header, kHandlers) != 1) return nullptr;
  return kind == kThrown ? header + kHeader : field<const void*>(header, 0);
}

// Whether it has another holder than the one that asks.
inline bool is_shared(const void* thrown) {
  return detail::field<int>(thrown, -static_cast<std::ptrdiff_t>(detail::kCountBefore)) > 1;
}

// Four bytes that stand for the count. Not the count itself: an engine may have a value of its own
// for what it has once seen.
inline const void* stand_in(const void* thrown) {
  return static_cast<const char*>(thrown) - detail::kUnusedBefore;
}

}  // namespace heddle::exception_holders
