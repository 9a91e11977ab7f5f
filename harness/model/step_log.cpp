#include "harness/model/step_log.h"

#include <algorithm>

namespace heddle {

Place StepLog::place_of(const Step& step) {
  return {.thread = step.thread,
          .op = {.kind = step.kind,
                 .order = MemoryOrder::seq_cst,
                 .address = step.address,
                 .pc = step.pc},
          .stack = {},
          .note = {}};
}

StepLog StepLog::for_other_processes() const {
  StepLog result;
  for (const Step& step : steps_) {
    if (result.steps_.size() == kMostSent) break;
    if (is_plain_access(step.kind) || is_life(step.kind)) continue;
    result.steps_.push_back({step.thread, step.kind, 0, step.pc});
  }
  return result;
}

std::optional<Divergence> StepLog::first_difference(std::uint64_t run, const StepLog& first,
                                                    const StepLog& second) {
  const auto [a, b] = std::mismatch(first.steps_.begin(), first.steps_.end(), second.steps_.begin(),
                                    second.steps_.end());
  if (a == first.steps_.end() && b == second.steps_.end()) return std::nullopt;
  Divergence divergence{.run = run,
                        .step = static_cast<std::uint64_t>(a - first.steps_.begin()),
                        .first = {},
                        .second = {}};
  if (a != first.steps_.end()) divergence.first = place_of(*a);
  if (b != second.steps_.end()) divergence.second = place_of(*b);
  return divergence;
}

void encode(Writer& writer, const StepLog& log) {
  writer.varint(log.steps_.size());
  for (const StepLog::Step& step : log.steps_) {
    writer.varint(step.thread);
    writer.byte(static_cast<std::uint8_t>(step.kind));
    writer.varint(step.address);
    writer.varint(step.pc);
  }
}

void decode(Reader& reader, StepLog& log) {
  log.clear();
  const std::size_t size = reader.length();
  for (std::size_t i = 0; i < size && reader.ok(); ++i) {
    StepLog::Step& step = log.steps_.emplace_back();
    step.thread = reader.varint32();
    const std::uint8_t kind = reader.byte();
    if (kind > static_cast<std::uint8_t>(OpKind::failure)) reader.fail();
    step.kind = static_cast<OpKind>(kind);
    step.address = reader.varint();
    step.pc = reader.varint();
  }
}

}  // namespace heddle
