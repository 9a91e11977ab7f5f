// A token that outlives its build: each departure is named by what its thread was about to do, in
// which function and line of it and for which time, and not by the number of a step.
//
// It names an interleaving less exactly than a Token does: whoever follows it has to say what of it
// was not reached.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/model/op.h"
#include "harness/model/outcome.h"
#include "harness/model/schedule.h"

namespace heddle {

struct Anchor {
  ThreadId thread = 0;
  std::uint32_t value = 0;  // as Deviation::value
  // The operation before which it departs; or, if that was never done, the one after which.
  bool after = false;
  OpKind kind = OpKind::none;
  std::string function;        // without parameters
  std::uint32_t line = 0;      // from the function's own, which is 0
  std::string object;          // empty: it has no name
  std::uint64_t count = 0;     // which of the thread's operations of that kind on that line, from 1
  std::uint64_t alike = 0;     // and which of those on that object in that function
  std::uint64_t anywhere = 0;  // and in all functions
  std::uint64_t distance = 0;  // steps from the thread's operation before it

  friend bool operator==(const Anchor&, const Anchor&) = default;
};

struct AnchoredToken {
  std::vector<Anchor> anchors;  // in the order in which the run comes to them
  // How the run failed, and where.
  FailureKind kind = FailureKind::assertion;
  std::string function;
  std::uint32_t line = 0;

  friend bool operator==(const AnchoredToken&, const AnchoredToken&) = default;
};

inline constexpr std::string_view kAnchoredVersion = "h3f-";

// Of letters, digits, '.', '_' and '-' only, with a checksum, as that of a Token.
std::string to_text(const AnchoredToken& token);
std::variant<AnchoredToken, TokenError> parse_anchored_token(std::string_view text);

// "T1 before `atomic store flag` in publish():4, 2nd time".
std::string to_words(const Anchor& anchor);

}  // namespace heddle
