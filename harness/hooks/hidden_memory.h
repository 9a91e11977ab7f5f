// Where the hidden state of the C library lies: one variable each, in memory at a fixed address, so
// that a report tells from the address alone what it is, whatever library is loaded where.
#pragma once

#include <grp.h>
#include <mntent.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <pthread.h>
#include <pwd.h>
#include <time.h>
#include <utmpx.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "harness/model/op.h"

namespace heddle::hidden_state {

// Of which only the address matters, for the C library keeps the real thing.
struct Untold {
  std::uint64_t uses = 0;
  // How often it was told of, for calls that use several: see state_uses.h.
  std::uint32_t reads = 0;
  std::uint32_t updates = 0;
};

template <std::size_t kSize>
using Text = std::array<char, kSize>;

// By the descriptor that a file was opened as; descriptors beyond share one. Behind them, for files
// whose first descriptor was closed and given to another while copies of it are in use; and one for
// all streams that have no file.
inline constexpr std::size_t kPositions = 256;
inline constexpr std::size_t kSparePositions = 32;
inline constexpr std::size_t kMemoryStream = kPositions + kSparePositions;
using FilePositions = std::array<Untold, kMemoryStream + 1>;

// What is in a file, whatever it was opened as: numbered as threads come by them; all beyond share
// the last.
inline constexpr std::size_t kContents = 64;
using FileContents = std::array<Untold, kContents>;

// The lives of descriptors and streams, each from when it was opened on: the number or the address
// may be another's afterwards. Those beyond are not told of.
inline constexpr std::size_t kLives = 512;
using Lives = std::array<std::uint64_t, kLives>;

struct StreamLock {
  pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
};
using StreamLocks = std::array<StreamLock, kMemoryStream + 1>;

struct Memory {
#define HEDDLE_STATE(name, type, text) alignas(8) type name = {};
#include "harness/hooks/hidden_state.def"
};

inline constexpr Address kBegin = 0x0800'0000'0000;

// One of the variables, as reports speak of it.
struct Named {
  std::string text;
  bool has_value = false;  // what is read there and written means something to a person
};

namespace detail {

struct Entry {
  Address begin;
  std::size_t size;
  std::size_t element;  // of a list of files
  bool has_value;
  std::string_view text;
};

template <typename T>
inline constexpr bool kHasValue = std::is_class_v<T> && !std::is_same_v<T, Untold>;
template <typename T>
inline constexpr std::size_t kElement = sizeof(T);
template <>
inline constexpr bool kHasValue<FilePositions> = false;
template <>
inline constexpr bool kHasValue<FileContents> = false;
template <>
inline constexpr bool kHasValue<Lives> = false;
template <>
inline constexpr std::size_t kElement<FilePositions> = sizeof(Untold);
template <>
inline constexpr std::size_t kElement<StreamLocks> = sizeof(StreamLock);

inline constexpr std::array kEntries = {
#define HEDDLE_STATE(name, type, text)                                                          \
  Entry{kBegin + offsetof(Memory, name), sizeof(Memory::name), kElement<type>, kHasValue<type>, \
        text},
#include "harness/hooks/hidden_state.def"
};

inline std::string file_name(std::size_t position) {
  static constexpr std::array<std::string_view, 3> kStandard = {"standard input", "standard output",
                                                                "standard error"};
  if (position < kStandard.size()) return std::string{kStandard[position]};
  if (position < kPositions) return "file " + std::to_string(position);
  return position == kMemoryStream ? "a stream in memory" : "a file";
}

}  // namespace detail

inline bool contains(Address address) {
  return address >= kBegin && address - kBegin < sizeof(Memory);
}

// Nothing if the address is none of hidden state.
inline std::optional<Named> find(Address address) {
  if (!contains(address)) return std::nullopt;
  for (const detail::Entry& entry : detail::kEntries) {
    if (address < entry.begin || address - entry.begin >= entry.size) continue;
    Named named{.text = std::string{entry.text}, .has_value = entry.has_value};
    if (const std::size_t at = named.text.find("{}"); at != std::string::npos) {
      named.text.replace(at, 2, detail::file_name((address - entry.begin) / entry.element));
    }
    return named;
  }
  return std::nullopt;
}

}  // namespace heddle::hidden_state
