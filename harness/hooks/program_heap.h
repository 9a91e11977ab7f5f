// The heap of the program under test: a private arena at a fixed address, so that pointer values
// repeat from run to run and process to process, and the whole of it can be put back in no time.
//
// Memory is handed out upwards and, until a run has used kReuseAfter bytes, never handed out twice
// within a run: an address means one object, which is what use-after-free detection and a readable
// trace want. Programs that rely on it are for reuse_at_once() to find. Heddle's own allocations
// never come from here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/model/op.h"

namespace heddle {

// Whether the calling thread is executing the program's code, so that what it allocates is the
// program's. Set by the engines when they enter the program and leave it.
extern constinit thread_local bool t_program_code
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

// Marks a stretch of Heddle's own code that runs on behalf of a program thread and may allocate.
class RuntimeScope {
 public:
  RuntimeScope() : saved_(t_program_code) { t_program_code = false; }
  RuntimeScope(const RuntimeScope&) = delete;
  RuntimeScope& operator=(const RuntimeScope&) = delete;
  ~RuntimeScope() { t_program_code = saved_; }

 private:
  bool saved_;
};

namespace program_heap {

inline constexpr Address kBegin = 0x1000'0000'0000;
inline constexpr Address kEnd = kBegin + (Address{1} << 38);
inline constexpr std::size_t kReuseAfter = std::size_t{4} << 20;

// What memory is filled with, so that a program that reads it unwritten does the same in every run.
inline constexpr unsigned char kFilling = 0xa5;

inline bool owns(const void* pointer) {
  const auto address = reinterpret_cast<Address>(pointer);
  return address >= kBegin && address < kEnd;
}

// `alignment` is a power of two; nullptr when the arena is full. Blocks of up to a MiB are filled.
void* allocate(std::size_t size, std::size_t alignment);
// Returns false, and does nothing, if the block was freed before.
bool release(void* pointer);
// For the others: false if this is no block, or the program has written over what is kept before
// it.
bool is_intact(const void* pointer);
bool is_freed(const void* pointer);
// Rounded up to what is handed out.
std::size_t size_of(const void* pointer);
// The block stays, and is asked for again with a size that is no larger than size_of().
void set_size(void* pointer, std::size_t size);

// Whether what was freed last is handed out first from now on, as the C library does, or as late as
// kReuseAfter says.
void reuse_at_once(bool at_once);

// Nothing is handed out beyond so many bytes.
void set_limit(std::size_t bytes);

// Asked now and then as a run's memory grows, with its bytes: whether it may have more. Null: it
// may.
using MayGrow = bool (*)(std::size_t bytes);
void set_may_grow(MayGrow may_grow);
// Whether this run has been told that it may not: that is why allocate() returned nullptr.
bool refused();

// Takes what is allocated now as the state before main.
void take_snapshot();
// Puts the heap back to the snapshot. Gives memory beyond what small runs use back to the system.
void restore();
// See ProgramState::prepare_to_fork().
void prepare_to_fork(bool for_one_run);

// Called for memory that is handed out a second time within one run; what was known about its
// addresses no longer holds. May be null.
using ReuseCallback = void (*)(Address begin, std::size_t size);
extern ReuseCallback g_on_reuse __attribute__((visibility("hidden")));

// Called for each block that is handed out; null where nobody wants to know.
using AllocateCallback = void (*)(Address block);
extern AllocateCallback g_on_allocate __attribute__((visibility("hidden")));

// Where memory of the run begins: below lies that of constructors.
Address run_begin();
// The run's blocks that are not freed, ascending, with the bytes that were asked for: 1 for none,
// and more only of memory that is handed out again.
void visit_allocated(void (*visit)(void* context, Address begin, std::size_t size), void* context);

// Whether several threads allocate at once. Off, the heap takes no lock.
void set_threaded(bool threaded);
bool is_threaded();

}  // namespace program_heap
}  // namespace heddle
