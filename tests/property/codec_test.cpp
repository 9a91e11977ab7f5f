#include "harness/model/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "tests/property/model_generators.h"

namespace heddle {
namespace {

template <typename Value>
std::string encoded(const Value& value) {
  Writer writer;
  encode(writer, value);
  return writer.bytes();
}

// Compares by bytes: the model's values need no operator== for a test's sake. That encode() leaves
// no field out is what the next test checks.
template <typename Value>
void expect_round_trip() {
  EXPECT_TRUE(rc::check([](const Value& value) {
    const std::string bytes = encoded(value);
    Reader reader{bytes};
    Value copy;
    decode(reader, copy);
    RC_ASSERT(reader.finished());
    RC_ASSERT(encoded(copy) == bytes);
  }));
}

TEST(CodecProperty, every_value_survives_the_round_trip) {
  expect_round_trip<Op>();
  expect_round_trip<Deviation>();
  expect_round_trip<Schedule>();
  expect_round_trip<Token>();
  expect_round_trip<Place>();
  expect_round_trip<Failed>();
  expect_round_trip<Event>();
  expect_round_trip<Trace>();
  expect_round_trip<DecisionLog>();
}

TEST(CodecProperty, no_field_of_a_decision_is_left_out) {
  EXPECT_TRUE(rc::check([](const Decision& decision) {
    const std::string bytes = encoded(decision);
    Reader reader{bytes};
    Decision copy;
    decode(reader, copy);
    RC_ASSERT(copy.thread == decision.thread);
    RC_ASSERT(copy.step == decision.step);
    RC_ASSERT(copy.choice == decision.choice);
    RC_ASSERT(copy.alternatives == decision.alternatives);
    RC_ASSERT(copy.usual == decision.usual);
    RC_ASSERT(copy.taken == decision.taken);
    RC_ASSERT(copy.events == decision.events);
    RC_ASSERT(copy.ready == decision.ready);
    RC_ASSERT(copy.threads.size() == decision.threads.size());
    for (std::size_t i = 0; i < copy.threads.size(); ++i) {
      const ThreadAt& a = copy.threads[i];
      const ThreadAt& b = decision.threads[i];
      RC_ASSERT(a.thread == b.thread);
      RC_ASSERT(a.state == b.state);
      RC_ASSERT(a.begun == b.begun);
      RC_ASSERT(a.eager == b.eager);
      RC_ASSERT(encoded(a.op) == encoded(b.op));
      RC_ASSERT(a.stack == b.stack);
    }
  }));
}

TEST(CodecProperty, no_field_of_an_event_is_left_out) {
  EXPECT_TRUE(rc::check([](const Event& event) {
    const std::string bytes = encoded(event);
    Reader reader{bytes};
    Event copy;
    decode(reader, copy);
    RC_ASSERT(copy.thread == event.thread);
    RC_ASSERT(copy.step == event.step);
    RC_ASSERT(copy.op.kind == event.op.kind);
    RC_ASSERT(copy.op.size == event.op.size);
    RC_ASSERT(copy.op.order == event.op.order);
    RC_ASSERT(copy.op.other == event.op.other);
    RC_ASSERT(copy.op.address == event.op.address);
    RC_ASSERT(copy.op.address2 == event.op.address2);
    RC_ASSERT(copy.op.pc == event.op.pc);
    RC_ASSERT(copy.why == event.why);
    RC_ASSERT(copy.racy == event.racy);
    RC_ASSERT(copy.value == event.value);
    RC_ASSERT(copy.old_value == event.old_value);
    RC_ASSERT(copy.stack == event.stack);
  }));
}

TEST(CodecProperty, no_field_of_a_failure_is_left_out) {
  EXPECT_TRUE(rc::check([](const Failed& failed) {
    const std::string bytes = encoded(failed);
    Reader reader{bytes};
    Failed copy;
    decode(reader, copy);
    RC_ASSERT(copy.kind == failed.kind);
    RC_ASSERT(copy.message == failed.message);
    RC_ASSERT(copy.places == failed.places);
    for (std::size_t i = 0; i < copy.places.size(); ++i) {
      RC_ASSERT(copy.places[i].stack == failed.places[i].stack);
    }
  }));
}

TEST(CodecProperty, no_field_of_what_a_trace_knows_of_memory_is_left_out) {
  EXPECT_TRUE(rc::check([](const Trace& trace) {
    const std::string bytes = encoded(trace);
    Reader reader{bytes};
    Trace copy;
    decode(reader, copy);
    RC_ASSERT(copy.frames == trace.frames);
    RC_ASSERT(copy.blocks.size() == trace.blocks.size());
    for (std::size_t i = 0; i < trace.blocks.size(); ++i) {
      RC_ASSERT(copy.blocks[i].begin == trace.blocks[i].begin);
      RC_ASSERT(copy.blocks[i].end == trace.blocks[i].end);
      RC_ASSERT(copy.blocks[i].thread == trace.blocks[i].thread);
      RC_ASSERT(copy.blocks[i].stack == trace.blocks[i].stack);
    }
    RC_ASSERT(copy.thread_locals.size() == trace.thread_locals.size());
    for (std::size_t i = 0; i < trace.thread_locals.size(); ++i) {
      RC_ASSERT(copy.thread_locals[i].thread == trace.thread_locals[i].thread);
      RC_ASSERT(copy.thread_locals[i].begin == trace.thread_locals[i].begin);
      RC_ASSERT(copy.thread_locals[i].end == trace.thread_locals[i].end);
      RC_ASSERT(copy.thread_locals[i].image == trace.thread_locals[i].image);
    }
  }));
}

TEST(CodecProperty, a_message_cut_short_is_refused) {
  EXPECT_TRUE(rc::check([](const Trace& trace) {
    const std::string bytes = encoded(trace);
    const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
    Reader reader{std::string_view{bytes}.substr(0, size)};
    Trace copy;
    decode(reader, copy);
    RC_ASSERT(!reader.finished());
  }));
}

template <typename Value>
void decode_hostile(const std::string& bytes) {
  // A heap copy of just the right size, so that AddressSanitizer sees a read one byte beyond.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  Reader reader{std::string_view{exact.data(), exact.size()}};
  Value value;
  decode(reader, value);
  // What was understood must mean the same when written and read again.
  if (reader.finished()) {
    const std::string again = encoded(value);
    Reader second{again};
    Value copy;
    decode(second, copy);
    RC_ASSERT(second.finished());
    RC_ASSERT(encoded(copy) == again);
  }
}

TEST(CodecProperty, random_bytes_are_survived) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    decode_hostile<Trace>(bytes);
    decode_hostile<DecisionLog>(bytes);
    decode_hostile<Outcome>(bytes);
    decode_hostile<Token>(bytes);
    decode_hostile<Failed>(bytes);
  }));
}

TEST(CodecProperty, damaged_messages_are_survived) {
  EXPECT_TRUE(rc::check([](const Trace& trace) {
    std::string bytes = encoded(trace);
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = *rc::gen::arbitrary<char>();
    decode_hostile<Trace>(bytes);
  }));
}

}  // namespace
}  // namespace heddle
