// Third-party containers as Debian ships them, unmodified, with a small driver each (in
// programs/third_party): what fuzz reports is a defect of theirs that the C++ standard names, or
// nothing. Skipped where the library is not installed.
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

using enum FailureKind;

struct ThirdParty {
  std::string program;
  std::string package;  // Debian's
  std::set<FailureKind> fuzz;
  // What Heddle refuses, if it does: part of its message.
  std::string error = "";
};

// CTest names tests by this; without it, by the bytes of the object.
std::ostream& operator<<(std::ostream& out, const ThirdParty& third_party) {
  return out << third_party.program;
}

// libtbb.so loads libtbbmalloc.so when it is first asked for memory. A library that comes in the
// middle of a run would stay for the next, so Heddle refuses; linked with -ltbbmalloc, it is there
// from the start.
constexpr const char* kLoading = "calls dlopen";

const std::vector<ThirdParty> kThirdParty = {
    {"moodycamel_concurrent_queue", "libconcurrentqueue-dev", {}},
    {"moodycamel_concurrent_queue_tokens", "libconcurrentqueue-dev", {}},
    {"moodycamel_blocking_concurrent_queue", "libconcurrentqueue-dev", {}},

    // True data races, harmless by the library's design. Both keep the nodes that they take out in
    // a free list, and hand them out again while other threads may still look at them through a
    // handle which they loaded before. Such a thread reads the node, and only then learns from its
    // compare-exchange, by the tag in the handle, that what it read is worthless:
    //   stack.hpp:531, stack::pop():           new_tos(old_tos_pointer->next, ...), not atomic,
    //   stack.hpp:257, link_nodes_atomic():    end_node->next = ..., not atomic;
    //   queue.hpp:438, queue::pop():           copy_payload(next_ptr->data, ret), not atomic,
    //   queue.hpp:120, node's constructor:     data(v), by the thread that has the node next;
    //   freelist.hpp:193, allocate_impl():     old_pool->next.get_ptr(), not atomic,
    //   freelist.hpp:245, deallocate_impl():   new_pool->next.set_ptr(...), not atomic, over the
    //                                          same bytes as the node's own atomic `next`.
    // Nothing orders the reads before the writes (a compare-exchange that fails does not, and one
    // that succeeds comes before it), and one of each two is not atomic: [intro.races] 6.9.2.2/21
    // calls that a data race, whether or not the value is used. ThreadSanitizer reports them too.
    // The freed node's lifetime has ended as well ([basic.life] 6.7.3/7), though its memory has
    // not. No assertion fails: nothing is lost, doubled or out of order.
    {"boost_lockfree_queue", "libboost-dev", {data_race}},
    {"boost_lockfree_queue.fixed", "libboost-dev", {data_race}},
    {"boost_lockfree_stack", "libboost-dev", {data_race}},
    {"boost_lockfree_stack.fixed", "libboost-dev", {data_race}},
    {"boost_lockfree_spsc_queue", "libboost-dev", {}},
    {"boost_lockfree_spsc_queue.runtime", "libboost-dev", {}},

    {"boost_asio_thread_pool", "libboost-dev", {}},

    // The queues have no other allocator than libtbbmalloc.so's, and ask for memory in
    // constructors: that library is loaded before main, and keeps its state in memory that it maps
    // itself.
    {"tbb_concurrent_queue", "libtbb-dev", {}},
    {"tbb_concurrent_queue.tbbmalloc", "libtbb-dev", {}},
    {"tbb_concurrent_bounded_queue", "libtbb-dev", {}},
    {"tbb_concurrent_bounded_queue.tbbmalloc", "libtbb-dev", {}},
    {"tbb_concurrent_vector", "libtbb-dev", {}},
    // True: size() is the lesser of the number of elements handed out and of capacity(), and
    // capacity() ends at the first segment that is not allocated yet (concurrent_vector.h:488,
    // _segment_table.h:204). While a thread that got the first elements has still to allocate their
    // segment, size() is 0, even for who knows that a later push_back() has returned.
    {"tbb_concurrent_vector.size", "libtbb-dev", {assertion}},
    {"tbb_concurrent_vector.loading", "libtbb-dev", {}, kLoading},
    {"tbb_concurrent_vector.tbbmalloc", "libtbb-dev", {}},
    {"tbb_concurrent_hash_map", "libtbb-dev", {}},
    {"tbb_concurrent_hash_map.loading", "libtbb-dev", {}, kLoading},
    {"tbb_concurrent_hash_map.tbbmalloc", "libtbb-dev", {}},
    {"tbb_concurrent_unordered_map", "libtbb-dev", {}},
    {"tbb_concurrent_unordered_map.loading", "libtbb-dev", {}, kLoading},
    // Not true, and ThreadSanitizer says so too: one thread frees a node, another gets the same
    // memory and constructs a node there (_concurrent_unordered_base.h:131). What orders the two is
    // inside libtbbmalloc.so, which is not instrumented; with std::allocator (above) it is silent.
    {"tbb_concurrent_unordered_map.tbbmalloc", "libtbb-dev", {data_race}},
    {"tbb_parallel_algorithms", "libtbb-dev", {}, kLoading},
};

class ThirdPartyVerdict : public testing::TestWithParam<ThirdParty> {};

void expect_verdict(const ThirdParty& expected, const std::string& strategy) {
  const std::string path = program_path(expected.program);
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "built without " << expected.package;
  SearchOptions options = search_options(path, EngineKind::fuzz, 10'000);
  options.job.strategy = strategy;
  const EngineResult result = search_once(options);
  if (!expected.error.empty()) {
    EXPECT_NE(result.error.value_or("").find(expected.error), std::string::npos)
        << result.error.value_or("no error");
    return;
  }
  EXPECT_EQ(result.error.value_or(""), "");
  expect_enough_runs(result, 10'000);
  EXPECT_EQ(result.gave_up, 0U);
  EXPECT_EQ(kinds(result), expected.fuzz);
  EXPECT_EQ(result.failed == 0, expected.fuzz.empty()) << result.failed << " runs failed";
}

TEST_P(ThirdPartyVerdict, under_random_is_as_known) {
  expect_verdict(GetParam(), "random");
}

TEST_P(ThirdPartyVerdict, under_pct_is_as_known) {
  expect_verdict(GetParam(), "pct");
}

TEST_P(ThirdPartyVerdict, under_auto_is_as_known) {
  expect_verdict(GetParam(), "auto");
}

INSTANTIATE_TEST_SUITE_P(third_party, ThirdPartyVerdict, testing::ValuesIn(kThirdParty),
                         [](const auto& parameter) {
                           std::string name = parameter.param.program;
                           for (char& c : name) c = c == '.' ? '_' : c;
                           return name;
                         });

// Its threads wait for work when main has ended, and hold what a destructor of the library's wants
// to give back: with memory that has been put back, or as the process ends, that crashed.
TEST(ParallelAlgorithms, pass_on_real_threads_with_a_process_for_each_run) {
  const std::string path = program_path("tbb_parallel_algorithms");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "built without libtbb-dev";
  const EngineResult result = search_once(search_options(path, EngineKind::stress, 100));
  EXPECT_EQ(result.error.value_or(""), "");
  EXPECT_EQ(result.runs, 100U);
  EXPECT_EQ(result.failed + result.gave_up, 0U);
}

}  // namespace
}  // namespace heddle::verdicts
