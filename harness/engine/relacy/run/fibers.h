// Where Relacy's fibers run: stacks, and the thread-local storage that each switch brings along.
#pragma once

#include <algorithm>
#include <array>
#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/engine/call_stack.h"
#include "harness/engine/fiber/fiber.h"
#include "harness/engine/fiber/tls_lender.h"
#include "harness/hooks/stack_bounds.h"
#include "harness/model/op.h"

// What Relacy wants of its platform, in the global namespace, where it looks for it.
struct fiber_t {
  boost::context::detail::fcontext_t context = nullptr;
  int thread = -1;  // -1: not a thread of the program
};
void create_main_fiber(fiber_t& fiber);
inline void delete_main_fiber(fiber_t&) {}
void create_fiber(fiber_t& fiber, void (*function)(void*), void* thread);
inline void delete_fiber(fiber_t&) {}
void switch_to_fiber(fiber_t& to, fiber_t& from);

namespace heddle::relacy {

// Relacy's thread count is a template parameter, and each operation costs time for each thread
// that there could be. So the first runs are made with few, and repeated with many if need be.
inline constexpr int kFewThreads = 4;
inline constexpr int kManyThreads = 17;

struct Fibers {
  FiberStacks stacks;
  TlsLender lender;
  FsBase fs;
  fiber_t* main = nullptr;
  void (*function)(void*) = nullptr;
  int current = -1;
  std::array<fiber_t*, kManyThreads> of{};
  std::array<Address, kManyThreads> base{};
  std::array<void*, kManyThreads> top{};
  std::array<std::size_t, kManyThreads> size{};  // of the stack, for who asks in this run
  std::array<bool, kManyThreads> has_given{};    // the program's, in this run or the one before
  const ProgramCode code;
  // Where the fiber that is switched to next shall write its own call stack, to switch back at
  // once: nobody else can unwind it.
  std::vector<Address>* capture_into = nullptr;

  // False: the system has no more memory or threads.
  bool prepare(int threads) {
    for (int i = 0; i < threads; ++i) {
      const auto id = static_cast<ThreadId>(i);
      base[id] = lender.base(id);
      top[id] = stacks.top(id);
      if (base[id] == 0 || top[id] == nullptr) return false;
    }
    return true;
  }

  // False: the system has no memory for so large a stack of the thread, or nobody has.
  bool make_stack(int thread, std::size_t stack_size) {
    const auto id = static_cast<ThreadId>(thread);
    return id >= kManyThreads || stacks.top(id, stack_size) != nullptr;
  }

  // Its next switch starts the thread's function anew, wherever a run that ended left it. `given`:
  // on a stack in the program's memory.
  void reset(int thread, std::size_t stack_size = FiberStacks::kSize, StackBounds given = {}) {
    const auto index = static_cast<std::size_t>(thread);
    if (given.size != 0) {
      top[index] = reinterpret_cast<void*>(given.end());
      stack_size = given.size;
      has_given[index] = true;
    } else if (has_given[index]) {
      top[index] = stacks.top(static_cast<ThreadId>(thread));
      has_given[index] = false;
    }
    size[index] = stack_size;
    lender.reset(static_cast<ThreadId>(thread));
    of[index]->context =
        boost::context::detail::make_fcontext(top[index], stack_size, &Fibers::entry);
  }

  // The call stack of a thread that is not running, when no thread will run any more.
  std::vector<Address> stack_of(int thread) {
    std::vector<Address> stack;
    capture_into = &stack;
    switch_to_fiber(*of[static_cast<std::size_t>(thread)], *main);
    return stack;
  }

 private:
  static void entry(boost::context::detail::transfer_t from);
};

inline Fibers* g_fibers = nullptr;

inline void Fibers::entry(boost::context::detail::transfer_t from) {
  static_cast<fiber_t*>(from.data)->context = from.fctx;
  g_fibers->function(reinterpret_cast<void*>(static_cast<std::intptr_t>(g_fibers->current)));
}

}  // namespace heddle::relacy

inline void create_main_fiber(fiber_t& fiber) {
  heddle::relacy::g_fibers->main = &fiber;
}

inline void create_fiber(fiber_t& fiber, void (*function)(void*), void* thread) {
  const auto index = reinterpret_cast<std::intptr_t>(thread);
  fiber.thread = static_cast<int>(index);
  heddle::relacy::g_fibers->of[static_cast<std::size_t>(index)] = &fiber;
  heddle::relacy::g_fibers->function = function;
}

inline void switch_to_fiber(fiber_t& to, fiber_t& from) {
  if (&to == &from) return;
  heddle::relacy::Fibers& fibers = *heddle::relacy::g_fibers;
  fibers.current = to.thread;
  // The engine itself, between runs, uses the storage of thread 0: the worker's own. The test is
  // cheaper than setting it again.
  if (std::max(to.thread, 0) != std::max(from.thread, 0)) {
    fibers.fs.set(fibers.base[static_cast<std::size_t>(std::max(to.thread, 0))]);
  }
  const boost::context::detail::transfer_t back =
      boost::context::detail::jump_fcontext(to.context, &from);
  static_cast<fiber_t*>(back.data)->context = back.fctx;
  if (fibers.capture_into != nullptr) [[unlikely]] {
    *std::exchange(fibers.capture_into, nullptr) = heddle::capture_stack(fibers.code);
    switch_to_fiber(*fibers.main, from);  // for good
  }
}
