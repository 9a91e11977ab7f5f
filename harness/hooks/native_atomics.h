// Atomic operations of 1 to 8 bytes on the program's memory, sequentially consistent. Values are
// zero-extended to 64 bits.
#pragma once

#include <cstdint>

#include "harness/hooks/engine_table.h"
#include "harness/model/op.h"

namespace heddle {

namespace detail {

template <typename T>
T* at(Address address) {
  return reinterpret_cast<T*>(address);
}

template <typename T>
T rmw(Address address, RmwKind kind, T operand) {
  switch (kind) {
    case RmwKind::exchange:
      return __atomic_exchange_n(at<T>(address), operand, __ATOMIC_SEQ_CST);
    case RmwKind::add:
      return __atomic_fetch_add(at<T>(address), operand, __ATOMIC_SEQ_CST);
    case RmwKind::sub:
      return __atomic_fetch_sub(at<T>(address), operand, __ATOMIC_SEQ_CST);
    case RmwKind::bit_and:
      return __atomic_fetch_and(at<T>(address), operand, __ATOMIC_SEQ_CST);
    case RmwKind::bit_or:
      return __atomic_fetch_or(at<T>(address), operand, __ATOMIC_SEQ_CST);
    case RmwKind::bit_xor:
      return __atomic_fetch_xor(at<T>(address), operand, __ATOMIC_SEQ_CST);
    case RmwKind::bit_nand:
      return __atomic_fetch_nand(at<T>(address), operand, __ATOMIC_SEQ_CST);
  }
  __builtin_unreachable();
}

template <typename T>
bool cas(Address address, std::uint64_t* expected, std::uint64_t desired) {
  T value = static_cast<T>(*expected);
  const bool stored = __atomic_compare_exchange_n(at<T>(address), &value, static_cast<T>(desired),
                                                  false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  *expected = value;
  return stored;
}

}  // namespace detail

inline std::uint64_t native_load(Address address, unsigned size) {
  switch (size) {
    case 1:
      return __atomic_load_n(detail::at<std::uint8_t>(address), __ATOMIC_SEQ_CST);
    case 2:
      return __atomic_load_n(detail::at<std::uint16_t>(address), __ATOMIC_SEQ_CST);
    case 4:
      return __atomic_load_n(detail::at<std::uint32_t>(address), __ATOMIC_SEQ_CST);
    default:
      return __atomic_load_n(detail::at<std::uint64_t>(address), __ATOMIC_SEQ_CST);
  }
}

inline void native_store(Address address, unsigned size, std::uint64_t value) {
  switch (size) {
    case 1:
      __atomic_store_n(detail::at<std::uint8_t>(address), static_cast<std::uint8_t>(value),
                       __ATOMIC_SEQ_CST);
      return;
    case 2:
      __atomic_store_n(detail::at<std::uint16_t>(address), static_cast<std::uint16_t>(value),
                       __ATOMIC_SEQ_CST);
      return;
    case 4:
      __atomic_store_n(detail::at<std::uint32_t>(address), static_cast<std::uint32_t>(value),
                       __ATOMIC_SEQ_CST);
      return;
    default:
      __atomic_store_n(detail::at<std::uint64_t>(address), value, __ATOMIC_SEQ_CST);
  }
}

inline std::uint64_t native_rmw(Address address, unsigned size, RmwKind kind,
                                std::uint64_t operand) {
  switch (size) {
    case 1:
      return detail::rmw<std::uint8_t>(address, kind, static_cast<std::uint8_t>(operand));
    case 2:
      return detail::rmw<std::uint16_t>(address, kind, static_cast<std::uint16_t>(operand));
    case 4:
      return detail::rmw<std::uint32_t>(address, kind, static_cast<std::uint32_t>(operand));
    default:
      return detail::rmw<std::uint64_t>(address, kind, operand);
  }
}

// On failure *expected becomes the value found.
inline bool native_cas(Address address, unsigned size, std::uint64_t* expected,
                       std::uint64_t desired) {
  switch (size) {
    case 1:
      return detail::cas<std::uint8_t>(address, expected, desired);
    case 2:
      return detail::cas<std::uint16_t>(address, expected, desired);
    case 4:
      return detail::cas<std::uint32_t>(address, expected, desired);
    default:
      return detail::cas<std::uint64_t>(address, expected, desired);
  }
}

}  // namespace heddle
