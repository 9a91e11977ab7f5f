// From steps of one build to places in the source, and from there to steps of another build.
#pragma once

#include <optional>
#include <string>

#include "harness/model/anchored_token.h"
#include "harness/model/outcome.h"
#include "harness/model/trace.h"
#include "harness/report/symbols.h"
#include "harness/search/result.h"

namespace heddle {

// The token of a run that failed so, by its trace. Nothing where that does not name each departure.
std::optional<AnchoredToken> anchored_token(const Token& token, const Failed& failure,
                                            const Trace& trace, const Symbols& symbols);

// Its text, for a report; empty where there is none, or it would be too long to be pasted.
std::string anchored_word(const MinimalInterleaving& minimal, const Failed& failure,
                          const Symbols& symbols);

struct FoundAnchor {
  Deviation deviation;
  // Not on its line, where no such operation is, but by its object in the same function.
  bool moved = false;
};

// Where a run departs that has not yet. Nothing if it does not come to the operation.
std::optional<FoundAnchor> find_anchor(const Anchor& anchor, const Trace& trace,
                                       const Symbols& symbols);

// Whether a run came to the function that the token's run failed in, if it failed in one.
bool names_function(const AnchoredToken& token, const Trace& trace, const Symbols& symbols);

// Whether a failure is that of the token: of its kind, in its function.
bool is_failure_of(const AnchoredToken& token, const Failed& failure, const Symbols& symbols);

}  // namespace heddle
