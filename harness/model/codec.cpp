#include "harness/model/codec.h"

#include <cstring>
#include <limits>
#include <type_traits>

namespace heddle {
namespace {

template <typename Enum>
void encode_enum(Writer& writer, Enum value) {
  writer.byte(static_cast<std::uint8_t>(value));
}

// A value outside the enumeration would be undefined behaviour in every switch that follows.
template <typename Enum>
void decode_enum(Reader& reader, Enum& value, Enum last) {
  const std::uint8_t number = reader.byte();
  if (number > static_cast<std::uint8_t>(last)) reader.fail();
  value = reader.ok() ? static_cast<Enum>(number) : Enum{};
}

constexpr auto kLastOpKind = OpKind::failure;
constexpr auto kLastMemoryOrder = MemoryOrder::seq_cst;
constexpr auto kLastEngineKind = EngineKind::relacy;
constexpr auto kLastFailureKind = FailureKind::out_of_memory;
constexpr auto kLastSwitchReason = SwitchReason::gave_way;
constexpr auto kLastChoice = Choice::rwlock_policy;
constexpr auto kLastThreadState = ThreadAt::State::finished;

}  // namespace

void Writer::varint(std::uint64_t value) {
  while (value >= 0x80) {
    byte(static_cast<std::uint8_t>(value | 0x80U));
    value >>= 7;
  }
  byte(static_cast<std::uint8_t>(value));
}

void Writer::real(double value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  bytes_.append(bytes, sizeof value);
}

void Writer::string(std::string_view value) {
  varint(value.size());
  bytes_.append(value);
}

void Reader::fail() {
  ok_ = false;
  bytes_ = {};
}

std::uint8_t Reader::byte() {
  if (bytes_.empty()) {
    fail();
    return 0;
  }
  const auto value = static_cast<std::uint8_t>(bytes_.front());
  bytes_.remove_prefix(1);
  return value;
}

bool Reader::boolean() {
  const std::uint8_t value = byte();
  if (value > 1) fail();
  return value == 1;
}

std::uint64_t Reader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t part = byte();
    // The tenth byte holds one bit; more would be shifted out and lost without notice.
    if (shift == 63 && part > 1) fail();
    if (!ok_) return 0;
    value |= static_cast<std::uint64_t>(part & 0x7fU) << shift;
    if ((part & 0x80U) == 0) return value;
  }
  fail();
  return 0;
}

std::uint32_t Reader::varint32() {
  const std::uint64_t value = varint();
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    fail();
    return 0;
  }
  return static_cast<std::uint32_t>(value);
}

double Reader::real() {
  double value = 0;
  if (bytes_.size() < sizeof value) {
    fail();
    return 0;
  }
  std::memcpy(&value, bytes_.data(), sizeof value);
  bytes_.remove_prefix(sizeof value);
  return value;
}

std::size_t Reader::length() {
  const std::uint64_t value = varint();
  if (value > bytes_.size()) {
    fail();
    return 0;
  }
  return static_cast<std::size_t>(value);
}

std::string Reader::string() {
  const std::size_t size = length();
  std::string value{bytes_.substr(0, size)};
  bytes_.remove_prefix(size);
  return value;
}

void encode(Writer& writer, const Op& op) {
  encode_enum(writer, op.kind);
  writer.byte(op.size);
  encode_enum(writer, op.order);
  // Plus one, wrapping: kNoThread, by far the most frequent, becomes a single zero byte.
  writer.varint(static_cast<ThreadId>(op.other + 1));
  writer.varint(op.address);
  writer.varint(op.address2);
  writer.varint(op.pc);
}

void decode(Reader& reader, Op& op) {
  decode_enum(reader, op.kind, kLastOpKind);
  op.size = reader.byte();
  decode_enum(reader, op.order, kLastMemoryOrder);
  op.other = static_cast<ThreadId>(reader.varint32() - 1);
  op.address = reader.varint();
  op.address2 = reader.varint();
  op.pc = reader.varint();
}

void encode(Writer& writer, const Deviation& deviation) {
  writer.varint(deviation.thread);
  writer.varint(deviation.step);
  writer.varint(deviation.value);
}

void decode(Reader& reader, Deviation& deviation) {
  deviation.thread = reader.varint32();
  deviation.step = reader.varint();
  deviation.value = reader.varint32();
}

void encode(Writer& writer, const Schedule& schedule) {
  encode(writer, schedule.deviations);
}

void decode(Reader& reader, Schedule& schedule) {
  decode(reader, schedule.deviations);
}

void encode(Writer& writer, const Token& token) {
  encode_enum(writer, token.engine);
  encode(writer, token.schedule);
  writer.string(token.relacy_state);
}

void decode(Reader& reader, Token& token) {
  decode_enum(reader, token.engine, kLastEngineKind);
  decode(reader, token.schedule);
  token.relacy_state = reader.string();
}

void encode(Writer& writer, const Place& place) {
  writer.varint(static_cast<ThreadId>(place.thread + 1));
  encode(writer, place.op);
  encode(writer, place.stack);
  writer.string(place.note);
}

void decode(Reader& reader, Place& place) {
  place.thread = static_cast<ThreadId>(reader.varint32() - 1);
  decode(reader, place.op);
  decode(reader, place.stack);
  place.note = reader.string();
}

void encode(Writer& writer, const Divergence& divergence) {
  writer.varint(divergence.run);
  writer.varint(divergence.step);
  encode(writer, divergence.first);
  encode(writer, divergence.second);
}

void decode(Reader& reader, Divergence& divergence) {
  divergence.run = reader.varint();
  divergence.step = reader.varint();
  decode(reader, divergence.first);
  decode(reader, divergence.second);
}

void encode(Writer& writer, const Failed& failed) {
  encode_enum(writer, failed.kind);
  writer.string(failed.message);
  encode(writer, failed.places);
  writer.boolean(failed.late_wake);
}

void decode(Reader& reader, Failed& failed) {
  decode_enum(reader, failed.kind, kLastFailureKind);
  failed.message = reader.string();
  decode(reader, failed.places);
  failed.late_wake = reader.boolean();
}

void encode(Writer& writer, const GaveUp& gave_up) {
  writer.string(gave_up.reason);
  encode(writer, gave_up.places);
}

void decode(Reader& reader, GaveUp& gave_up) {
  gave_up.reason = reader.string();
  decode(reader, gave_up.places);
}

void encode(Writer& writer, const Outcome& outcome) {
  static_assert(std::variant_size_v<Outcome> == 4, "a new alternative needs its bytes here");
  writer.byte(static_cast<std::uint8_t>(outcome.index()));
  if (const auto* failed = std::get_if<Failed>(&outcome)) encode(writer, *failed);
  if (const auto* gave_up = std::get_if<GaveUp>(&outcome)) encode(writer, *gave_up);
  if (const auto* error = std::get_if<HarnessError>(&outcome)) writer.string(error->message);
}

void decode(Reader& reader, Outcome& outcome) {
  // A broken message must not read as "passed".
  outcome = HarnessError{"the worker's message is damaged"};
  const std::uint8_t alternative = reader.byte();
  if (!reader.ok()) return;
  Outcome value;
  switch (alternative) {
    case 0:
      break;
    case 1:
      decode(reader, value.emplace<Failed>());
      break;
    case 2:
      decode(reader, value.emplace<GaveUp>());
      break;
    case 3:
      value = HarnessError{reader.string()};
      break;
    default:
      reader.fail();
  }
  if (reader.ok()) outcome = std::move(value);
}

void encode(Writer& writer, const Event& event) {
  writer.varint(event.thread);
  writer.varint(event.step);
  encode(writer, event.op);
  encode_enum(writer, event.why);
  writer.boolean(event.racy);
  encode(writer, event.value);
  encode(writer, event.old_value);
  encode(writer, event.stack);
  writer.varint(static_cast<ThreadId>(event.decided_by + 1));
  writer.varint(event.decided_at);
}

void decode(Reader& reader, Event& event) {
  event.thread = reader.varint32();
  event.step = reader.varint();
  decode(reader, event.op);
  decode_enum(reader, event.why, kLastSwitchReason);
  event.racy = reader.boolean();
  decode(reader, event.value);
  decode(reader, event.old_value);
  decode(reader, event.stack);
  event.decided_by = static_cast<ThreadId>(reader.varint32() - 1);
  event.decided_at = reader.varint();
}

void encode(Writer& writer, const StackFrame& frame) {
  writer.varint(frame.thread);
  writer.varint(frame.begin);
  writer.varint(frame.end);
  writer.varint(frame.pc);
}

void decode(Reader& reader, StackFrame& frame) {
  frame.thread = reader.varint32();
  frame.begin = reader.varint();
  frame.end = reader.varint();
  frame.pc = reader.varint();
}

void encode(Writer& writer, const AllocatedBlock& block) {
  writer.varint(block.begin);
  writer.varint(block.end);
  writer.varint(block.thread);
  encode(writer, block.stack);
}

void decode(Reader& reader, AllocatedBlock& block) {
  block.begin = reader.varint();
  block.end = reader.varint();
  block.thread = reader.varint32();
  decode(reader, block.stack);
}

void encode(Writer& writer, const ThreadLocals& variables) {
  writer.varint(variables.thread);
  writer.varint(variables.begin);
  writer.varint(variables.end);
  writer.varint(variables.image);
}

void decode(Reader& reader, ThreadLocals& variables) {
  variables.thread = reader.varint32();
  variables.begin = reader.varint();
  variables.end = reader.varint();
  variables.image = reader.varint();
}

void encode(Writer& writer, const Trace& trace) {
  encode(writer, trace.events);
  encode(writer, trace.frames);
  encode(writer, trace.blocks);
  encode(writer, trace.thread_locals);
  writer.boolean(trace.truncated);
}

void decode(Reader& reader, Trace& trace) {
  decode(reader, trace.events);
  decode(reader, trace.frames);
  decode(reader, trace.blocks);
  decode(reader, trace.thread_locals);
  trace.truncated = reader.boolean();
}

void encode(Writer& writer, const ThreadAt& thread) {
  writer.varint(thread.thread);
  encode_enum(writer, thread.state);
  writer.boolean(thread.begun);
  writer.boolean(thread.eager);
  encode(writer, thread.op);
  encode(writer, thread.stack);
}

void decode(Reader& reader, ThreadAt& thread) {
  thread.thread = reader.varint32();
  decode_enum(reader, thread.state, kLastThreadState);
  thread.begun = reader.boolean();
  thread.eager = reader.boolean();
  decode(reader, thread.op);
  decode(reader, thread.stack);
}

void encode(Writer& writer, const Decision& decision) {
  writer.varint(decision.thread);
  writer.varint(decision.step);
  writer.boolean(decision.choice.has_value());
  if (decision.choice.has_value()) encode_enum(writer, *decision.choice);
  writer.varint(decision.alternatives);
  writer.varint(decision.usual);
  writer.varint(decision.taken);
  writer.varint(decision.events);
  encode(writer, decision.ready);
  encode(writer, decision.threads);
}

void decode(Reader& reader, Decision& decision) {
  decision.thread = reader.varint32();
  decision.step = reader.varint();
  decision.choice.reset();
  if (reader.boolean()) decode_enum(reader, decision.choice.emplace(), kLastChoice);
  decision.alternatives = reader.varint32();
  decision.usual = reader.varint32();
  decision.taken = reader.varint32();
  decision.events = reader.varint();
  decode(reader, decision.ready);
  decode(reader, decision.threads);
}

void encode(Writer& writer, const DecisionLog& log) {
  encode(writer, log.decisions);
  writer.varint(log.events);
  writer.boolean(log.stopped);
}

void decode(Reader& reader, DecisionLog& log) {
  decode(reader, log.decisions);
  log.events = reader.varint();
  log.stopped = reader.boolean();
}

}  // namespace heddle
