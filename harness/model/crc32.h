// CRC-32 of IEEE 802.3, as in zip and PNG: finds every single changed character, and any two that
// were swapped.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace heddle {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    table[i] = crc;
  }
  return table;
}

constexpr std::uint32_t crc32(std::string_view text) {
  constexpr auto kTable = make_crc_table();
  std::uint32_t crc = ~0U;
  for (const char c : text) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<std::uint8_t>(c)) & 0xffU];
  return ~crc;
}

}  // namespace heddle
