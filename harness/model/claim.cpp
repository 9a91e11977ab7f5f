#include "harness/model/claim.h"

namespace heddle {

bool is_proof(const Claim& claim) {
  return std::holds_alternative<Proved>(claim) || std::holds_alternative<ProvedWithin>(claim);
}

std::vector<ClaimBound> bounds_of(const Claim& claim) {
  const auto* within = std::get_if<ProvedWithin>(&claim);
  return within != nullptr ? within->bounds : std::vector<ClaimBound>{};
}

std::vector<std::string> assumptions_of(const Claim& claim) {
  if (const auto* proved = std::get_if<Proved>(&claim)) return proved->assumed;
  if (const auto* within = std::get_if<ProvedWithin>(&claim)) return within->assumed;
  return {};
}

}  // namespace heddle
