// From what a command has found out to the claims that it makes.
#pragma once

#include <vector>

#include "harness/search/claim_of.h"
#include "harness/search/result.h"

namespace heddle {

// What the engine's own search knows. A search on real threads never ends, so it claims nothing.
ClaimGrounds grounds_of(const EngineResult& result);

// Decides the claims of all engines of one case anew, and those of their minimal interleavings, now
// that each is known: one engine's failure is a reason to doubt another one's proof.
void settle_claims(std::vector<EngineResult>& results, const UnseenCode& unseen);

// What of the program the engines did not see.
UnseenCode unseen_in(const std::vector<EngineResult>& results);

}  // namespace heddle
