// What belongs to each thread rather than to the program's memory at large: its thread_local
// variables and its exceptions in flight. A parked thread that serves many runs starts each with
// both as a new thread would have them.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/model/op.h"

namespace heddle::native {

// The thread_local variables of the executable. (Those of its shared libraries stay as they are:
// Heddle and the C++ runtime have theirs there.)
class ThreadLocals {
 public:
  // Call in the thread that runs main, before main: remembers that thread's variables as
  // constructors have left them, and where a thread finds its own.
  ThreadLocals();

  // Gives the calling thread the variables of a new thread.
  void reset_new_thread() const;
  // Gives the calling thread main's variables as they were when this object was made.
  void reset_main() const;

 private:
  const std::byte* image_ = nullptr;  // in the executable's read-only memory
  std::size_t image_size_ = 0;
  std::size_t size_ = 0;
  std::ptrdiff_t offset_ = 0;  // from the thread pointer: static, as for every executable
  std::vector<std::byte> main_;
};

// The C++ runtime forgets the exceptions that the calling thread has caught or is throwing.
void forget_exceptions();

// The program's own code, heap and constants aside: where leaving by longjmp loses nothing that
// others hold.
class ProgramText {
 public:
  ProgramText();
  bool contains(Address pc) const { return pc >= begin_ && pc < end_; }

 private:
  Address begin_ = 0;
  Address end_ = 0;
};

}  // namespace heddle::native
