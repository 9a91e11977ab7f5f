#include "harness/engine/native/end_record.h"

#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>

namespace heddle::native {
namespace {

TEST(EndRecord, KeepsTheFirstAccount) {
  auto record = std::make_unique<EndRecord>();
  EXPECT_TRUE(record->write(FailureKind::assertion, 1, 0x10, nullptr, "first"));
  EXPECT_FALSE(record->write(FailureKind::abort, 2, 0x20, nullptr, "second"));
  EXPECT_FALSE(record->pass());
  const Failed failed = to_failed(*record);
  EXPECT_EQ(failed.kind, FailureKind::assertion);
  EXPECT_EQ(failed.message, "first");
  ASSERT_EQ(failed.places.size(), 1U);
  EXPECT_EQ(failed.places[0].thread, 1U);
  EXPECT_EQ(failed.places[0].op.pc, 0x10U);
}

TEST(EndRecord, APassedRunCannotFailAfterwards) {
  auto record = std::make_unique<EndRecord>();
  EXPECT_TRUE(record->pass());
  EXPECT_FALSE(record->write(FailureKind::abort, 0, 0, nullptr, "late"));
  EXPECT_FALSE(record->claim());
  EXPECT_FALSE(record->written());
}

TEST(EndRecord, CanBeUsedAgainAfterAReset) {
  auto record = std::make_unique<EndRecord>();
  record->pass();
  record->reset();
  EXPECT_TRUE(record->write(FailureKind::signal, 0, 0, nullptr, "again"));
  EXPECT_TRUE(record->written());
}

TEST(EndRecord, CutsAMessageThatIsTooLong) {
  auto record = std::make_unique<EndRecord>();
  record->write(FailureKind::abort, 0, 0, nullptr, std::string(10'000, 'x').c_str());
  EXPECT_EQ(to_failed(*record).message, std::string(record->message.size() - 1, 'x'));
}

TEST(EndRecord, TakesTheStackInnermostFirst) {
  auto record = std::make_unique<EndRecord>();
  ThreadSlot slot{};
  slot.enter(0x1);
  slot.enter(0x2);
  record->write(FailureKind::abort, 0, 0, &slot, "");
  EXPECT_EQ(to_failed(*record).places[0].stack, (std::vector<Address>{0x2, 0x1}));
}

TEST(Messages, AnAssertionReadsAsTheCLibraryPrintsIt) {
  EXPECT_STREQ(assertion_message("x == 2", "a.cpp", 11, "int main()").c_str(),
               "a.cpp:11: int main(): Assertion `x == 2' failed.");
}

TEST(Messages, ASignalIsNamedAndItsAddressGivenWhereItHasOne) {
  EXPECT_STREQ(signal_message(SIGSEGV, 0x2a, true).c_str(), "SIGSEGV at address 0x2a");
  EXPECT_STREQ(signal_message(SIGFPE, 0, false).c_str(), "SIGFPE");
  EXPECT_STREQ(signal_message(SIGUSR1, 0, false).c_str(),
               ("signal " + std::to_string(SIGUSR1)).c_str());
}

}  // namespace
}  // namespace heddle::native
