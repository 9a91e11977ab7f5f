// Thread-local storage for logical threads that share one OS thread.
//
// A logical thread needs a thread control block of its own: thread_local objects, errno, exceptions
// in flight and pthread_self() all live at the FS base. Only the C library can make one, so for
// each logical thread a real one is started, parked for ever, and its block borrowed: switching
// logical threads sets the FS base to that of the parked one. Its stack, and so its block, lies at
// a fixed address by its id: what pthread_self() says repeats in every process, whenever the thread
// was made there.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "harness/model/op.h"
#include "harness/model/trace.h"

namespace heddle {

class TlsLender {
 public:
  TlsLender();
  TlsLender(const TlsLender&) = delete;
  TlsLender& operator=(const TlsLender&) = delete;
  ~TlsLender();

  static constexpr Address kBegin = 0x1800'0000'0000;

  // The FS base for a logical thread; thread 0 has the worker's own. Starts parked threads at the
  // first call for an id, up to that one. 0 if the system gives no more threads.
  Address base(ThreadId thread);

  // Puts the program's thread-local variables of this logical thread back to their initial images
  // (for thread 0: to what they were when the lender was made). Those of the C library and of
  // Heddle itself are left alone.
  void reset(ThreadId thread);

  // Those variables, as they are.
  std::vector<std::span<unsigned char>> variables(ThreadId thread) const;

  // Those of them that are of the program and libraries of its own, for threads that it started.
  std::span<const std::span<unsigned char>> programs_own(ThreadId thread) const;

  // Where those of `variables()` are, and of which module.
  std::vector<ThreadLocals> places(ThreadId thread) const;

  // What the kernel calls the thread whose block it is; of thread 0 the calling thread.
  pid_t number(ThreadId thread) const;

  // What pthread_self() returns under this base: in the C library they are the same number.
  static pthread_t handle(Address base) { return static_cast<pthread_t>(base); }

 private:
  struct Block;  // one module's variables of one thread
  struct Parked;

  // False: the system gives no more threads.
  bool begin_one();

  std::vector<std::unique_ptr<Parked>> parked_;  // index: thread id
  std::size_t stack_size_;                       // of each of them
  std::size_t modules_ = 0;                      // that have thread-local variables
};

// Makes `base` the FS base of the calling OS thread.
class FsBase {
 public:
  FsBase();
  static Address get();
  void set(Address base) const {
    if (fast_) [[likely]] {
      asm volatile("wrfsbase %0" : : "r"(base) : "memory");
    } else {
      set_by_system_call(base);
    }
  }

 private:
  // Without FSGSBASE in processor and kernel the instruction is illegal.
  static void set_by_system_call(Address base);

  bool fast_;
};

}  // namespace heddle
