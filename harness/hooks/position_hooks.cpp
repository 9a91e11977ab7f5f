// Where a file or a stream is read next: what asks for the position and what moves it.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/file_positions.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/library_variables.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/state_uses.h"

// The names and signatures below are the C library's, which has macros of some of these.
#pragma GCC diagnostic ignored "-Wmissing-declarations"
#undef getc
#undef putc
#undef getc_unlocked
#undef getchar_unlocked
#undef putc_unlocked
#undef putchar_unlocked

namespace library_variables = heddle::library_variables;
using namespace heddle::hidden_state;  // NOLINT(google-build-using-namespace): its own hooks

HEDDLE_EXPORT off_t lseek(int file, off_t offset, int from) {
  use_file_offset(file, HEDDLE_PC);
  return HEDDLE_NEXT(lseek)(file, offset, from);
}

HEDDLE_EXPORT off64_t lseek64(int file, off64_t offset, int from) {
  use_file_offset(file, HEDDLE_PC);
  return HEDDLE_NEXT(lseek64)(file, offset, from);
}

// A hook that says that the stream is used and goes on to the C library's function. `arguments` in
// brackets.
#define HEDDLE_STREAM(result, name, parameters, arguments)      \
  HEDDLE_EXPORT result name parameters {                        \
    const StreamUse held = use_stream_input(stream, HEDDLE_PC); \
    return HEDDLE_NEXT(name) arguments;                         \
  }

HEDDLE_STREAM(int, fseek, (FILE * stream, long offset, int from), (stream, offset, from))
HEDDLE_STREAM(int, fseeko, (FILE * stream, off_t offset, int from), (stream, offset, from))
HEDDLE_STREAM(int, fseeko64, (FILE * stream, off64_t offset, int from), (stream, offset, from))
HEDDLE_STREAM(long, ftell, (FILE * stream), (stream))
HEDDLE_STREAM(off_t, ftello, (FILE * stream), (stream))
HEDDLE_STREAM(off64_t, ftello64, (FILE * stream), (stream))
HEDDLE_STREAM(void, rewind, (FILE * stream), (stream))

#define HEDDLE_GET_POSITION(name, type)                                    \
  HEDDLE_EXPORT int name(FILE* stream, type* position) {                   \
    const heddle::Address pc = HEDDLE_PC;                                  \
    const StreamUse held = use_stream_input(stream, pc);                   \
    if (!heddle::is_watched()) return HEDDLE_NEXT(name)(stream, position); \
    heddle::PrivateResults made(position);                                 \
    const int result = HEDDLE_NEXT(name)(stream, position);                \
    if (result == 0) made.deliver(heddle::MemoryAccess(pc));               \
    return result;                                                         \
  }
HEDDLE_GET_POSITION(fgetpos, fpos_t)
HEDDLE_GET_POSITION(fgetpos64, fpos64_t)

#define HEDDLE_SET_POSITION(name, type)                                                  \
  HEDDLE_EXPORT int name(FILE* stream, const type* position) {                           \
    const heddle::Address pc = HEDDLE_PC;                                                \
    if (heddle::is_watched()) heddle::MemoryAccess(pc).read(position, sizeof *position); \
    const StreamUse held = use_stream_input(stream, pc);                                 \
    return HEDDLE_NEXT(name)(stream, position);                                          \
  }
HEDDLE_SET_POSITION(fsetpos, fpos_t)
HEDDLE_SET_POSITION(fsetpos64, fpos64_t)

// Its state, which is read without its place being moved.
#define HEDDLE_STREAM_STATE(name)          \
  HEDDLE_EXPORT int name(FILE* stream) {   \
    const heddle::Address pc = HEDDLE_PC;  \
    use_stream(stream, pc);                \
    StateUses(pc).stays_in(stream).tell(); \
    return HEDDLE_NEXT(name)(stream);      \
  }
HEDDLE_STREAM_STATE(feof)
HEDDLE_STREAM_STATE(ferror)
HEDDLE_STREAM(void, clearerr, (FILE * stream), (stream))

HEDDLE_EXPORT int fileno(FILE* stream) {
  use_stream(stream, HEDDLE_PC);
  return HEDDLE_NEXT(fileno)(stream);
}

// Null: of all streams.
HEDDLE_EXPORT int fflush(FILE* stream) {
  if (stream == nullptr) return HEDDLE_NEXT(fflush)(stream);
  const StreamUse held = use_stream_output(stream, HEDDLE_PC);
  return HEDDLE_NEXT(fflush)(stream);
}

HEDDLE_STREAM(int, getc, (FILE * stream), (stream))
HEDDLE_STREAM(int, fgetc, (FILE * stream), (stream))
HEDDLE_STREAM(int, ungetc, (int character, FILE* stream), (character, stream))

// The rest that writes does so from memory of the program's: input_hooks.cpp.
#define HEDDLE_PUT(name)                                         \
  HEDDLE_EXPORT int name(int character, FILE* stream) {          \
    const StreamUse held = use_stream_output(stream, HEDDLE_PC); \
    return HEDDLE_NEXT(name)(character, stream);                 \
  }
HEDDLE_PUT(putc)
HEDDLE_PUT(fputc)

HEDDLE_EXPORT int putchar(int character) {
  const StreamUse held = use_stream_output(library_variables::output(HEDDLE_PC), HEDDLE_PC);
  return HEDDLE_NEXT(putchar)(character);
}

HEDDLE_EXPORT int getchar() {
  const StreamUse held = use_stream_input(library_variables::input(HEDDLE_PC), HEDDLE_PC);
  return HEDDLE_NEXT(getchar)();
}

namespace {

// Real threads can wait for the lock in the stream itself.
bool has_its_own_lock() {
  return !heddle::t_program_code || heddle::program_heap::is_threaded();
}

}  // namespace

HEDDLE_EXPORT void flockfile(FILE* stream) {
  if (has_its_own_lock()) return HEDDLE_NEXT(flockfile)(stream);
  lock_stream(stream, HEDDLE_PC);
}

HEDDLE_EXPORT int ftrylockfile(FILE* stream) {
  if (has_its_own_lock()) return HEDDLE_NEXT(ftrylockfile)(stream);
  return try_lock_stream(stream, HEDDLE_PC) ? 0 : EBUSY;
}

HEDDLE_EXPORT void funlockfile(FILE* stream) {
  if (has_its_own_lock()) return HEDDLE_NEXT(funlockfile)(stream);
  unlock_stream(stream, HEDDLE_PC);
}

// These take no lock.

HEDDLE_EXPORT int getc_unlocked(FILE* stream) {
  use_stream_unlocked(stream, HEDDLE_PC);
  return HEDDLE_NEXT(getc_unlocked)(stream);
}

HEDDLE_EXPORT int getchar_unlocked() {
  use_stream_unlocked(library_variables::input(HEDDLE_PC), HEDDLE_PC);
  return HEDDLE_NEXT(getchar_unlocked)();
}

HEDDLE_EXPORT int putc_unlocked(int character, FILE* stream) {
  use_stream_unlocked(stream, HEDDLE_PC);
  return HEDDLE_NEXT(putc_unlocked)(character, stream);
}

HEDDLE_EXPORT int putchar_unlocked(int character) {
  use_stream_unlocked(library_variables::output(HEDDLE_PC), HEDDLE_PC);
  return HEDDLE_NEXT(putchar_unlocked)(character);
}

// What the header's bodies of these call when the stream's buffer is empty or full.

HEDDLE_EXPORT int __uflow(FILE* stream) {
  use_stream_unlocked(stream, HEDDLE_PC);
  return HEDDLE_NEXT(__uflow)(stream);
}

HEDDLE_EXPORT int __overflow(FILE* stream, int character) {
  use_stream_unlocked(stream, HEDDLE_PC);
  return HEDDLE_NEXT(__overflow)(stream, character);
}

// A folder that is read has its position in the kernel too.

namespace {

// Some of its memory is the program's: to close it is to free that.
void use_folder(DIR* folder, heddle::Address pc) {
  read_bytes(folder, sizeof(int), pc);
  use_file_offset(dirfd(folder), pc);
}

}  // namespace

#define HEDDLE_FOLDER(result, name, parameters, arguments) \
  HEDDLE_EXPORT result name parameters {                   \
    use_folder(folder, HEDDLE_PC);                         \
    return HEDDLE_NEXT(name) arguments;                    \
  }

HEDDLE_FOLDER(dirent*, readdir, (DIR * folder), (folder))
HEDDLE_FOLDER(dirent64*, readdir64, (DIR * folder), (folder))
HEDDLE_FOLDER(void, rewinddir, (DIR * folder), (folder))
HEDDLE_FOLDER(void, seekdir, (DIR * folder, long position), (folder, position))
HEDDLE_FOLDER(long, telldir, (DIR * folder), (folder))
