// Files that are opened, descriptors that are made and streams that are closed.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/file_positions.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/libc_state.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/own_descriptors.h"
#include "harness/hooks/state_uses.h"

using namespace heddle;  // NOLINT(google-build-using-namespace): its own hooks
using hidden_state::StateUses;
using hidden_state::use_descriptor;
using hidden_state::use_stream;

namespace {

// `file`: a descriptor that the program was given, or -1. Returns it.
int opened(int file) {
  if (t_program_code) file_positions::opened(file);
  return file;
}

int copied(int file, int copy) {
  if (t_program_code) file_positions::copied(file, copy);
  return copy;
}

void use_number(Address pc) {
  StateUses(pc).takes_number().tell();
}

// Opening a pipe by its name waits for who opens the other end.
void refuse_pipes(const char* path, Address pc) {
  struct stat status {};
  if (!libc_state::in_run() || path == nullptr || HEDDLE_NEXT(stat)(path, &status) != 0) return;
  if (S_ISFIFO(status.st_mode)) g_engine_table->unsupported("open of a named pipe", pc);
}

// What a file that is opened with `flags` uses.
StateUses uses_to_open(const char* path, int flags, Address pc) {
  if ((flags & O_NONBLOCK) == 0 && (flags & O_ACCMODE) != O_RDWR) refuse_pipes(path, pc);
  StateUses uses(pc);
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    uses.creates(path);
  } else {
    uses.looks_for(path);
  }
  if ((flags & O_TRUNC) != 0) uses.changes_contents(path);
  uses.takes_number();
  return uses;
}

// What fopen()'s mode is for open().
int flags_of(const char* mode) {
  const bool updates = strchr(mode, '+') != nullptr;
  switch (*mode) {
    case 'w':
      return (updates ? O_RDWR : O_WRONLY) | O_CREAT | O_TRUNC;
    case 'a':
      return (updates ? O_RDWR : O_WRONLY) | O_CREAT;
    default:
      return updates ? O_RDWR : O_RDONLY;
  }
}

StateUses uses_to_open(const char* path, const char* mode, Address pc) {
  if (is_watched()) MemoryAccess(pc).read_string(mode);
  return uses_to_open(path, flags_of(mode), pc);
}

// A stream with a file of its own.
template <typename Open>
FILE* open_file(Open open) {
  FILE* const stream = libc_state::open_stream(open);
  if (stream != nullptr && t_program_code) file_positions::opened(fileno(stream));
  return stream;
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

// ---- streams

#define HEDDLE_FOPEN(name)                                           \
  HEDDLE_EXPORT FILE* name(const char* path, const char* mode) {     \
    uses_to_open(path, mode, HEDDLE_PC).tell();                      \
    return open_file([&] { return HEDDLE_NEXT(name)(path, mode); }); \
  }
HEDDLE_FOPEN(fopen)
HEDDLE_FOPEN(fopen64)

// The stream is closed and opened again.
#define HEDDLE_FREOPEN(name)                                                         \
  HEDDLE_EXPORT FILE* name(const char* path, const char* mode, FILE* stream) {       \
    const Address pc = HEDDLE_PC;                                                    \
    use_stream(stream, pc);                                                          \
    uses_to_open(path, mode, pc).moves_in(stream).tell();                            \
    FILE* const opened = [&] {                                                       \
      const RuntimeScope scope;                                                      \
      return HEDDLE_NEXT(name)(path, mode, stream);                                  \
    }();                                                                             \
    if (opened != nullptr && t_program_code) file_positions::opened(fileno(opened)); \
    return opened;                                                                   \
  }
HEDDLE_FREOPEN(freopen)
HEDDLE_FREOPEN(freopen64)

HEDDLE_EXPORT FILE* fdopen(int file, const char* mode) {
  const Address pc = HEDDLE_PC;
  if (is_watched()) MemoryAccess(pc).read_string(mode);
  use_descriptor(file, pc);
  return libc_state::open_stream([&] { return HEDDLE_NEXT(fdopen)(file, mode); });
}

HEDDLE_EXPORT FILE* tmpfile() {
  use_number(HEDDLE_PC);
  return open_file([&] { return HEDDLE_NEXT(tmpfile)(); });
}

HEDDLE_EXPORT FILE* tmpfile64() {
  use_number(HEDDLE_PC);
  return open_file([&] { return HEDDLE_NEXT(tmpfile64)(); });
}

HEDDLE_EXPORT int fclose(FILE* stream) {
  if (!libc_state::in_run()) {
    const RuntimeScope scope;
    return HEDDLE_NEXT(fclose)(stream);
  }
  hidden_state::end_stream(stream, HEDDLE_PC);
  const RuntimeScope scope;
  return HEDDLE_NEXT(fclose)(stream);
}

// ---- descriptors

#define HEDDLE_OPEN(name)                                    \
  HEDDLE_EXPORT int name(const char* path, int flags, ...) { \
    va_list arguments;                                       \
    va_start(arguments, flags);                              \
    const mode_t mode = mode_of(flags, arguments);           \
    va_end(arguments);                                       \
    uses_to_open(path, flags, HEDDLE_PC).tell();             \
    return opened(HEDDLE_NEXT(name)(path, flags, mode));     \
  }
HEDDLE_OPEN(open)
HEDDLE_OPEN(open64)

#define HEDDLE_OPENAT(name)                                              \
  HEDDLE_EXPORT int name(int folder, const char* path, int flags, ...) { \
    va_list arguments;                                                   \
    va_start(arguments, flags);                                          \
    const mode_t mode = mode_of(flags, arguments);                       \
    va_end(arguments);                                                   \
    const Address pc = HEDDLE_PC;                                        \
    use_descriptor(folder, pc);                                          \
    uses_to_open(path, flags, pc).tell();                                \
    return opened(HEDDLE_NEXT(name)(folder, path, flags, mode));         \
  }
HEDDLE_OPENAT(openat)
HEDDLE_OPENAT(openat64)

#define HEDDLE_CREAT(name)                                              \
  HEDDLE_EXPORT int name(const char* path, mode_t mode) {               \
    uses_to_open(path, O_WRONLY | O_CREAT | O_TRUNC, HEDDLE_PC).tell(); \
    return opened(HEDDLE_NEXT(name)(path, mode));                       \
  }
HEDDLE_CREAT(creat)
HEDDLE_CREAT(creat64)

// They write the name that they have chosen.
#define HEDDLE_MKSTEMP(name, parameters, arguments)                            \
  HEDDLE_EXPORT int name parameters {                                          \
    const Address pc = HEDDLE_PC;                                              \
    StateUses(pc).creates(path).takes_number().tell();                         \
    const int file = opened(HEDDLE_NEXT(name) arguments);                      \
    if (file >= 0 && is_watched()) MemoryAccess(pc).write(path, strlen(path)); \
    return file;                                                               \
  }
HEDDLE_MKSTEMP(mkstemp, (char* path), (path))
HEDDLE_MKSTEMP(mkstemp64, (char* path), (path))
HEDDLE_MKSTEMP(mkostemp, (char* path, int flags), (path, flags))
HEDDLE_MKSTEMP(mkstemps, (char* path, int suffix), (path, suffix))

HEDDLE_EXPORT int dup(int file) {
  const Address pc = HEDDLE_PC;
  use_descriptor(file, pc);
  use_number(pc);
  return copied(file, HEDDLE_NEXT(dup)(file));
}

// The descriptor that had the number is closed.
HEDDLE_EXPORT int dup2(int file, int copy) {
  const Address pc = HEDDLE_PC;
  use_descriptor(file, pc);
  if (file != copy) hidden_state::end_descriptor(copy, pc);
  use_number(pc);
  return copied(file, HEDDLE_NEXT(dup2)(file, copy));
}

HEDDLE_EXPORT int dup3(int file, int copy, int flags) {
  const Address pc = HEDDLE_PC;
  use_descriptor(file, pc);
  hidden_state::end_descriptor(copy, pc);
  use_number(pc);
  return copied(file, HEDDLE_NEXT(dup3)(file, copy, flags));
}

namespace {

template <typename Next>
int control(Next next, int file, int command, void* argument, Address pc) {
  use_descriptor(file, pc);
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      use_number(pc);
      return copied(file, next(file, command, argument));
    case F_OFD_SETLKW:
      if (t_program_code) g_engine_table->unsupported("fcntl(F_OFD_SETLKW)", pc);
      break;
    // Those of the descriptor itself, as if they were of the description: of two copies the order
    // is tried although it does not matter.
    case F_SETFD:
    // The flags belong to the open file description, as the position does.
    case F_SETFL:
      StateUses(pc).moves_in(file).tell();
      break;
    case F_GETFD:
    case F_GETFL:
      StateUses(pc).stays_in(file).tell();
      break;
    default:
      break;
  }
  return next(file, command, argument);
}

}  // namespace

#define HEDDLE_FCNTL(name)                                                      \
  HEDDLE_EXPORT int name(int file, int command, ...) {                          \
    va_list arguments;                                                          \
    va_start(arguments, command);                                               \
    /* As the C library passes it on: an integer comes in the same register. */ \
    void* argument = va_arg(arguments, void*);                                  \
    va_end(arguments);                                                          \
    return control(HEDDLE_NEXT(name), file, command, argument, HEDDLE_PC);      \
  }
HEDDLE_FCNTL(fcntl)
HEDDLE_FCNTL(fcntl64)

#define HEDDLE_PAIR(name, parameters, arguments)                                           \
  HEDDLE_EXPORT int name parameters {                                                      \
    const Address pc = HEDDLE_PC;                                                          \
    int made[2];                                                                           \
    int* const program = files;                                                            \
    if (is_watched()) files = made;                                                        \
    use_number(pc);                                                                        \
    const int result = HEDDLE_NEXT(name) arguments;                                        \
    for (int end = 0; end < 2 && result == 0; ++end) opened(files[end]);                   \
    if (result == 0 && files != program) MemoryAccess(pc).put(program, made, sizeof made); \
    return result;                                                                         \
  }
HEDDLE_PAIR(pipe, (int files[2]), (files))
HEDDLE_PAIR(pipe2, (int files[2], int flags), (files, flags))
HEDDLE_PAIR(socketpair, (int domain, int type, int protocol, int files[2]),
            (domain, type, protocol, files))

// A hook of what makes a descriptor. `arguments` in brackets.
#define HEDDLE_MAKES(name, parameters, arguments) \
  HEDDLE_EXPORT int name parameters {             \
    use_number(HEDDLE_PC);                        \
    return opened(HEDDLE_NEXT(name) arguments);   \
  }
HEDDLE_MAKES(socket, (int domain, int type, int protocol), (domain, type, protocol))
HEDDLE_MAKES(eventfd, (unsigned count, int flags), (count, flags))
HEDDLE_MAKES(epoll_create, (int size), (size))
HEDDLE_MAKES(epoll_create1, (int flags), (flags))
HEDDLE_MAKES(memfd_create, (const char* name, unsigned flags),
             (is_watched() ? (MemoryAccess(HEDDLE_PC).read_string(name), name) : name, flags))
HEDDLE_MAKES(timerfd_create, (int clock, int flags), (clock, flags))

HEDDLE_EXPORT int close(int file) {
  if (t_program_code && own_descriptors::contains(file)) {
    // The program goes through all numbers that there may be.
    errno = EBADF;
    return -1;
  }
  if (t_program_code) {
    const Address pc = HEDDLE_PC;
    hidden_state::end_descriptor(file, pc);
    use_number(pc);
  }
  return HEDDLE_NEXT(close)(file);
}

namespace {

// Those between that are Heddle's stay open.
int close_between(unsigned from, unsigned to, int flags) {
  const auto own = static_cast<unsigned>(own_descriptors::first());
  const auto behind = static_cast<unsigned>(own_descriptors::end());
  const auto close_part = HEDDLE_NEXT(close_range);
  if (!t_program_code || to < own || from >= behind) return close_part(from, to, flags);
  int result = 0;
  if (from < own) result = close_part(from, own - 1, flags);
  if (result == 0 && to >= behind) result = close_part(behind, to, flags);
  return result;
}

}  // namespace

HEDDLE_EXPORT int close_range(unsigned from, unsigned to, int flags) noexcept {
  return close_between(from, to, flags);
}

HEDDLE_EXPORT void closefrom(int from) noexcept {
  close_between(static_cast<unsigned>(from), ~0U, 0);
}

// ---- folders

HEDDLE_EXPORT DIR* opendir(const char* path) {
  const Address pc = HEDDLE_PC;
  StateUses(pc).looks_for(path).takes_number().tell();
  DIR* const folder = HEDDLE_NEXT(opendir)(path);
  if (folder != nullptr) opened(dirfd(folder));
  return folder;
}

HEDDLE_EXPORT DIR* fdopendir(int file) {
  use_descriptor(file, HEDDLE_PC);
  return HEDDLE_NEXT(fdopendir)(file);
}

// Its memory is the program's, and freed in there.
HEDDLE_EXPORT int closedir(DIR* folder) {
  if (t_program_code) {
    const Address pc = HEDDLE_PC;
    hidden_state::end_descriptor(dirfd(folder), pc);
    use_number(pc);
  }
  return HEDDLE_NEXT(closedir)(folder);
}
