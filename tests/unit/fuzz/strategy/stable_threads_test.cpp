#include "fuzz/strategy/stable_threads.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace heddle {
namespace {

// Notes what it is told, and picks the first.
struct Noting final : Strategy {
  bool begin_run(std::uint64_t) override { return true; }
  std::size_t pick(const SchedulingPoint& point) override {
    picked.push_back(point.ready.front().id);
    return 0;
  }
  std::uint32_t choose(Choice, std::uint32_t, ThreadId, std::uint64_t) override { return 0; }
  bool follows() const override { return true; }
  void executed(const Op& op, bool) override { others.push_back(op.other); }
  void woke(ThreadId thread) override { woken.push_back(thread); }
  std::string state() const override { return "noting"; }
  bool set_state(std::string_view state) override { return state.empty() || state == "noting"; }

  std::vector<ThreadId> picked;
  std::vector<ThreadId> others;
  std::vector<ThreadId> woken;
};

struct Threads {
  Noting* inner = new Noting;  // owned by `stable`
  StableThreads stable{std::unique_ptr<Strategy>(inner)};

  void go(ThreadId thread) {
    const ReadyThread ready[] = {{.id = thread, .pending = nullptr}};
    stable.pick({.ready = ready, .fallback = 0, .running = false, .thread = thread, .step = 1});
  }
  void create(ThreadId by, ThreadId made) {
    go(by);
    stable.executed({.kind = OpKind::thread_create, .other = made}, true);
  }
  // main() makes two threads.
  void begin() {
    stable.begin_run(0);
    inner->others.clear();
    create(0, 1);
    create(0, 2);
  }
};

using Ids = std::vector<ThreadId>;

TEST(StableThreads, are_known_by_who_has_made_them_and_not_by_when) {
  Threads threads;
  threads.begin();
  threads.create(1, 3);
  threads.create(2, 4);
  EXPECT_EQ(threads.inner->others, (Ids{1, 2, 3, 4}));
  threads.begin();
  threads.create(2, 3);
  threads.create(1, 4);
  EXPECT_EQ(threads.inner->others, (Ids{1, 2, 4, 3}));
  threads.go(4);
  EXPECT_EQ(threads.inner->picked.back(), 3U);
  threads.stable.woke(3);
  EXPECT_EQ(threads.inner->woken, Ids{4});
  threads.stable.executed({.kind = OpKind::thread_join, .other = 3}, false);
  EXPECT_EQ(threads.inner->others.back(), 4U);
}

TEST(StableThreads, go_by_the_same_numbers_after_the_state_was_saved) {
  Threads first;
  first.begin();
  first.create(1, 3);
  first.create(2, 4);
  Threads second;
  ASSERT_TRUE(second.stable.set_state(first.stable.state()));
  second.begin();
  second.create(2, 3);
  EXPECT_EQ(second.inner->others, (Ids{1, 2, 4}));
  EXPECT_EQ(second.stable.state(), first.stable.state());
}

TEST(StableThreads, have_no_state_in_which_somebody_is_made_by_who_comes_later) {
  EXPECT_FALSE(Threads{}.stable.set_state("threads1 1 1 0\nnoting"));
  EXPECT_FALSE(Threads{}.stable.set_state("threads1 2 0 0\nnoting"));
  EXPECT_FALSE(Threads{}.stable.set_state("noting"));
  EXPECT_TRUE(Threads{}.stable.set_state("threads1 1 0 0\nnoting"));
}

}  // namespace
}  // namespace heddle
