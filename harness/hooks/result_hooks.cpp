// The hooks of result_calls.def. HEDDLE_EXPORT marks them as what the program sees.
#include <arpa/inet.h>
#include <grp.h>
#include <iconv.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <regex.h>
#include <sched.h>
#include <search.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>

#include <algorithm>
#include <type_traits>

#include "harness/hooks/file_positions.h"
#include "harness/hooks/file_times.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/library_variables.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/state_uses.h"
#include "harness/hooks/time_zone.h"

namespace library_variables = heddle::library_variables;
using heddle::is_watched;
using heddle::MemoryAccess;
using heddle::hidden_state::Memory;
using heddle::hidden_state::StateUses;
using heddle::hidden_state::use_descriptor;

namespace {

// What a function returns that may have allocated a text, since it was given no room for one.
template <typename T>
T made_text(const MemoryAccess& access, T value) {
  if constexpr (std::is_same_v<T, char*>) {
    if (value != nullptr) access.write(value, strlen(value) + 1);
  }
  return value;
}

}  // namespace

#define HEDDLE_BEGIN(result, name, parameters, arguments, reads)                           \
  extern "C" result heddle_hook_##name parameters __asm__(#name);                          \
  extern "C" __attribute__((visibility("default"))) result heddle_hook_##name parameters { \
    const auto real = HEDDLE_REAL(name);                                                   \
    if (!is_watched()) return real arguments;                                              \
    const MemoryAccess access(HEDDLE_PC);                                                  \
    reads;

#define HEDDLE_FILLS(result, name, parameters, arguments, reads, objects, success) \
  HEDDLE_BEGIN(result, name, parameters, arguments, reads)                         \
  heddle::PrivateResults made objects;                                             \
  const auto value = real arguments;                                               \
  if (success) made.deliver(access);                                               \
  return made.returned(value);                                                     \
  }

#define HEDDLE_FILLS_TEXT(result, name, parameters, arguments, reads, buffer, room, success, size) \
  HEDDLE_BEGIN(result, name, parameters, arguments, reads)                                         \
  if (buffer == nullptr) return made_text(access, real arguments);                                 \
  heddle::PrivateBuffer copy(room);                                                                \
  const auto program = buffer;                                                                     \
  buffer = reinterpret_cast<decltype(+buffer)>(copy.data());                                       \
  const auto value = real arguments;                                                               \
  if (success) access.put(program, copy.data(), size);                                             \
  return heddle::returned(value, buffer, program);                                                 \
  }

#define HEDDLE_WRITES(result, name, parameters, arguments, reads, success, writes) \
  HEDDLE_BEGIN(result, name, parameters, arguments, reads)                         \
  const auto value = real arguments;                                               \
  if (success) {                                                                   \
    writes;                                                                        \
  }                                                                                \
  return value;                                                                    \
  }

#define HEDDLE_FILLS_ALWAYS(name, parameters, arguments, objects) \
  HEDDLE_BEGIN(void, name, parameters, arguments, )               \
  heddle::PrivateResults made objects;                            \
  real arguments;                                                 \
  made.deliver(access);                                           \
  }

#include "harness/hooks/result_calls.def"
