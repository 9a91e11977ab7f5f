#include "harness/model/codec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace heddle {
namespace {

std::string encoded_varint(std::uint64_t value) {
  Writer writer;
  writer.varint(value);
  return writer.bytes();
}

TEST(CodecTest, varints_take_a_byte_per_seven_bits) {
  EXPECT_EQ(encoded_varint(0).size(), 1U);
  EXPECT_EQ(encoded_varint(127).size(), 1U);
  EXPECT_EQ(encoded_varint(128).size(), 2U);
  EXPECT_EQ(encoded_varint(std::numeric_limits<std::uint64_t>::max()).size(), 10U);
}

TEST(CodecTest, a_varint_of_more_than_64_bits_is_refused) {
  Reader largest{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"};
  EXPECT_EQ(largest.varint(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(largest.finished());
  Reader too_large{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"};
  EXPECT_EQ(too_large.varint(), 0U);
  EXPECT_FALSE(too_large.ok());
  Reader endless{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"};
  EXPECT_EQ(endless.varint(), 0U);
  EXPECT_FALSE(endless.ok());
}

TEST(CodecTest, a_number_that_does_not_fit_32_bits_is_refused) {
  const std::string bytes = encoded_varint(std::uint64_t{1} << 32U);
  Reader reader{bytes};
  EXPECT_EQ(reader.varint32(), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(CodecTest, after_a_failure_everything_reads_as_empty) {
  Reader reader{"\x02rest of the message"};
  reader.boolean();  // 2 is no boolean
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.byte(), 0);
  EXPECT_EQ(reader.varint(), 0U);
  EXPECT_EQ(reader.string(), "");
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_FALSE(reader.finished());
}

TEST(CodecTest, a_length_beyond_the_message_is_refused) {
  Writer writer;
  writer.varint(std::uint64_t{1} << 60U);
  writer.byte(1);
  Reader reader{writer.bytes()};
  std::vector<std::uint64_t> values;
  decode(reader, values);
  EXPECT_TRUE(values.empty());
  EXPECT_FALSE(reader.ok());
}

TEST(CodecTest, reals_come_back_bit_for_bit) {
  Writer writer;
  writer.real(0.02);
  writer.real(-0.0);
  writer.real(std::numeric_limits<double>::infinity());
  Reader reader{writer.bytes()};
  EXPECT_EQ(reader.real(), 0.02);
  EXPECT_TRUE(std::signbit(reader.real()));
  EXPECT_EQ(reader.real(), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(reader.finished());
}

TEST(CodecTest, an_unknown_enumerator_is_refused) {
  Writer writer;
  encode(writer, Op{.kind = OpKind::failure});
  std::string bytes = writer.bytes();
  Op op;
  Reader good{bytes};
  decode(good, op);
  EXPECT_TRUE(good.finished());
  EXPECT_EQ(op.kind, OpKind::failure);

  ++bytes[0];
  Reader bad{bytes};
  decode(bad, op);
  EXPECT_FALSE(bad.ok());
}

TEST(CodecTest, a_damaged_outcome_never_reads_as_passed) {
  for (const std::string bytes : {"", "\x09", "\x01", "\x02\x05"}) {
    Reader reader{bytes};
    Outcome outcome = Passed{};
    decode(reader, outcome);
    EXPECT_FALSE(reader.ok());
    EXPECT_TRUE(std::holds_alternative<HarnessError>(outcome));
  }
}

TEST(CodecTest, each_alternative_of_an_outcome_comes_back_as_itself) {
  const Outcome outcomes[] = {Passed{}, Failed{FailureKind::hang, "message", {Place{}, Place{}}},
                              GaveUp{"step limit", {Place{}}}, HarnessError{"no memory"}};
  for (const Outcome& outcome : outcomes) {
    Writer writer;
    encode(writer, outcome);
    Reader reader{writer.bytes()};
    Outcome copy;
    decode(reader, copy);
    EXPECT_TRUE(reader.finished());
    ASSERT_EQ(copy.index(), outcome.index());
    if (const auto* failed = std::get_if<Failed>(&copy)) {
      EXPECT_EQ(failed->kind, FailureKind::hang);
      EXPECT_EQ(failed->message, "message");
      EXPECT_EQ(failed->places.size(), 2U);
    }
    if (const auto* gave_up = std::get_if<GaveUp>(&copy)) {
      EXPECT_EQ(gave_up->reason, "step limit");
      EXPECT_EQ(gave_up->places.size(), 1U);
    }
    if (const auto* error = std::get_if<HarnessError>(&copy)) {
      EXPECT_EQ(error->message, "no memory");
    }
  }
}

}  // namespace
}  // namespace heddle
