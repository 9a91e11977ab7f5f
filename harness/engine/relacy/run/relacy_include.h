// Relacy's headers, made harmless. To be included by relacy_runner.cpp alone.
//
// relacy/relacy.hpp is left out: it defines `new`, `delete`, `malloc`, `assert`, `pthread_*` and
// `errno` as macros. Its parts are included one by one, with two changes from outside:
//
// - Its platform layer is replaced (by taking its include guard). Its own switches stacks of 64 KB
//   without a guard page by longjmp, which _FORTIFY_SOURCE takes for an attack and aborts. And here
//   a switch is the one place to swap thread-local storage, wherever in Relacy it comes from.
// - It replaces the global operators new and delete. In a library that stands first in a program's
//   search order, those would become the program's own. See below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/engine/relacy/run/fibers.h"

#define RL_PLATFORM_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <relacy/pch.hpp>

inline void set_low_thread_prio() {}
inline unsigned get_tick_count() {
  return 0;
}

#define RL_INLINE inline
#define RL_NOINLINE
#define RL_STRINGIZE_I(text) #text
#define RL_STRINGIZE(text) RL_STRINGIZE_I(text)
#define RL_STDCALL
#define RL_RESTRICT

// In the order of context.hpp: not all of them include what they need. What is in a group of its
// own here must come where it stands.
#include <relacy/base.hpp>

#include <relacy/thread_local_ctx.hpp>

#include <relacy/context_base.hpp>

#include <relacy/thread.hpp>

#include <relacy/foreach.hpp>
#include <relacy/history.hpp>
#include <relacy/memory.hpp>
#include <relacy/random.hpp>
#include <relacy/slab_allocator.hpp>
#include <relacy/test_params.hpp>
#include <relacy/test_result.hpp>

#include <relacy/random_scheduler.hpp>

#include <relacy/full_search_scheduler.hpp>

#include <relacy/context_bound_scheduler.hpp>

// context.hpp writes `inline void* operator new (size_t size) RL_THROW_SPEC(...) { body }` and
// `inline void operator delete (void* p) throw() { body }`. These macros end the declaration, which
// then only repeats the one of <new>, and hang the body on a function that nobody calls.
#define HEDDLE_RELACY_PASTE_AGAIN(a, b) a##b
#define HEDDLE_RELACY_PASTE(a, b) HEDDLE_RELACY_PASTE_AGAIN(a, b)
#define RL_THROW_SPEC(exception) \
  noexcept(false);               \
  void* HEDDLE_RELACY_PASTE(heddle_relacy_unused_new_, __LINE__)(size_t size)
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#define throw() \
  noexcept;     \
  void HEDDLE_RELACY_PASTE(heddle_relacy_unused_delete_, __LINE__)(void* p)
#define inline
#include <relacy/context.hpp>
#undef inline
#undef throw
#ifdef __clang__
#pragma clang diagnostic pop
#endif
#undef RL_THROW_SPEC
#undef HEDDLE_RELACY_PASTE
#undef HEDDLE_RELACY_PASTE_AGAIN

#include <relacy/context_base_impl.hpp>

#include <relacy/atomic.hpp>

#include <relacy/var.hpp>

#include <relacy/test_suite.hpp>

#include <relacy/stdlib/mutex.hpp>

#include <relacy/stdlib/condition_variable.hpp>
#include <relacy/stdlib/event.hpp>
#include <relacy/stdlib/semaphore.hpp>
#pragma GCC diagnostic pop

#undef $
