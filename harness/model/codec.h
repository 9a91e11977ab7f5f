// Values as bytes, for the channel between the supervisor and the worker inside the program under
// test. The supervisor cannot trust what a crashing program wrote into that channel: a Reader never
// reads out of bounds, never believes a length, and says by a flag that something was wrong.
//
// The format is private to one build of Heddle (both ends are the same version): integers as LEB128
// varints, strings and vectors with their length in front, optionals with a byte 0 or 1 in front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/decision.h"
#include "harness/model/op.h"
#include "harness/model/outcome.h"
#include "harness/model/schedule.h"
#include "harness/model/trace.h"

namespace heddle {

class Writer {
 public:
  void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void boolean(bool value) { byte(value ? 1 : 0); }
  void varint(std::uint64_t value);
  void real(double value);  // its eight bytes: exact, NaN included
  void string(std::string_view value);

  const std::string& bytes() const { return bytes_; }
  // Keeps the memory, so that a writer used once a run allocates only in the first runs.
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

// After the first failure every value read is zero or empty, and stays so: callers may decode a
// whole message and ask ok() once, at the end.
class Reader {
 public:
  // `bytes` must live as long as the reader.
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte();
  bool boolean();  // fails on anything but 0 and 1
  std::uint64_t varint();
  std::uint32_t varint32();  // fails on values that do not fit
  double real();
  std::string string();
  // The length of a vector: fails if it exceeds the bytes that are left, since no element takes
  // less than one. So a hostile length cannot make the caller allocate without bound.
  std::size_t length();

  bool ok() const { return ok_; }
  // The whole message was read, and nothing but the message.
  bool finished() const { return ok_ && bytes_.empty(); }
  std::size_t remaining() const { return bytes_.size(); }
  void fail();

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

void encode(Writer& writer, const Op& op);
void encode(Writer& writer, const Deviation& deviation);
void encode(Writer& writer, const Schedule& schedule);
void encode(Writer& writer, const Token& token);
void encode(Writer& writer, const Place& place);
void encode(Writer& writer, const Divergence& divergence);
void encode(Writer& writer, const Failed& failed);
void encode(Writer& writer, const GaveUp& gave_up);
void encode(Writer& writer, const Outcome& outcome);
void encode(Writer& writer, const Event& event);
void encode(Writer& writer, const StackFrame& frame);
void encode(Writer& writer, const AllocatedBlock& block);
void encode(Writer& writer, const ThreadLocals& variables);
void encode(Writer& writer, const Trace& trace);
void encode(Writer& writer, const ThreadAt& thread);
void encode(Writer& writer, const Decision& decision);
void encode(Writer& writer, const DecisionLog& log);

// The value is whole only if reader.ok() afterwards; before that it is some mixture.
void decode(Reader& reader, Op& op);
void decode(Reader& reader, Deviation& deviation);
void decode(Reader& reader, Schedule& schedule);
void decode(Reader& reader, Token& token);
void decode(Reader& reader, Place& place);
void decode(Reader& reader, Divergence& divergence);
void decode(Reader& reader, Failed& failed);
void decode(Reader& reader, GaveUp& gave_up);
void decode(Reader& reader, Outcome& outcome);
void decode(Reader& reader, Event& event);
void decode(Reader& reader, StackFrame& frame);
void decode(Reader& reader, AllocatedBlock& block);
void decode(Reader& reader, ThreadLocals& variables);
void decode(Reader& reader, Trace& trace);
void decode(Reader& reader, ThreadAt& thread);
void decode(Reader& reader, Decision& decision);
void decode(Reader& reader, DecisionLog& log);

// So that vectors and optionals of these need no code of their own.
inline void encode(Writer& writer, std::uint64_t value) {
  writer.varint(value);
}
inline void decode(Reader& reader, std::uint64_t& value) {
  value = reader.varint();
}
inline void encode(Writer& writer, std::uint32_t value) {
  writer.varint(value);
}
inline void decode(Reader& reader, std::uint32_t& value) {
  value = reader.varint32();
}
inline void encode(Writer& writer, const std::string& value) {
  writer.string(value);
}
inline void decode(Reader& reader, std::string& value) {
  value = reader.string();
}

template <typename Value>
void encode(Writer& writer, const std::vector<Value>& values) {
  writer.varint(values.size());
  for (const Value& value : values) encode(writer, value);
}

template <typename Value>
void decode(Reader& reader, std::vector<Value>& values) {
  values.clear();
  const std::size_t size = reader.length();
  // No reserve: an element may be a hundred times larger in memory than in bytes.
  for (std::size_t i = 0; i < size && reader.ok(); ++i) decode(reader, values.emplace_back());
}

template <typename Value>
void encode(Writer& writer, const std::optional<Value>& value) {
  writer.boolean(value.has_value());
  if (value) encode(writer, *value);
}

template <typename Value>
void decode(Reader& reader, std::optional<Value>& value) {
  value.reset();
  if (reader.boolean()) decode(reader, value.emplace());
}

}  // namespace heddle
