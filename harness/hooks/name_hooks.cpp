// The names of files: what changes them and what goes by them, beside opening (opening_hooks.cpp).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/file_positions.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/state_uses.h"

using namespace heddle;  // NOLINT(google-build-using-namespace): its own hooks
using hidden_state::Memory;
using hidden_state::StateUses;
using hidden_state::use_descriptor;

// A hook that says what the call uses and goes on to the C library's function. `arguments` in
// brackets; `uses`: of a StateUses.
#define HEDDLE_NAME(name, parameters, arguments, uses) \
  HEDDLE_EXPORT int name parameters {                  \
    StateUses(HEDDLE_PC).uses.tell();                  \
    return HEDDLE_NEXT(name) arguments;                \
  }
// From a folder, or of a file, that is open.
#define HEDDLE_NAME_AT(name, parameters, arguments, file, uses) \
  HEDDLE_EXPORT int name parameters {                           \
    const Address pc = HEDDLE_PC;                               \
    use_descriptor(file, pc);                                   \
    StateUses(pc).uses.tell();                                  \
    return HEDDLE_NEXT(name) arguments;                         \
  }

HEDDLE_NAME(access, (const char* path, int mode) noexcept, (path, mode), looks_for(path))
HEDDLE_NAME(eaccess, (const char* path, int mode) noexcept, (path, mode), looks_for(path))
HEDDLE_NAME(euidaccess, (const char* path, int mode) noexcept, (path, mode), looks_for(path))
HEDDLE_NAME_AT(faccessat, (int folder, const char* path, int mode, int flags) noexcept,
               (folder, path, mode, flags), folder, looks_for(path))
HEDDLE_NAME(mkdir, (const char* path, mode_t mode) noexcept, (path, mode), creates(path))
HEDDLE_NAME_AT(mkdirat, (int folder, const char* path, mode_t mode) noexcept, (folder, path, mode),
               folder, creates(path))
HEDDLE_NAME(mkfifo, (const char* path, mode_t mode) noexcept, (path, mode), creates(path))
HEDDLE_NAME(mknod, (const char* path, mode_t mode, dev_t device) noexcept, (path, mode, device),
            creates(path))
HEDDLE_NAME(rmdir, (const char* path) noexcept, (path), changes(path))
HEDDLE_NAME(unlink, (const char* path) noexcept, (path), changes(path))
HEDDLE_NAME_AT(unlinkat, (int folder, const char* path, int flags) noexcept, (folder, path, flags),
               folder, changes(path))
HEDDLE_NAME(remove, (const char* path) noexcept, (path), changes(path))
HEDDLE_NAME(rename, (const char* from, const char* to) noexcept, (from, to),
            changes(from).changes(to))
HEDDLE_NAME_AT(renameat, (int folder, const char* from, int other, const char* to) noexcept,
               (folder, from, other, to), folder, changes(from).changes(to))
HEDDLE_NAME(link, (const char* from, const char* to) noexcept, (from, to),
            changes(from).changes(to))
HEDDLE_NAME(symlink, (const char* from, const char* to) noexcept, (from, to),
            changes(from).changes(to))
HEDDLE_NAME(chmod, (const char* path, mode_t mode) noexcept, (path, mode), changes(path))
HEDDLE_NAME_AT(fchmod, (int file, mode_t mode) noexcept, (file, mode), file,
               update<&Memory::file_names>())
HEDDLE_NAME_AT(fchmodat, (int folder, const char* path, mode_t mode, int flags) noexcept,
               (folder, path, mode, flags), folder, changes(path))
HEDDLE_NAME(chown, (const char* path, uid_t user, gid_t group) noexcept, (path, user, group),
            changes(path))
HEDDLE_NAME(lchown, (const char* path, uid_t user, gid_t group) noexcept, (path, user, group),
            changes(path))
HEDDLE_NAME_AT(fchown, (int file, uid_t user, gid_t group) noexcept, (file, user, group), file,
               update<&Memory::file_names>())

#define HEDDLE_TRUNCATE(name, type)                                       \
  HEDDLE_NAME(name, (const char* path, type size) noexcept, (path, size), \
              changes(path).changes_contents(path))
HEDDLE_TRUNCATE(truncate, off_t)
HEDDLE_TRUNCATE(truncate64, off64_t)

#define HEDDLE_FTRUNCATE(name, type) \
  HEDDLE_NAME_AT(name, (int file, type size) noexcept, (file, size), file, changes_contents(file))
HEDDLE_FTRUNCATE(ftruncate, off_t)
HEDDLE_FTRUNCATE(ftruncate64, off64_t)

// What is in a file is there at once, for all threads.
#define HEDDLE_SYNC(name)            \
  HEDDLE_EXPORT int name(int file) { \
    use_descriptor(file, HEDDLE_PC); \
    return HEDDLE_NEXT(name)(file);  \
  }
HEDDLE_SYNC(fsync)
HEDDLE_SYNC(fdatasync)

HEDDLE_EXPORT int isatty(int file) noexcept {
  use_descriptor(file, HEDDLE_PC);
  return HEDDLE_NEXT(isatty)(file);
}

namespace {

template <typename Time>
void read_times(const Time* times, std::size_t count, Address pc) {
  if (times != nullptr && is_watched()) MemoryAccess(pc).read(times, count * sizeof *times);
}

}  // namespace

HEDDLE_EXPORT int utime(const char* path, const utimbuf* times) noexcept {
  const Address pc = HEDDLE_PC;
  read_times(times, 1, pc);
  StateUses(pc).changes(path).tell();
  return HEDDLE_NEXT(utime)(path, times);
}

HEDDLE_EXPORT int utimes(const char* path, const timeval times[2]) noexcept {
  const Address pc = HEDDLE_PC;
  read_times(times, 2, pc);
  StateUses(pc).changes(path).tell();
  return HEDDLE_NEXT(utimes)(path, times);
}

HEDDLE_EXPORT int utimensat(int folder, const char* path, const timespec times[2],
                            int flags) noexcept {
  const Address pc = HEDDLE_PC;
  read_times(times, 2, pc);
  use_descriptor(folder, pc);
  StateUses(pc).changes(path).tell();
  return HEDDLE_NEXT(utimensat)(folder, path, times, flags);
}

HEDDLE_EXPORT int futimens(int file, const timespec times[2]) noexcept {
  const Address pc = HEDDLE_PC;
  read_times(times, 2, pc);
  use_descriptor(file, pc);
  StateUses(pc).update<&Memory::file_names>().tell();
  return HEDDLE_NEXT(futimens)(file, times);
}

// It writes the name that it has chosen.
HEDDLE_EXPORT char* mkdtemp(char* path) noexcept {
  const Address pc = HEDDLE_PC;
  StateUses(pc).creates(path).tell();
  char* const made = HEDDLE_NEXT(mkdtemp)(path);
  if (made != nullptr && is_watched()) MemoryAccess(pc).write(path, strlen(path));
  return made;
}
