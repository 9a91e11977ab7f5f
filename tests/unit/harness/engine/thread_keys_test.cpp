#include "harness/engine/thread_keys.h"

#include <errno.h>
#include <gtest/gtest.h>

#include <vector>

namespace heddle {
namespace {

std::vector<void*> destroyed;
ThreadKeys* keys_in_destructor = nullptr;
ThreadKeys::Values* values_in_destructor = nullptr;
pthread_key_t key_in_destructor = 0;

void note(void* value) {
  destroyed.push_back(value);
}

void set_again(void* value) {
  destroyed.push_back(value);
  keys_in_destructor->set(*values_in_destructor, key_in_destructor, value);
}

TEST(ThreadKeys, each_thread_has_its_own_value_and_none_at_first) {
  ThreadKeys keys;
  ThreadKeys::Values one;
  ThreadKeys::Values other;
  pthread_key_t key{};
  ASSERT_EQ(keys.create(&key, nullptr), 0);
  EXPECT_TRUE(ThreadKeys::owns(key));
  int value = 0;
  EXPECT_EQ(keys.set(one, key, &value), 0);
  EXPECT_EQ(keys.get(one, key), &value);
  EXPECT_EQ(keys.get(other, key), nullptr);
}

TEST(ThreadKeys, a_key_that_comes_again_has_no_values) {
  ThreadKeys keys;
  ThreadKeys::Values values;
  pthread_key_t key{};
  int value = 0;
  ASSERT_EQ(keys.create(&key, nullptr), 0);
  keys.set(values, key, &value);
  EXPECT_EQ(keys.remove(key), 0);
  EXPECT_EQ(keys.remove(key), EINVAL);
  EXPECT_EQ(keys.set(values, key, &value), EINVAL);
  pthread_key_t again{};
  ASSERT_EQ(keys.create(&again, nullptr), 0);
  EXPECT_EQ(again, key);
  EXPECT_EQ(keys.get(values, again), nullptr);
}

TEST(ThreadKeys, a_run_begins_with_no_keys_whatever_the_one_before_left) {
  ThreadKeys keys;
  ThreadKeys::Values values;
  for (int run = 0; run < 3 * PTHREAD_KEYS_MAX; ++run) {
    keys.begin_run();
    pthread_key_t key{};
    ASSERT_EQ(keys.create(&key, note), 0) << run;
    EXPECT_EQ(keys.get(values, key), nullptr);
    keys.set(values, key, &values);
  }
}

TEST(ThreadKeys, there_are_as_many_as_the_system_says) {
  ThreadKeys keys;
  pthread_key_t key{};
  for (int i = 0; i < PTHREAD_KEYS_MAX; ++i) ASSERT_EQ(keys.create(&key, nullptr), 0);
  EXPECT_EQ(keys.create(&key, nullptr), EAGAIN);
}

TEST(ThreadKeys, destructors_have_the_values_that_are_left) {
  ThreadKeys keys;
  ThreadKeys::Values values;
  pthread_key_t left{};
  pthread_key_t cleared{};
  pthread_key_t removed{};
  int value = 0;
  for (pthread_key_t* key : {&left, &cleared, &removed}) {
    keys.create(key, note);
    keys.set(values, *key, &value);
  }
  keys.set(values, cleared, nullptr);
  keys.remove(removed);
  destroyed.clear();
  keys.run_destructors(values);
  EXPECT_EQ(destroyed, std::vector<void*>{&value});
  EXPECT_EQ(keys.get(values, left), nullptr);
}

TEST(ThreadKeys, a_destructor_that_sets_a_value_runs_as_often_as_posix_says) {
  ThreadKeys keys;
  ThreadKeys::Values values;
  keys_in_destructor = &keys;
  values_in_destructor = &values;
  keys.create(&key_in_destructor, set_again);
  int value = 0;
  keys.set(values, key_in_destructor, &value);
  destroyed.clear();
  keys.run_destructors(values);
  EXPECT_EQ(destroyed.size(), static_cast<std::size_t>(PTHREAD_DESTRUCTOR_ITERATIONS));
}

}  // namespace
}  // namespace heddle
