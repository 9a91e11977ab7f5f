#include "harness/engine/native/repetition.h"

#include <gtest/gtest.h>

namespace heddle::native {
namespace {

// As a hook that the program calls.
[[gnu::noinline]] void hook(Repetition& repetition, Address address, Address base) {
  repetition.look(reinterpret_cast<Address>(__builtin_return_address(0)), address, base);
  asm volatile("" : : : "memory");
}

int g_looks_left = 0;  // no part of a thread's state: the loop is to come back to where it was

[[gnu::noinline]] void look_at_flag(Repetition& repetition, const int* flag, Address base) {
  g_looks_left = 1'000;
  while (g_looks_left-- > 0) hook(repetition, reinterpret_cast<Address>(flag), base);
}

[[gnu::noinline]] long add_up(Repetition& repetition, const int* table, std::size_t mask,
                              Address base) {
  long sum = 0;
  for (std::size_t i = 0; i < 100'000; ++i) {
    hook(repetition, reinterpret_cast<Address>(table + (i & mask)), base);
    sum += table[i & mask];
  }
  return sum;
}

// As an unoptimised build has it: the registers are ever the same.
[[gnu::noinline]] void count_in_memory(Repetition& repetition, const int* flag, Address base) {
  volatile int looks = 0;
  g_looks_left = 1'000;
  while (g_looks_left-- > 0) {
    hook(repetition, reinterpret_cast<Address>(flag), base);
    looks = looks + 1;
  }
}

class RepetitionOfLoops : public testing::Test {
 protected:
  Repetition repetition_{};
  int table_[1024] = {};
};

TEST_F(RepetitionOfLoops, finds_a_loop_that_waits) {
  repetition_.ask();
  look_at_flag(repetition_, table_, reinterpret_cast<Address>(__builtin_frame_address(0)));
  EXPECT_EQ(repetition_.answer(), Repetition::Answer::repeats);
}

TEST_F(RepetitionOfLoops, does_not_take_a_sum_for_one) {
  // The elements are ever the same few; only a register tells that it goes on.
  repetition_.ask();
  add_up(repetition_, table_, 15, reinterpret_cast<Address>(__builtin_frame_address(0)));
  EXPECT_EQ(repetition_.answer(), Repetition::Answer::none);
}

TEST_F(RepetitionOfLoops, does_not_take_one_for_it_that_counts_on_the_stack) {
  repetition_.ask();
  count_in_memory(repetition_, table_, reinterpret_cast<Address>(__builtin_frame_address(0)));
  EXPECT_EQ(repetition_.answer(), Repetition::Answer::none);
}

TEST_F(RepetitionOfLoops, says_that_a_thread_looks_at_ever_other_things) {
  repetition_.ask();
  add_up(repetition_, table_, 1023, reinterpret_cast<Address>(__builtin_frame_address(0)));
  EXPECT_EQ(repetition_.answer(), Repetition::Answer::wanders);
}

TEST_F(RepetitionOfLoops, forgets_what_was_asked_before) {
  repetition_.ask();
  look_at_flag(repetition_, table_, reinterpret_cast<Address>(__builtin_frame_address(0)));
  repetition_.ask();
  EXPECT_EQ(repetition_.answer(), Repetition::Answer::none);
}

TEST(RepetitionOfSamples, finds_a_loop_of_a_few_instructions) {
  Repetition repetition{};
  repetition.ask();
  for (std::uint64_t i = 0; i < 100; ++i) {
    const std::uint64_t registers[] = {i % 5, 7};
    repetition.sample(registers, 2);
  }
  EXPECT_EQ(repetition.answer(), Repetition::Answer::repeats);
}

TEST(RepetitionOfSamples, does_not_take_a_computation_for_one) {
  Repetition repetition{};
  repetition.ask();
  for (std::uint64_t i = 0; i < 100; ++i) repetition.sample(&i, 1);
  EXPECT_EQ(repetition.answer(), Repetition::Answer::none);
}

}  // namespace
}  // namespace heddle::native
