// dpor against an enumeration of all schedules that shares nothing with it: each class of schedules
// that differ only in the order of operations which commute must be executed, and once.
//
//   HEDDLE_GENERATED=100000 ctest --preset default -R EveryOrder     so many programs of each kind
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "fuzz/strategy/dpor.h"
#include "tests/unit/fuzz/strategy/order_oracle.h"

namespace heddle::oracle {
namespace {

using Weights = std::vector<std::pair<std::size_t, Act>>;

rc::Gen<Step> step_of(const Weights& acts) {
  std::vector<Act> each;
  for (const auto& [weight, act] : acts) each.insert(each.end(), weight, act);
  return rc::gen::map(
      rc::gen::tuple(rc::gen::elementOf(each), rc::gen::weightedElement<int>({{4, 0}, {1, 1}}),
                     rc::gen::weightedElement<int>({{3, 0}, {3, 1}, {1, 2}}),
                     rc::gen::weightedElement<int>({{1, 0}, {3, 1}, {3, 2}})),
      [](const std::tuple<Act, int, int, int>& made) {
        return Step{std::get<0>(made), std::get<1>(made), std::get<2>(made), std::get<3>(made)};
      });
}

// Of 2 to 5 threads of 1 to 4 steps, small enough for the enumeration.
rc::Gen<Threads> program_of(const Weights& acts,
                            const std::vector<std::vector<std::size_t>>& sizes) {
  const rc::Gen<Step> step = step_of(acts);
  return rc::gen::mapcat(rc::gen::elementOf(sizes), [step](const std::vector<std::size_t>& most) {
    return rc::gen::exec([step, most] {
      Threads program;
      for (const std::size_t steps : most) {
        program.push_back(*rc::gen::container<std::vector<Step>>(
            *rc::gen::inRange<std::size_t>(1, steps + 1), step));
      }
      return program;
    });
  });
}

int programs() {
  const char* wanted = std::getenv("HEDDLE_GENERATED");
  return wanted == nullptr ? 2'000 : std::atoi(wanted);
}

using Sizes = std::vector<std::vector<std::size_t>>;

const Sizes kWide = {{4, 4}, {2, 2, 2}, {3, 2, 1}, {2, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1, 1}};
// Of acts that are several steps each.
const Sizes kLong = {{2, 2}, {3, 2}, {2, 1, 1}, {1, 1, 1}, {1, 1, 1, 1}};

const Weights kAtomics = {{4, Act::load},     {3, Act::store},           {2, Act::add},
                          {3, Act::exchange}, {2, Act::fetch_or},        {2, Act::fetch_and},
                          {6, Act::cas},      {1, Act::lock_add_unlock}, {1, Act::try_add_unlock}};

Weights with(Weights some, const Weights& others) {
  some.insert(some.end(), others.begin(), others.end());
  return some;
}

const Weights kFew = {{2, Act::load}, {2, Act::store}, {1, Act::cas}};

struct Family {
  const char* name = "";
  Weights acts;
  Sizes sizes;
  // Executions of a class that was executed before, in a hundred: how many there may be.
  int surplus = 0;
  // Schedules of a program, at most: the enumeration is what takes long.
  std::size_t most = 5'000;
};

std::ostream& operator<<(std::ostream& out, const Family& family) {
  return out << family.name;
}

const Family kFamilies[] = {
    {"atomics", kAtomics, kWide},
    {"loops",
     with(kAtomics, {{4, Act::await_load},
                     {4, Act::await_exchange},
                     {1, Act::await_or},
                     {3, Act::await_cas},
                     {3, Act::await_two},
                     {1, Act::await_try}}),
     kWide},
    // Without a try, and without an end of the mutex: both tell whether a thread has it in a round
    // that the enumeration leaves out.
    {"loops_under_a_mutex",
     with(kFew, {{5, Act::await_guarded},
                 {5, Act::set_guarded},
                 {2, Act::lock_add_unlock},
                 {1, Act::await_load},
                 {1, Act::store_signal},
                 {1, Act::wait},
                 {1, Act::sem_post},
                 {1, Act::sem_wait}}),
     kWide},
    {"plain", with(kFew, {{4, Act::plain_read}, {4, Act::plain_write}}), kWide},
    {"weak", with(kFew, {{4, Act::weak_cas}}), kWide, 10},
    {"once", with(kFew, {{4, Act::once_add}, {1, Act::lock_add_unlock}}), kLong},
    {"rwlocks",
     {{1, Act::load},
      {1, Act::store},
      {3, Act::read_lock_load_unlock},
      {3, Act::write_lock_add_unlock},
      {2, Act::try_read_load_unlock},
      {2, Act::try_write_add_unlock}},
     kLong},
    {"timed", with(kFew, {{3, Act::lock_add_unlock}, {3, Act::timed_add_unlock}}), kLong},
    {"semaphores",
     with(kFew, {{6, Act::sem_post},
                 {4, Act::sem_wait},
                 {2, Act::sem_try},
                 {1, Act::sem_read},
                 {1, Act::sem_timed}}),
     kWide},
    {"barriers", with(kFew, {{8, Act::arrive}}), kWide},
    {"conditions",
     with(kFew, {{3, Act::signal},
                 {2, Act::broadcast},
                 {1, Act::store_signal},
                 {4, Act::wait},
                 {2, Act::wait_for},
                 {1, Act::timed_wait}}),
     kLong, 0, 1'000},
    {"ends",
     with(kFew,
          {{1, Act::free}, {1, Act::destroy}, {2, Act::lock_add_unlock}, {1, Act::try_add_unlock}}),
     kLong},
    {"mixed",
     {{2, Act::load},
      {2, Act::store},
      {1, Act::cas},
      {1, Act::weak_cas},
      {1, Act::plain_read},
      {1, Act::plain_write},
      {2, Act::lock_add_unlock},
      {1, Act::try_add_unlock},
      {1, Act::timed_add_unlock},
      {1, Act::once_add},
      {1, Act::read_lock_load_unlock},
      {1, Act::write_lock_add_unlock},
      {2, Act::sem_post},
      {1, Act::sem_wait},
      {1, Act::sem_try},
      {2, Act::arrive},
      {1, Act::signal},
      {1, Act::broadcast},
      {2, Act::wait},
      {1, Act::wait_for},
      {1, Act::timed_wait},
      {1, Act::free},
      {1, Act::destroy},
      {1, Act::await_load},
      {1, Act::await_exchange},
      {1, Act::await_try}},
     kLong,
     10},
};

// A thread's operations with a time limit find that it is up so often; then they wait for others,
// which the machine does not.
bool within_bounds(const Threads& program) {
  return std::all_of(program.begin(), program.end(), [](const std::vector<Step>& steps) {
    const auto times = [&](std::initializer_list<Act> acts) {
      return std::count_if(steps.begin(), steps.end(), [&](const Step& step) {
        return std::find(acts.begin(), acts.end(), step.act) != acts.end();
      });
    };
    const auto timed = times({Act::timed_add_unlock, Act::sem_timed, Act::timed_wait});
    return timed == 0 || timed + times({Act::wait, Act::wait_for}) <= 2;
  });
}

struct Tally {
  std::uint64_t classes = 0;
  std::uint64_t surplus = 0;
  std::uint64_t redundant = 0;
};

class EveryOrder : public testing::TestWithParam<std::tuple<Family, bool>> {};

TEST_P(EveryOrder, is_executed_and_once) {
  const Family& family = std::get<0>(GetParam());
  const DporOptions options{.random_order = std::get<1>(GetParam())};
  Tally tally;
  const auto property = [&] {
    const Threads program = *program_of(family.acts, family.sizes);
    RC_PRE(within_bounds(program));
    const Machine machine(program);
    Enumeration all;
    RC_PRE(all.run(machine, family.most));
    Dpor dpor(options, 7);
    const Walked walked = walk(machine, dpor);
    for (const auto& [missing, count] : all.classes().ended) {
      RC_ASSERT(walked.classes.ended.contains(missing));
    }
    for (const auto& [missing, count] : all.classes().failed) {
      RC_ASSERT(walked.classes.failed.contains(missing));
    }
    for (const auto& [executed, count] : walked.classes.failed) {
      RC_ASSERT(all.classes().failed.contains(executed));
    }
    for (const auto& [executed, count] : walked.classes.ended) {
      RC_ASSERT(all.classes().ended.contains(executed));
      if (family.surplus == 0) RC_ASSERT(count == 1);
      ++tally.classes;
      tally.surplus += static_cast<std::uint64_t>(count - 1);
    }
    tally.redundant += walked.redundant;
  };
  rc::detail::TestParams params;
  params.seed = 1;
  params.maxSuccess = programs();
  params.maxDiscardRatio = 10;
  const auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
  std::ostringstream said;
  rc::detail::printResultMessage(result, said);
  EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << said.str();
  EXPECT_LE(100 * tally.surplus, static_cast<std::uint64_t>(family.surplus) * tally.classes);
  // For whoever lets it run for hours.
  std::cout << said.str() << tally.classes << " classes, executed once more than needed "
            << tally.surplus << ", blocked " << tally.redundant << '\n';
}

INSTANTIATE_TEST_SUITE_P(kinds, EveryOrder,
                         testing::Combine(testing::ValuesIn(kFamilies), testing::Bool()),
                         [](const auto& parameter) {
                           return std::string(std::get<0>(parameter.param).name) +
                                  (std::get<1>(parameter.param) ? "_in_any_order" : "");
                         });

// Of which one in ten thousand or fewer showed what was wrong.
struct Rare {
  const char* name = "";
  Threads program;
};

std::ostream& operator<<(std::ostream& out, const Rare& rare) {
  return out << rare.name;
}

const Rare kRare[] = {
    // What only a look at the end of a round kept from being planned is planned when that look is
    // left out.
    {"two_readers_under_a_lock_beside_a_loop_that_waits",
     {{{Act::lock_add_unlock, 0, 0, 0}},
      {{Act::store, 0, 1, 0}},
      {{Act::lock_add_unlock, 0, 0, 0}},
      {{Act::store, 0, 1, 0}},
      {{Act::await_cas, 0, 0, 1}}}},
    // And what is planned behind it is kept whole.
    {"a_run_that_fails_beside_a_loop_that_waits",
     {{{Act::free, 0, 2, 2}},
      {{Act::await_load, 0, 1, 2}},
      {{Act::lock_add_unlock, 0, 0, 2}},
      {{Act::timed_wait, 0, 1, 1}}}},
    // In front of the other thread's addition it may fail without cause, behind it it cannot.
    {"a_weak_compare_exchange_beside_loops_that_try_to_lock",
     {{{Act::weak_cas, 0, 0, 1}}, {{Act::await_try, 0, 1, 1}}, {{Act::await_try, 0, 1, 1}}}},
    // Who is left waiting for the lock might have had it before it was taken, though another has
    // tried in vain since.
    {"a_lock_that_is_tried_for_in_vain_before_the_run_fails",
     {{{Act::free, 0, 2, 2}},
      {{Act::timed_add_unlock, 0, 0, 2}},
      {{Act::wait, 0, 1, 1}},
      {{Act::timed_add_unlock, 0, 1, 1}}}},
    // What it passes on hangs on whether it finds the value, and fails without cause or not.
    {"a_weak_compare_exchange_that_stores_what_it_expects",
     {{{Act::weak_cas, 0, 0, 0}},
      {{Act::wait_for, 0, 0, 2}},
      {{Act::lock_add_unlock, 0, 0, 1}},
      {{Act::await_try, 0, 1, 1}}}},
};

class EveryOrderOf : public testing::TestWithParam<Rare> {};

TEST_P(EveryOrderOf, is_executed_whoever_is_tried_first) {
  const Machine machine(GetParam().program);
  Enumeration all;
  ASSERT_TRUE(all.run(machine, 100'000));
  constexpr std::uint64_t kSeeds = 50;
  for (std::uint64_t seed = 0; seed <= kSeeds; ++seed) {
    Dpor dpor({.random_order = seed < kSeeds}, seed);
    const Walked walked = walk(machine, dpor);
    EXPECT_EQ(walked.classes.ended.size(), all.classes().ended.size()) << "seed " << seed;
    EXPECT_EQ(walked.classes.failed.size(), all.classes().failed.size()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(programs, EveryOrderOf, testing::ValuesIn(kRare),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace heddle::oracle
