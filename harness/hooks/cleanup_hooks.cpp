// pthread_cleanup_push() and its kin as C without exceptions has them: the handler's frame is a
// place to jump to (pthread.h of glibc). C++, and C with -fexceptions, unwind instead.
#include <pthread.h>
#include <setjmp.h>

#include <cstdint>

#include "harness/hooks/caller.h"
#include "harness/hooks/cleanup.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

// The header has them for C alone.
extern "C" {
void __pthread_register_cancel(__pthread_unwind_buf_t* handler);
void __pthread_unregister_cancel(__pthread_unwind_buf_t* handler);
void __pthread_register_cancel_defer(__pthread_unwind_buf_t* handler);
void __pthread_unregister_cancel_restore(__pthread_unwind_buf_t* handler);
void __pthread_unwind_next(__pthread_unwind_buf_t* handler) __attribute__((noreturn));
}

namespace heddle::cleanup {
namespace {

// Of the words that the handler's frame has for the library, the one that the C library leaves
// alone. It keeps a list of its own, for real threads that are cancelled.
constexpr int kOurs = 3;

constinit std::uint64_t g_run = 0;

// Of the calling thread: the handlers that are pushed, the last first.
struct Handlers {
  std::uint64_t run = 0;
  __pthread_unwind_buf_t* last = nullptr;
  void* result = nullptr;  // what the thread ends with
};
constinit thread_local Handlers t_handlers;

Handlers& handlers() {
  // A run may end with handlers pushed.
  if (t_handlers.run != g_run) t_handlers = {.run = g_run};
  return t_handlers;
}

void push(__pthread_unwind_buf_t* handler) {
  Handlers& mine = handlers();
  handler->__pad[kOurs] = mine.last;
  mine.last = handler;
}

void pop(const __pthread_unwind_buf_t* handler) {
  handlers().last = static_cast<__pthread_unwind_buf_t*>(handler->__pad[kOurs]);
}

}  // namespace

constinit CancelCallback g_cancel = nullptr;
constinit EndedCallback g_has_ended = nullptr;

void begin_run() {
  ++g_run;
}

void end_thread(void* result, Address pc) {
  Handlers& mine = handlers();
  if (__pthread_unwind_buf_t* const next = mine.last; next != nullptr) {
    pop(next);
    HEDDLE_NEXT(__pthread_unregister_cancel)(next);
    mine.result = result;
    // It runs the handler, and ends with __pthread_unwind_next().
    longjmp(reinterpret_cast<__jmp_buf_tag*>(next->__cancel_jmp_buf), 1);
  }
  g_engine_table->thread_exit(result, pc);
}

}  // namespace heddle::cleanup

namespace cleanup = heddle::cleanup;

HEDDLE_EXPORT void __pthread_register_cancel(__pthread_unwind_buf_t* handler) {
  HEDDLE_NEXT(__pthread_register_cancel)(handler);
  cleanup::push(handler);
}

HEDDLE_EXPORT void __pthread_unregister_cancel(__pthread_unwind_buf_t* handler) {
  HEDDLE_NEXT(__pthread_unregister_cancel)(handler);
  cleanup::pop(handler);
}

// With cancellation put off meanwhile; see the refusal of pthread_cancel().
HEDDLE_EXPORT void __pthread_register_cancel_defer(__pthread_unwind_buf_t* handler) {
  HEDDLE_NEXT(__pthread_register_cancel_defer)(handler);
  cleanup::push(handler);
}

HEDDLE_EXPORT void __pthread_unregister_cancel_restore(__pthread_unwind_buf_t* handler) {
  HEDDLE_NEXT(__pthread_unregister_cancel_restore)(handler);
  cleanup::pop(handler);
}

HEDDLE_EXPORT void __pthread_unwind_next(__pthread_unwind_buf_t* handler) {
  // Not by end_thread(), which takes a handler off before it runs: a real thread that is cancelled.
  // The C library has run the handler, and would have it run again.
  if (cleanup::handlers().last == handler) {
    cleanup::pop(handler);
    HEDDLE_NEXT(__pthread_unwind_next)(handler);
  }
  cleanup::end_thread(cleanup::handlers().result, HEDDLE_PC);
  __builtin_unreachable();
}
