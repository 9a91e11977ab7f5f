// The position in a file belongs to its open file description: descriptors that were copied from
// each other share one, and of two that were opened each has its own (POSIX open(), dup()).
#pragma once

#include <pthread.h>
#include <stdio.h>

#include "harness/hooks/hidden_memory.h"
#include "harness/model/op.h"

namespace heddle::file_positions {

// Descriptor `file` was opened just now.
void opened(int file);
// Descriptor `copy` was made of `file`.
void copied(int file, int copy);
// Where descriptor `file` is read and written next; a negative one is that of a stream in memory.
hidden_state::Untold& position_of(int file);
// What is in the file that a descriptor or a path leads to; null if that is no regular file. Not
// for real threads.
hidden_state::Untold* contents_of(int file);
hidden_state::Untold* contents_of(const char* path);
// `stream` was opened just now; on memory too.
void opened(FILE* stream);
// Puts back what is known of descriptors to what it was at the first call.
void restore();

}  // namespace heddle::file_positions

namespace heddle::hidden_state {

// To be called before the C library's function, by the hooks of all that reads, writes or moves.

// The call works on an open descriptor, or on a stream, in whatever way.
void use_descriptor(int file, Address pc);
void use_stream(FILE* stream, Address pc);
// It ends. Unordered with a use that is a data race: the number, or the memory, may be another's by
// then. A stream that is used afterwards is memory that was freed; what it still had to write comes
// into its file.
void end_descriptor(int file, Address pc);
void end_stream(FILE* stream, Address pc);

// The call reads from the file, or asks for its position or changes it.
void use_file_offset(int file, Address pc);
// The call writes. Nothing is said where the order in which threads write cannot be seen by the
// program, since it neither reads what it has written nor asks where it is.
void use_file_output(int file, Address pc);

// Keeps a stream from other threads while the C library's function runs, where threads take it by
// flockfile(); the lock in the stream itself stays out of it, for a fiber that waited for that
// would stop them all. To be kept until the function has returned.
class [[nodiscard]] StreamUse {
 public:
  using Use = void (*)(int file, Address pc);
  // `use` comes last: between it and the C library's function no other thread may come in, or they
  // would use the file in another order than the engine knows of.
  StreamUse(FILE* stream, Address pc, Use use);
  StreamUse(const StreamUse&) = delete;
  StreamUse& operator=(const StreamUse&) = delete;
  ~StreamUse();

 private:
  pthread_mutex_t* taken_ = nullptr;
  Address pc_;
};

// Likewise, of a stream.
StreamUse use_stream_input(FILE* stream, Address pc);
StreamUse use_stream_output(FILE* stream, Address pc);
// The call does not take the stream's lock, whatever else it does.
void use_stream_unlocked(FILE* stream, Address pc);

// flockfile() and its kin, where threads are fibers.
void lock_stream(FILE* stream, Address pc);
bool try_lock_stream(FILE* stream, Address pc);
void unlock_stream(FILE* stream, Address pc);

}  // namespace heddle::hidden_state
