// The program's memory as atomic operations see it: values of 1, 2, 4 or 8 bytes, zero-extended.
#pragma once

#include <cstdint>
#include <cstring>

#include "harness/hooks/engine_table.h"
#include "harness/model/op.h"

namespace heddle::relacy {

inline std::uint64_t load_memory(Address address, unsigned size) {
  std::uint64_t value = 0;
  switch (size) {
    case 1:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 1);
      break;
    case 2:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 2);
      break;
    case 4:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 4);
      break;
    default:
      std::memcpy(&value, reinterpret_cast<const void*>(address), 8);
  }
  return value;
}

inline void store_memory(Address address, unsigned size, std::uint64_t value) {
  switch (size) {
    case 1:
      std::memcpy(reinterpret_cast<void*>(address), &value, 1);
      break;
    case 2:
      std::memcpy(reinterpret_cast<void*>(address), &value, 2);
      break;
    case 4:
      std::memcpy(reinterpret_cast<void*>(address), &value, 4);
      break;
    default:
      std::memcpy(reinterpret_cast<void*>(address), &value, 8);
  }
}

inline std::uint64_t mask_of(unsigned size) {
  return size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
}

inline std::uint64_t apply(RmwKind kind, std::uint64_t old, std::uint64_t operand, unsigned size) {
  switch (kind) {
    case RmwKind::exchange:
      return operand;
    case RmwKind::add:
      return (old + operand) & mask_of(size);
    case RmwKind::sub:
      return (old - operand) & mask_of(size);
    case RmwKind::bit_and:
      return old & operand;
    case RmwKind::bit_or:
      return old | operand;
    case RmwKind::bit_xor:
      return old ^ operand;
    case RmwKind::bit_nand:
      return ~(old & operand) & mask_of(size);
  }
  return 0;
}

}  // namespace heddle::relacy
