#include "harness/engine/native/repetition.h"

#include <unwind.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace heddle::native {
namespace {

// So many times back in the same state, in case that two states have the same number.
constexpr std::uint32_t kReturns = 3;
// A loop of so many calls of hooks, or a quarter of it, is found out.
constexpr std::uint32_t kMaxLooks = 1U << 14U;
// A thread that is interrupted so often within so few states does nothing else.
constexpr std::uint32_t kMaxSamples = 48;
// Of a deep stack what is furthest in: a loop that returns from there has another depth then.
constexpr std::size_t kMostStack = std::size_t{64} << 10U;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 29U;
}

// The registers that a function leaves as they were, as the function that called the hook had them:
// the hook may have saved them and put others there.
struct Caller {
  Address pc;
  Address stack = 0;
  std::uint64_t registers = 0;
};

_Unwind_Reason_Code find_caller(_Unwind_Context* context, void* argument) {
  auto& caller = *static_cast<Caller*>(argument);
  if (_Unwind_GetIP(context) != caller.pc) return _URC_NO_REASON;
  caller.stack = _Unwind_GetCFA(context);
  for (const int number : {3, 6, 12, 13, 14, 15}) {  // DWARF's: rbx, rbp, r12 to r15
    caller.registers = mixed(caller.registers, _Unwind_GetGR(context, number));
  }
  return _URC_NORMAL_STOP;
}

// Between the variables of a stack AddressSanitizer, under which the tests run, allows no looks.
[[gnu::no_sanitize_address]] std::optional<std::uint64_t> state_of_caller(Address pc,
                                                                          Address base) {
  Caller caller{.pc = pc};
  _Unwind_Backtrace(find_caller, &caller);
  if (caller.stack == 0 || base < caller.stack) return std::nullopt;
  std::uint64_t state = mixed(caller.registers, pc ^ caller.stack);
  const Address end = std::min(base, caller.stack + kMostStack);
  for (Address at = caller.stack; at + sizeof(std::uint64_t) <= end; at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, reinterpret_cast<const void*>(at), sizeof word);
    state = mixed(state, word);
  }
  return state;
}

// Returns whether `value` was there, and else puts it there if there is room.
template <std::size_t N>
bool note(std::array<std::uint64_t, N>& values, std::uint32_t& used, std::uint64_t value) {
  const auto end = values.begin() + std::min<std::uint32_t>(used, N);
  if (std::find(values.begin(), end, value) != end) return true;
  if (used < N) values[used] = value;
  if (used <= N) ++used;
  return false;
}

}  // namespace

void Repetition::begin_if_new() {
  const std::uint32_t question = asked_.load(std::memory_order_relaxed);
  if (begun_ == question) return;
  begun_ = question;
  looks_ = samples_ = returns_ = places_used_ = states_used_ = 0;
  next_reference_ = 1;
}

void Repetition::give(Answer answer) {
  answer_.store(std::uint64_t{begun_} << 32U | static_cast<std::uint32_t>(answer),
                std::memory_order_release);
}

void Repetition::look(Address pc, Address address, Address base) {
  begin_if_new();
  if (looks_ == kMaxLooks) return;
  ++looks_;
  note(places_, places_used_, mixed(pc, address));
  const std::optional<std::uint64_t> state = state_of_caller(pc, base);
  if (state && looks_ > 1 && *state == reference_) {
    if (++returns_ == kReturns) give(Answer::repeats);
  }
  if (returns_ >= kReturns) return;
  if (looks_ >= next_reference_ && state) {
    // At ever longer distances: a loop of any length comes to lie within one (Brent, "An improved
    // Monte Carlo factorization algorithm", 1980).
    reference_ = *state;
    returns_ = 0;
    next_reference_ = looks_ * 2;
  }
  if (looks_ == kMaxLooks && places_used_ > kPlaces) give(Answer::wanders);
}

void Repetition::sample(const std::uint64_t* registers, std::size_t count) {
  begin_if_new();
  if (samples_ == kMaxSamples) return;
  ++samples_;
  std::uint64_t state = 0;
  for (std::size_t i = 0; i < count; ++i) state = mixed(state, registers[i]);
  note(states_, states_used_, state);
  // Few states need not be all that there are, but the more often nothing else was seen, the more
  // likely they are.
  if (samples_ == kMaxSamples && states_used_ <= kStates) give(Answer::repeats);
}

}  // namespace heddle::native
