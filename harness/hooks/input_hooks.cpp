// What comes from files into the program's memory, and the other way. Input goes to a private
// buffer first: how much there is, is known only afterwards.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

#include "harness/hooks/file_positions.h"
#include "harness/hooks/library_variables.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/program_imports.h"
#include "harness/hooks/state_uses.h"

namespace library_variables = heddle::library_variables;

using heddle::Address;
using heddle::is_watched;
using heddle::MemoryAccess;
using heddle::PrivateBuffer;
using heddle::hidden_state::StateUses;
using heddle::hidden_state::StreamUse;
using heddle::hidden_state::use_descriptor;
using heddle::hidden_state::use_file_offset;
using heddle::hidden_state::use_file_output;
using heddle::hidden_state::use_stream_input;
using heddle::hidden_state::use_stream_output;
using heddle::hidden_state::use_stream_unlocked;

namespace {

// Whether that file of the kernel's own, which has no type, counts events.
bool is_event_counter(int file) {
  char link[32];
  char name[32] = {};
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  return readlink(link, name, sizeof name - 1) > 0 && strcmp(name, "anon_inode:[eventfd]") == 0;
}

// Whether reading may wait for what another thread writes.
bool is_stream(int file) {
  struct stat status {};
  if (fstat(file, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) ||
         ((status.st_mode & S_IFMT) == 0 && is_event_counter(file));
}

// Standard input is the program's business alone.
void refuse_streams(int file, Address pc) {
  if (heddle::t_program_code && file != STDIN_FILENO && is_stream(file)) {
    heddle::g_engine_table->unsupported("read on a pipe, a socket or an event counter", pc);
  }
}

// As read(). `read_into(buffer)` returns what read() does.
template <typename Read>
ssize_t deliver_bytes(Address pc, void* to, size_t size, Read read_into) {
  if (!is_watched()) return read_into(to);
  PrivateBuffer buffer(size);
  const ssize_t count = read_into(buffer.data());
  if (count > 0) MemoryAccess(pc).put(to, buffer.data(), static_cast<size_t>(count));
  return count;
}

size_t total(const iovec* parts, int count) {
  size_t size = 0;
  for (int i = 0; i < count; ++i) size += parts[i].iov_len;
  return size;
}

void access_parts(const MemoryAccess& access, const iovec* parts, size_t count) {
  access.read(parts, count * sizeof *parts);
  for (size_t i = 0; i < count; ++i) access.read(parts[i].iov_base, parts[i].iov_len);
}

// As readv(). `read_into(parts, count)` returns what readv() does.
template <typename Read>
ssize_t deliver_parts(Address pc, const iovec* parts, int count, Read read_into) {
  if (!is_watched() || count <= 0) return read_into(parts, count);
  const MemoryAccess access(pc);
  access.read(parts, static_cast<size_t>(count) * sizeof *parts);
  PrivateBuffer buffer(total(parts, count));
  const iovec whole{.iov_base = buffer.data(), .iov_len = total(parts, count)};
  const ssize_t got = read_into(&whole, 1);
  auto left = static_cast<size_t>(std::max<ssize_t>(got, 0));
  const char* from = buffer.data();
  for (int i = 0; left > 0; ++i) {
    const size_t part = std::min(left, parts[i].iov_len);
    access.put(parts[i].iov_base, from, part);
    from += part;
    left -= part;
  }
  return got;
}

// As fread(). `read_into(buffer)` returns what fread() does.
template <typename Read>
size_t deliver_items(Address pc, void* to, size_t size, size_t count, Read read_into) {
  size_t bytes;
  if (!is_watched() || __builtin_mul_overflow(size, count, &bytes)) return read_into(to);
  PrivateBuffer buffer(bytes);
  const size_t got = read_into(buffer.data());
  MemoryAccess(pc).put(to, buffer.data(), got * size);
  return got;
}

// How many bytes of `line` fgets() has written, if it was filled with line ends before. A line may
// hold zeros of its own.
size_t written(const char* line, size_t size) {
  const void* found = memchr(line, '\n', size);
  if (found == nullptr) return size;
  const auto at = static_cast<size_t>(static_cast<const char*>(found) - line);
  return at + 1 < size && line[at + 1] == '\0' ? at + 2 : at;
}

// As fgets(). `read_into(buffer)` returns what fgets() does.
template <typename Read>
char* deliver_line(Address pc, char* to, int size, Read read_into) {
  if (!is_watched() || size <= 0) return read_into(to);
  const auto room = static_cast<size_t>(size);
  PrivateBuffer buffer(room);
  memset(buffer.data(), '\n', room);
  if (read_into(buffer.data()) == nullptr) return nullptr;
  MemoryAccess(pc).put(to, buffer.data(), written(buffer.data(), room));
  return to;
}

// As getdelim(). `read_into(line, size)` returns what getdelim() does.
template <typename Read>
ssize_t deliver_whole_line(Address pc, char** line, size_t* size, Read read_into) {
  if (!is_watched() || line == nullptr || size == nullptr) return read_into(line, size);
  const MemoryAccess access(pc);
  char* text = nullptr;
  size_t room = 0;
  const ssize_t length = read_into(&text, &room);
  if (length >= 0) {
    access.read(line, sizeof *line);
    access.read(size, sizeof *size);
    const size_t needed = static_cast<size_t>(length) + 1;
    if (*line == nullptr || *size < needed) {
      access.put(line, static_cast<char*>(realloc(*line, room)));
      access.put(size, room);
    }
    access.put(*line, text, needed);
  }
  heddle::free_private(text);
  return length;
}

// At a place of its own: nothing is said of the file's position.
void use_contents(int file, Address pc) {
  use_descriptor(file, pc);
  StateUses(pc).reads_contents(file).tell();
}

void use_contents_for_output(int file, Address pc) {
  use_descriptor(file, pc);
  if (heddle::program_imports::reads_files()) StateUses(pc).changes_contents(file).tell();
}

}  // namespace

HEDDLE_EXPORT_HOOK(ssize_t, read, int file, void* to, size_t size) {
  const Address pc = HEDDLE_PC;
  refuse_streams(file, pc);
  use_file_offset(file, pc);
  return deliver_bytes(pc, to, size,
                       [&](void* into) { return HEDDLE_REAL(read)(file, into, size); });
}

HEDDLE_EXPORT_HOOK(ssize_t, __read_chk, int file, void* to, size_t size, size_t room) {
  const Address pc = HEDDLE_PC;
  refuse_streams(file, pc);
  use_file_offset(file, pc);
  return deliver_bytes(pc, to, size,
                       [&](void* into) { return HEDDLE_REAL(__read_chk)(file, into, size, room); });
}

#define HEDDLE_PREAD(name)                                                                         \
  HEDDLE_EXPORT_HOOK(ssize_t, name, int file, void* to, size_t size, off_t offset) {               \
    const Address pc = HEDDLE_PC;                                                                  \
    use_contents(file, pc);                                                                        \
    return deliver_bytes(pc, to, size,                                                             \
                         [&](void* into) { return HEDDLE_REAL(name)(file, into, size, offset); }); \
  }
HEDDLE_PREAD(pread)
HEDDLE_PREAD(pread64)

#define HEDDLE_PREAD_CHECKED(name)                                                                \
  HEDDLE_EXPORT_HOOK(ssize_t, name, int file, void* to, size_t size, off_t offset, size_t room) { \
    const Address pc = HEDDLE_PC;                                                                 \
    use_contents(file, pc);                                                                       \
    return deliver_bytes(pc, to, size, [&](void* into) {                                          \
      return HEDDLE_REAL(name)(file, into, size, offset, room);                                   \
    });                                                                                           \
  }
HEDDLE_PREAD_CHECKED(__pread_chk)
HEDDLE_PREAD_CHECKED(__pread64_chk)

HEDDLE_EXPORT_HOOK(ssize_t, readv, int file, const iovec* parts, int count) {
  const Address pc = HEDDLE_PC;
  refuse_streams(file, pc);
  return deliver_parts(pc, parts, count, [&](const iovec* into, int number) {
    use_file_offset(file, pc);
    return HEDDLE_REAL(readv)(file, into, number);
  });
}

#define HEDDLE_PREADV(name)                                                                  \
  HEDDLE_EXPORT_HOOK(ssize_t, name, int file, const iovec* parts, int count, off_t offset) { \
    const Address pc = HEDDLE_PC;                                                            \
    return deliver_parts(pc, parts, count, [&](const iovec* into, int number) {              \
      use_contents(file, pc);                                                                \
      return HEDDLE_REAL(name)(file, into, number, offset);                                  \
    });                                                                                      \
  }
HEDDLE_PREADV(preadv)
HEDDLE_PREADV(preadv64)

#define HEDDLE_PREADV2(name)                                                               \
  HEDDLE_EXPORT_HOOK(ssize_t, name, int file, const iovec* parts, int count, off_t offset, \
                     int flags) {                                                          \
    const Address pc = HEDDLE_PC;                                                          \
    return deliver_parts(pc, parts, count, [&](const iovec* into, int number) {            \
      use_contents(file, pc);                                                              \
      return HEDDLE_REAL(name)(file, into, number, offset, flags);                         \
    });                                                                                    \
  }
HEDDLE_PREADV2(preadv2)
HEDDLE_PREADV2(preadv64v2)

// `use`: a statement that says how `stream` is used, right before the C library uses it.
#define HEDDLE_FREAD(name, use)                                                         \
  HEDDLE_EXPORT_HOOK(size_t, name, void* to, size_t size, size_t count, FILE* stream) { \
    const Address pc = HEDDLE_PC;                                                       \
    use;                                                                                \
    return deliver_items(pc, to, size, count, [&](void* into) {                         \
      return HEDDLE_REAL(name)(into, size, count, stream);                              \
    });                                                                                 \
  }
HEDDLE_FREAD(fread, const StreamUse held = use_stream_input(stream, pc))
HEDDLE_FREAD(fread_unlocked, use_stream_unlocked(stream, pc))

#define HEDDLE_FREAD_CHECKED(name, use)                                              \
  HEDDLE_EXPORT_HOOK(size_t, name, void* to, size_t room, size_t size, size_t count, \
                     FILE* stream) {                                                 \
    const Address pc = HEDDLE_PC;                                                    \
    use;                                                                             \
    return deliver_items(pc, to, size, count, [&](void* into) {                      \
      return HEDDLE_REAL(name)(into, room, size, count, stream);                     \
    });                                                                              \
  }
HEDDLE_FREAD_CHECKED(__fread_chk, const StreamUse held = use_stream_input(stream, pc))
HEDDLE_FREAD_CHECKED(__fread_unlocked_chk, use_stream_unlocked(stream, pc))

#define HEDDLE_FGETS(name, use)                                                             \
  HEDDLE_EXPORT_HOOK(char*, name, char* to, int size, FILE* stream) {                       \
    const Address pc = HEDDLE_PC;                                                           \
    use;                                                                                    \
    return deliver_line(pc, to, size,                                                       \
                        [&](char* into) { return HEDDLE_REAL(name)(into, size, stream); }); \
  }
HEDDLE_FGETS(fgets, const StreamUse held = use_stream_input(stream, pc))
HEDDLE_FGETS(fgets_unlocked, use_stream_unlocked(stream, pc))

#define HEDDLE_FGETS_CHECKED(name, use)                                                           \
  HEDDLE_EXPORT_HOOK(char*, name, char* to, size_t room, int size, FILE* stream) {                \
    const Address pc = HEDDLE_PC;                                                                 \
    use;                                                                                          \
    return deliver_line(pc, to, size,                                                             \
                        [&](char* into) { return HEDDLE_REAL(name)(into, room, size, stream); }); \
  }
HEDDLE_FGETS_CHECKED(__fgets_chk, const StreamUse held = use_stream_input(stream, pc))
HEDDLE_FGETS_CHECKED(__fgets_unlocked_chk, use_stream_unlocked(stream, pc))

HEDDLE_EXPORT_HOOK(ssize_t, getline, char** line, size_t* size, FILE* stream) {
  const Address pc = HEDDLE_PC;
  const StreamUse held = use_stream_input(stream, pc);
  return deliver_whole_line(pc, line, size, [&](char** text, size_t* room) {
    return HEDDLE_REAL(getline)(text, room, stream);
  });
}

#define HEDDLE_GETDELIM(name)                                                                 \
  HEDDLE_EXPORT_HOOK(ssize_t, name, char** line, size_t* size, int delimiter, FILE* stream) { \
    const Address pc = HEDDLE_PC;                                                             \
    const StreamUse held = use_stream_input(stream, pc);                                      \
    return deliver_whole_line(pc, line, size, [&](char** text, size_t* room) {                \
      return HEDDLE_REAL(name)(text, room, delimiter, stream);                                \
    });                                                                                       \
  }
HEDDLE_GETDELIM(getdelim)
HEDDLE_GETDELIM(__getdelim)

// ---- out of the program's memory. A stream's own memory is none of the program's. Its position is
// used after the program's memory is read: nobody may come in between that use and the output.

HEDDLE_EXPORT_HOOK(ssize_t, write, int file, const void* from, size_t size) {
  const Address pc = HEDDLE_PC;
  if (is_watched()) MemoryAccess(pc).read(from, size);
  use_file_output(file, pc);
  return HEDDLE_REAL(write)(file, from, size);
}

#define HEDDLE_PWRITE(name)                                                                  \
  HEDDLE_EXPORT_HOOK(ssize_t, name, int file, const void* from, size_t size, off_t offset) { \
    const Address pc = HEDDLE_PC;                                                            \
    if (is_watched()) MemoryAccess(pc).read(from, size);                                     \
    use_contents_for_output(file, pc);                                                       \
    return HEDDLE_REAL(name)(file, from, size, offset);                                      \
  }
HEDDLE_PWRITE(pwrite)
HEDDLE_PWRITE(pwrite64)

HEDDLE_EXPORT_HOOK(ssize_t, writev, int file, const iovec* parts, int count) {
  const Address pc = HEDDLE_PC;
  if (is_watched() && count > 0) {
    access_parts(MemoryAccess(pc), parts, static_cast<size_t>(count));
  }
  use_file_output(file, pc);
  return HEDDLE_REAL(writev)(file, parts, count);
}

#define HEDDLE_PWRITEV(name)                                                                 \
  HEDDLE_EXPORT_HOOK(ssize_t, name, int file, const iovec* parts, int count, off_t offset) { \
    const Address pc = HEDDLE_PC;                                                            \
    if (is_watched() && count > 0) {                                                         \
      access_parts(MemoryAccess(pc), parts, static_cast<size_t>(count));                     \
    }                                                                                        \
    use_contents_for_output(file, pc);                                                       \
    return HEDDLE_REAL(name)(file, parts, count, offset);                                    \
  }
HEDDLE_PWRITEV(pwritev)
HEDDLE_PWRITEV(pwritev64)

#define HEDDLE_PWRITEV2(name)                                                              \
  HEDDLE_EXPORT_HOOK(ssize_t, name, int file, const iovec* parts, int count, off_t offset, \
                     int flags) {                                                          \
    const Address pc = HEDDLE_PC;                                                          \
    if (is_watched() && count > 0) {                                                       \
      access_parts(MemoryAccess(pc), parts, static_cast<size_t>(count));                   \
    }                                                                                      \
    use_contents_for_output(file, pc);                                                     \
    return HEDDLE_REAL(name)(file, parts, count, offset, flags);                           \
  }
HEDDLE_PWRITEV2(pwritev2)
HEDDLE_PWRITEV2(pwritev64v2)

HEDDLE_EXPORT_HOOK(ssize_t, send, int file, const void* from, size_t size, int flags) {
  if (is_watched()) MemoryAccess(HEDDLE_PC).read(from, size);
  return HEDDLE_REAL(send)(file, from, size, flags);
}

HEDDLE_EXPORT_HOOK(ssize_t, sendto, int file, const void* from, size_t size, int flags,
                   const sockaddr* address, socklen_t length) {
  if (is_watched()) {
    const MemoryAccess access(HEDDLE_PC);
    access.read(from, size);
    access.read(address, address == nullptr ? 0 : length);
  }
  return HEDDLE_REAL(sendto)(file, from, size, flags, address, length);
}

HEDDLE_EXPORT_HOOK(ssize_t, sendmsg, int file, const msghdr* message, int flags) {
  if (is_watched()) {
    const MemoryAccess access(HEDDLE_PC);
    access.read(message, sizeof *message);
    access_parts(access, message->msg_iov, message->msg_iovlen);
  }
  return HEDDLE_REAL(sendmsg)(file, message, flags);
}

#define HEDDLE_FWRITE(name, use)                                                                \
  HEDDLE_EXPORT_HOOK(size_t, name, const void* from, size_t size, size_t count, FILE* stream) { \
    const Address pc = HEDDLE_PC;                                                               \
    if (is_watched()) MemoryAccess(pc).read(from, size* count);                                 \
    use;                                                                                        \
    return HEDDLE_REAL(name)(from, size, count, stream);                                        \
  }
HEDDLE_FWRITE(fwrite, const StreamUse held = use_stream_output(stream, pc))
HEDDLE_FWRITE(fwrite_unlocked, use_stream_unlocked(stream, pc))

#define HEDDLE_FPUTS(name, use)                                   \
  HEDDLE_EXPORT_HOOK(int, name, const char* text, FILE* stream) { \
    const Address pc = HEDDLE_PC;                                 \
    if (is_watched()) MemoryAccess(pc).read_string(text);         \
    use;                                                          \
    return HEDDLE_REAL(name)(text, stream);                       \
  }
HEDDLE_FPUTS(fputs, const StreamUse held = use_stream_output(stream, pc))
HEDDLE_FPUTS(fputs_unlocked, use_stream_unlocked(stream, pc))

HEDDLE_EXPORT_HOOK(int, puts, const char* text) {
  const Address pc = HEDDLE_PC;
  if (is_watched()) MemoryAccess(pc).read_string(text);
  const StreamUse held = use_stream_output(library_variables::output(pc), pc);
  return HEDDLE_REAL(puts)(text);
}

HEDDLE_EXPORT_HOOK(void, perror, const char* text) {
  const Address pc = HEDDLE_PC;
  // Which the rest of this may change.
  const int error = errno;
  if (is_watched() && text != nullptr) MemoryAccess(pc).read_string(text);
  const StreamUse held = use_stream_output(library_variables::error_output(pc), pc);
  errno = error;
  HEDDLE_REAL(perror)(text);
}
