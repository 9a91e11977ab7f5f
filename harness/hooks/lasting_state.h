// Which state outside the program's memory a run has changed, by the one list of it
// (lasting_state.def): what none has changed need not be put back, and system calls are dear.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

namespace heddle::lasting_state {

enum class Part : std::uint8_t {
#define HEDDLE_PART(part, text) part,
#define HEDDLE_KEPT_PART(part, text) part,
#include "harness/hooks/lasting_state.def"
  none,
};

// One bit for each part.
using Parts = std::uint64_t;
constexpr Parts bit(Part part) {
  return part == Part::none ? 0 : Parts{1} << static_cast<unsigned>(part);
}
constexpr Parts kAllParts = bit(Part::none) - 1;
static_assert(static_cast<unsigned>(Part::none) < 64);

// Those that are not put back.
inline constexpr Parts kKeptParts = 0
#define HEDDLE_KEPT_PART(part, text) | bit(Part::part)
#include "harness/hooks/lasting_state.def"
    ;

// What a function changes, by the linker's name.
constexpr Part part_of(std::string_view function) {
#define HEDDLE_LEAVES(name, part) \
  if (function == #name) return Part::part;
#define HEDDLE_LEAVES_UNHOOKED(name, part) HEDDLE_LEAVES(name, part)
#include "harness/hooks/lasting_state.def"
  return Part::none;
}

// Whether the only hook of this function is the one that notes the call.
constexpr bool is_only_noted(std::string_view function) {
#define HEDDLE_LEAVES_UNHOOKED(name, part) \
  if (function == #name) return true;
#include "harness/hooks/lasting_state.def"
  return false;
}

// In the words of a report.
constexpr std::string_view text_of(Part part) {
  switch (part) {
#define HEDDLE_PART(name, text) \
  case Part::name:              \
    return text;
#define HEDDLE_KEPT_PART(name, text) HEDDLE_PART(name, text)
#include "harness/hooks/lasting_state.def"
    case Part::none:
      break;
  }
  return {};
}

// What the run has changed, or tried to. Heddle's own calls count as well: that costs no more than
// time.
extern constinit std::atomic<Parts> g_changed __attribute__((visibility("hidden")));

// The function that was the first to change what is not put back.
extern constinit std::atomic<const char*> g_kept_by __attribute__((visibility("hidden")));

// `function` is about to change these.
inline void note(Parts parts, const char* function) {
  if ((g_changed.load(std::memory_order_relaxed) & parts) == parts) return;
  if ((parts & kKeptParts) != 0) {
    const char* none = nullptr;
    g_kept_by.compare_exchange_strong(none, function, std::memory_order_relaxed);
  }
  g_changed.fetch_or(parts, std::memory_order_relaxed);
}

template <Part kPart>
void note(const char* function) {
  if constexpr (kPart != Part::none) note(bit(kPart), function);
}

inline bool is_changed(Part part) {
  return (g_changed.load(std::memory_order_relaxed) & bit(part)) != 0;
}

}  // namespace heddle::lasting_state
