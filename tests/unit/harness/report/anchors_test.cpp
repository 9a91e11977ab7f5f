#include "harness/report/anchors.h"

#include <gtest/gtest.h>

#include <map>

namespace heddle {
namespace {

// Code at 0x1000 and so on, variables at 0x9000 and so on.
class Listing final : public Symbols {
 public:
  std::map<Address, Frame> lines;
  std::map<Address, std::string> variables;

  std::vector<Frame> code(Address pc) const override {
    const auto at = lines.find(pc);
    return at == lines.end() ? std::vector<Frame>() : std::vector<Frame>{at->second};
  }
  std::string data(Address address) const override {
    const auto at = variables.find(address);
    return at == variables.end() ? "" : at->second;
  }
};

Frame line(const char* function, unsigned first, unsigned number) {
  return {.function = function, .file = "a.cpp", .line = number, .function_line = first};
}

Event event(ThreadId thread, std::uint64_t step, OpKind kind, Address address, Address pc) {
  Event result;
  result.thread = thread;
  result.step = step;
  result.op = {.kind = kind, .size = 4, .address = address, .pc = pc};
  return result;
}

constexpr Address kFlag = 0x9000;
constexpr Address kOther = 0x9100;
constexpr Address kOwn = 0x7000;

class Anchors : public testing::Test {
 protected:
  Anchors() {
    before_.lines = {{0x1000, line("publish()", 10, 11)},
                     {0x1010, line("publish()", 10, 12)},
                     {0x1020, line("look()", 20, 21)}};
    before_.variables = {{kFlag, "flag"}, {kOther, "other"}};
    // Twenty lines further down, elsewhere in memory, with steps of its own in front.
    after_.lines = {{0x5000, line("publish()", 30, 31)},
                    {0x5010, line("publish()", 30, 32)},
                    {0x5020, line("look()", 40, 41)}};
    after_.variables = {{kFlag + 8, "flag"}, {kOther + 8, "other"}};
    trace_.events = {event(1, 3, OpKind::atomic_store, kFlag, 0x1000),
                     event(1, 4, OpKind::write, kOwn, 0x1010),
                     event(2, 1, OpKind::atomic_load, kFlag, 0x1020),
                     event(1, 5, OpKind::atomic_store, kFlag, 0x1000)};
  }

  std::optional<AnchoredToken> token_of(std::vector<Deviation> deviations) const {
    return anchored_token({.schedule = {std::move(deviations)}, .relacy_state = {}},
                          {.kind = FailureKind::assertion, .message = {}, .places = {}}, trace_,
                          before_);
  }

  Listing before_;
  Listing after_;
  Trace trace_;
};

TEST_F(Anchors, lead_to_the_same_operation_of_another_build) {
  const auto token = token_of({{.thread = 1, .step = 5, .value = 2}});
  ASSERT_TRUE(token.has_value());
  ASSERT_EQ(token->anchors.size(), 1U);
  EXPECT_EQ(to_words(token->anchors[0]), "T1 before `atomic store flag` in publish():1, 2nd time");
  Trace other;
  other.events = {event(1, 7, OpKind::atomic_store, kFlag + 8, 0x5000),
                  event(1, 8, OpKind::write, kOwn, 0x5010),
                  event(1, 9, OpKind::write, kOwn, 0x5010),
                  event(1, 10, OpKind::atomic_store, kFlag + 8, 0x5000)};
  const auto found = find_anchor(token->anchors[0], other, after_);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->deviation, (Deviation{.thread = 1, .step = 10, .value = 2}));
  EXPECT_FALSE(found->moved);
  other.events.back() = event(1, 10, OpKind::thread_exit, 0, 0);
  EXPECT_FALSE(find_anchor(token->anchors[0], other, after_).has_value());
  // The run ended while the thread was about to do it.
  other.events.pop_back();
  const auto pending = find_anchor(token->anchors[0], other, after_);
  ASSERT_TRUE(pending.has_value());
  EXPECT_EQ(pending->deviation.step, 10U);
  EXPECT_TRUE(pending->moved);
}

TEST_F(Anchors, are_not_at_what_is_a_threads_own) {
  const auto token = token_of({{.thread = 1, .step = 4, .value = 2}});
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->anchors[0].object, "flag");
  EXPECT_EQ(token->anchors[0].count, 2U);
}

TEST_F(Anchors, are_behind_the_last_operation_where_the_thread_did_no_more) {
  const auto token = token_of({{.thread = 2, .step = 2, .value = 1}});
  ASSERT_TRUE(token.has_value());
  EXPECT_TRUE(token->anchors[0].after);
  Trace other;
  other.events = {event(2, 4, OpKind::atomic_load, kFlag + 8, 0x5020),
                  event(2, 5, OpKind::read, kOther + 8, 0x5020)};
  const auto found = find_anchor(token->anchors[0], other, after_);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->deviation.step, 5U);
}

TEST_F(Anchors, are_found_by_their_object_where_their_line_has_moved) {
  const auto token = token_of({{.thread = 2, .step = 1, .value = 1}});
  ASSERT_TRUE(token.has_value());
  after_.lines[0x5020] = line("look()", 40, 44);
  Trace other;
  other.events = {event(2, 2, OpKind::atomic_load, kOther + 8, 0x5020),
                  event(2, 3, OpKind::atomic_load, kFlag + 8, 0x5020)};
  const auto found = find_anchor(token->anchors[0], other, after_);
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->moved);
  EXPECT_EQ(found->deviation.step, 3U);
}

TEST_F(Anchors, are_behind_a_wait_whose_end_is_what_departs) {
  trace_.events = {event(1, 3, OpKind::cond_wait, kFlag, 0x1000),
                   event(1, 6, OpKind::timeout, kFlag, 0x1000),
                   event(1, 7, OpKind::mutex_lock, kOther, 0x1000)};
  const auto token = token_of({{.thread = 1, .step = 5, .value = 1}});
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(to_words(token->anchors[0]), "T1 after `condition wait flag` in publish():1, 1st time");
  // Without the departure it is woken, or waits for ever.
  Trace other;
  other.events = {event(1, 8, OpKind::cond_wait, kFlag + 8, 0x5000)};
  const auto found = find_anchor(token->anchors[0], other, after_);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->deviation.step, 10U);
}

TEST_F(Anchors, are_before_a_lock_however_the_try_for_it_ends) {
  for (const OpKind ends : {OpKind::mutex_trylock_fail, OpKind::timeout}) {
    trace_.events = {event(1, 3, OpKind::atomic_store, kOther, 0x1000),
                     event(1, 4, ends, kFlag, 0x1010)};
    const auto token = token_of({{.thread = 1, .step = 4, .value = 2}});
    ASSERT_TRUE(token.has_value());
    for (const OpKind takes : {OpKind::rwlock_read_lock, OpKind::mutex_lock}) {
      Trace other;
      other.events = {event(1, 6, OpKind::atomic_store, kOther + 8, 0x5000),
                      event(1, 7, takes, kFlag + 8, 0x5010)};
      const auto found = find_anchor(token->anchors[0], other, after_);
      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(found->deviation.step, 7U);
    }
  }
}

TEST_F(Anchors, take_a_call_in_parts_for_one) {
  const auto part = [](std::uint64_t step, Address begin, Address end) {
    Event result = event(1, step, OpKind::write, begin, 0x1010);
    result.op.address2 = end;
    return result;
  };
  trace_.events = {part(3, kFlag, kFlag + 8), part(4, kFlag + 8, kFlag + 16),
                   event(1, 5, OpKind::atomic_store, kOther, 0x1000)};
  const auto token = token_of({{.thread = 1, .step = 4, .value = 2}});
  ASSERT_TRUE(token.has_value());
  Trace other;
  other.events = {part(13, kFlag + 8, kFlag + 24),
                  event(1, 15, OpKind::atomic_store, kOther + 8, 0x5000)};
  other.events[0].op.pc = 0x5010;
  const auto found = find_anchor(token->anchors[0], other, after_);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->deviation.step, 14U);
}

TEST_F(Anchors, come_in_the_order_of_the_run) {
  // T2's comes first, though T1 has the lower number.
  const auto token =
      token_of({{.thread = 1, .step = 5, .value = 2}, {.thread = 2, .step = 1, .value = 1}});
  ASSERT_TRUE(token.has_value());
  ASSERT_EQ(token->anchors.size(), 2U);
  EXPECT_EQ(token->anchors[0].thread, 2U);
}

TEST_F(Anchors, are_none_where_the_beginning_was_not_recorded) {
  trace_.truncated = true;
  EXPECT_FALSE(token_of({}).has_value());
}

}  // namespace
}  // namespace heddle
