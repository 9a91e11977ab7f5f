// The cases as tests that a person would write for Relacy, to compare with.
//
//   heddle_bench_relacy TEST RUNS
// prints runs, seconds, runs with a race, runs with a lost update.
//
// Relacy ends its search at the first failure, and an engine that counts cannot be compared with
// one that stops. Here a failure is counted and the run goes on to its end: no restart is timed,
// and every run does the whole of its work. Relacy does not switch threads at plain accesses, it
// reports the race instead; the tests *_atomic, with a relaxed atomic load and store, pay for the
// switches and lose updates.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ostream>

// Relacy's operator delete comes without the sized form. Its memory would be freed by libstdc++'s.
void operator delete(void* pointer, std::size_t) noexcept {
  ::operator delete(pointer);
}
void operator delete[](void* pointer, std::size_t) noexcept {
  ::operator delete[](pointer);
}

// Last, for its macros: new, delete, malloc, assert and others.
#include <relacy/relacy.hpp>

namespace {

struct Counts {
  std::uint64_t races = 0;
  std::uint64_t lost = 0;
  bool raced = false;  // in the run under way
  bool lost_one = false;
};
Counts g_counts;

template <typename Test>
class Context : public rl::context_impl<Test, rl::random_scheduler<Test::params::thread_count>> {
 public:
  using rl::context_impl<Test, rl::random_scheduler<Test::params::thread_count>>::context_impl;

  void fail_test(char const* description, rl::test_result_e what, rl::debug_info_param) override {
    if (what == rl::test_result_data_race) {
      g_counts.races += g_counts.raced ? 0 : 1;
      g_counts.raced = true;
    } else if (what == rl::test_result_user_assert_failed) {
      g_counts.lost += g_counts.lost_one ? 0 : 1;
      g_counts.lost_one = true;
    } else {
      std::fprintf(stderr, "heddle_bench_relacy: %s\n", description);
      std::abort();
    }
  }
};

void begin_run() {
  g_counts.raced = false;
  g_counts.lost_one = false;
}

struct PlainCounter {
  rl::var<int> counter;

  void reset() { VAR(counter) = 0; }
  void increment() {
    const int value = VAR(counter);
    VAR(counter) = value + 1;
  }
  void check() { RL_ASSERT(VAR(counter) == 2); }
};

struct AtomicCounter {
  rl::atomic<int> counter;

  void reset() { counter.store(0, rl::memory_order_relaxed); }
  void increment() {
    const int value = counter.load(rl::memory_order_relaxed);
    counter.store(value + 1, rl::memory_order_relaxed);
  }
  void check() { RL_ASSERT(counter.load(rl::memory_order_relaxed) == 2); }
};

struct LockedCounter {
  rl::mutex mutex;
  rl::var<int> counter;

  void reset() { VAR(counter) = 0; }
  void increment() {
    mutex.lock($);
    VAR(counter) = VAR(counter) + 1;
    mutex.unlock($);
  }
  void check() { RL_ASSERT(VAR(counter) == 2); }
};

// As most tests for Relacy are: two threads that are simply there.
template <typename Program>
struct Static : rl::test_suite<Static<Program>, 2> {
  Program program;

  void before() {
    begin_run();
    program.reset();
  }
  void thread(unsigned) { program.increment(); }
  void after() { program.check(); }
};

// As the case does it: a main thread that starts two others and joins them.
template <typename Program>
struct Dynamic : rl::test_suite<Dynamic<Program>, 1> {
  static rl::thread_id_t const dynamic_thread_count = 2;
  Program program;

  void before() { begin_run(); }
  void thread(unsigned) {
    program.reset();
    rl::dyn_thread first;
    rl::dyn_thread second;
    first.start(&run, &program);
    second.start(&run, &program);
    first.join();
    second.join();
    program.check();
  }
  static void* run(void* program) {
    static_cast<Program*>(program)->increment();
    return nullptr;
  }
};

template <typename Test>
void measure(rl::iteration_t runs) {
  // Not a string stream: at the end of a run Relacy takes the text's memory for its own.
  std::ostream nowhere(nullptr);
  rl::test_params params;
  params.iteration_count = runs;
  params.output_stream = &nowhere;
  params.progress_stream = &nowhere;
  params.search_type = rl::random_scheduler_type;
  typename rl::random_scheduler<Test::params::thread_count>::shared_context_t shared;
  rl::ostringstream state;
  rl::istringstream no_state{rl::string()};
  Context<Test> context(params, shared);
  const auto begin = std::chrono::steady_clock::now();
  context.simulate(state, no_state, false);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%llu %.6f %llu %llu\n", static_cast<unsigned long long>(params.stop_iteration),
              seconds.count(), static_cast<unsigned long long>(g_counts.races),
              static_cast<unsigned long long>(g_counts.lost));
}

struct Test {
  const char* name;
  void (*measure)(rl::iteration_t runs);
};

constexpr Test kTests[] = {
    {"unlocked_counter.static", &measure<Static<PlainCounter>>},
    {"unlocked_counter.dynamic", &measure<Dynamic<PlainCounter>>},
    {"unlocked_counter.static_atomic", &measure<Static<AtomicCounter>>},
    {"unlocked_counter.dynamic_atomic", &measure<Dynamic<AtomicCounter>>},
    {"mutex_counter.static", &measure<Static<LockedCounter>>},
    {"mutex_counter.dynamic", &measure<Dynamic<LockedCounter>>},
};

}  // namespace

int main(int argc, char** argv) {
  const unsigned long long runs = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  for (const Test& test : kTests) {
    if (runs != 0 && std::strcmp(argv[1], test.name) == 0) {
      test.measure(static_cast<rl::iteration_t>(runs));
      return 0;
    }
  }
  std::fputs("usage: heddle_bench_relacy TEST RUNS, where TEST is one of\n", stderr);
  for (const Test& test : kTests) std::fprintf(stderr, "  %s\n", test.name);
  return 2;
}
