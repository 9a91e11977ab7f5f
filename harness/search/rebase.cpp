#include "harness/search/rebase.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace heddle {
namespace {

class Rebasing {
 public:
  Rebasing(std::span<const Module> from, std::span<const Module> to) : from_(from), to_(to) {}

  void apply(Failed& failure) const {
    for (Place& place : failure.places) {
      apply(place.op.pc);
      apply(place.op.address);
      apply(place.op.address2);
      for (Address& caller : place.stack) apply(caller);
    }
  }

 private:
  void apply(Address& address) const {
    const auto old = std::find_if(from_.begin(), from_.end(), [&](const Module& module) {
      return address >= module.begin && address < module.end;
    });
    if (old == from_.end()) return;
    const auto now = std::find_if(to_.begin(), to_.end(),
                                  [&](const Module& module) { return module.path == old->path; });
    if (now != to_.end()) address = address - old->base + now->base;
  }

  std::span<const Module> from_;
  std::span<const Module> to_;
};

}  // namespace

void rebase(EngineResult& result, std::span<const Module> from, std::span<const Module> to) {
  const Rebasing rebasing(from, to);
  for (Finding& finding : result.findings) rebasing.apply(finding.failure);
  if (!result.not_as_fresh.has_value()) return;
  for (ProcessFailure& failure : result.not_as_fresh->failures) rebasing.apply(failure.failure);
}

void rebase_for_fuzz(CaseResult& result, const WorkerOptions& worker) {
  bool any = false;
  for (const EngineResult& engine : result.engines) {
    if (engine.engine != EngineKind::tsan) return;
    any = any || !engine.findings.empty();
  }
  if (!any) return;
  const auto started = WorkerProcess::start(worker);
  const auto* process = std::get_if<std::unique_ptr<WorkerProcess>>(&started);
  if (process == nullptr) return;
  const std::vector<Module> from = std::exchange(result.modules, (*process)->modules());
  for (EngineResult& engine : result.engines) rebase(engine, from, result.modules);
}

}  // namespace heddle
