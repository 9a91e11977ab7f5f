#include "harness/engine/native/report_kind.h"

#include <gtest/gtest.h>

namespace heddle::native {
namespace {

TEST(KindOfReport, TakesEveryKindOfRaceForARace) {
  EXPECT_EQ(kind_of_report("data-race"), FailureKind::data_race);
  EXPECT_EQ(kind_of_report("data-race-vptr"), FailureKind::data_race);
}

TEST(KindOfReport, TellsLockOrdersFromTheRest) {
  EXPECT_EQ(kind_of_report("lock-order-inversion"), FailureKind::lock_inversion);
  EXPECT_EQ(kind_of_report("mutex-double-lock"), FailureKind::other_report);
  EXPECT_EQ(kind_of_report("heap-use-after-free"), FailureKind::other_report);
  EXPECT_EQ(kind_of_report(""), FailureKind::other_report);
}

TEST(KindOfAccess, KeepsAtomicsApart) {
  EXPECT_EQ(kind_of_access(false, false), OpKind::read);
  EXPECT_EQ(kind_of_access(true, false), OpKind::write);
  EXPECT_EQ(kind_of_access(false, true), OpKind::atomic_load);
  EXPECT_EQ(kind_of_access(true, true), OpKind::atomic_store);
}

}  // namespace
}  // namespace heddle::native
