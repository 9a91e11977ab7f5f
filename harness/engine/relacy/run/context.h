// What a run of Relacy is made of: how many threads, which search, and the context that ties them
// together. To be included by relacy_runner.cpp alone.
#pragma once

#include "harness/engine/relacy/run/relacy_include.h"
#include "harness/engine/relacy/run/schedulers.h"

namespace heddle::relacy {

// The parameter of all that is made anew for each number of threads and each search. `kCount`: as
// many threads as there can be, that of main() included.
template <rl::thread_id_t kCount, template <rl::thread_id_t> typename Search>
struct Model {
  static constexpr rl::thread_id_t kThreads = kCount;
  static constexpr bool kRandom = Search<kCount>::kRandom;
  using Scheduler = Controlled<Search<kCount>, kCount>;
};

// Called by Relacy, on a thread of the program.
class ContextUser {
 public:
  ContextUser() = default;
  ContextUser(const ContextUser&) = delete;
  ContextUser& operator=(const ContextUser&) = delete;

  virtual void run_main() = 0;
  // Does not return.
  virtual void relacy_failed(rl::test_result_e what) = 0;

 protected:
  ~ContextUser() = default;
};

inline ContextUser* g_context_user = nullptr;

template <rl::thread_id_t kThreads>
struct Suite : rl::test_suite<Suite<kThreads>, 1> {
  static constexpr rl::thread_id_t dynamic_thread_count = kThreads - 1;
  void thread(unsigned) { g_context_user->run_main(); }
};

template <typename Model>
class Context final : public rl::context_impl<Suite<Model::kThreads>, typename Model::Scheduler> {
 public:
  using rl::context_impl<Suite<Model::kThreads>, typename Model::Scheduler>::context_impl;
  // Does not return. Relacy's own version would allocate on the program's heap.
  void fail_test(char const*, rl::test_result_e what, rl::debug_info_param) override {
    g_context_user->relacy_failed(what);
  }
};

inline rl::test_params make_params(bool random) {
  rl::test_params params;
  params.search_type = random ? rl::random_scheduler_type : rl::fair_full_search_scheduler_type;
  return params;
}

inline const rl::debug_info kNowhere;

}  // namespace heddle::relacy
