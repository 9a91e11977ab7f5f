// Look-ups in the system's databases. The C library keeps what it has loaded for them in memory
// that it allocates at the first call, in globals of its own: that memory must outlive the run, or
// the next run finds the globals and not what they point to.
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

// `arguments` in brackets.
#define HEDDLE_LOOKS_UP(result, name, parameters, arguments) \
  HEDDLE_EXPORT result name parameters {                     \
    const heddle::RuntimeScope scope;                        \
    return HEDDLE_NEXT(name) arguments;                      \
  }

HEDDLE_LOOKS_UP(int, getpwnam_r,
                (const char* name, passwd* entry, char* texts, size_t size, passwd** result),
                (name, entry, texts, size, result))
HEDDLE_LOOKS_UP(int, getpwuid_r,
                (uid_t user, passwd* entry, char* texts, size_t size, passwd** result),
                (user, entry, texts, size, result))
HEDDLE_LOOKS_UP(int, getgrnam_r,
                (const char* name, group* entry, char* texts, size_t size, group** result),
                (name, entry, texts, size, result))
HEDDLE_LOOKS_UP(int, getgrgid_r, (gid_t id, group* entry, char* texts, size_t size, group** result),
                (id, entry, texts, size, result))
HEDDLE_LOOKS_UP(int, getgrouplist, (const char* user, gid_t group, gid_t* groups, int* count),
                (user, group, groups, count))
HEDDLE_LOOKS_UP(int, gethostbyname_r,
                (const char* name, hostent* entry, char* texts, size_t size, hostent** result,
                 int* error),
                (name, entry, texts, size, result, error))
HEDDLE_LOOKS_UP(int, getservbyname_r,
                (const char* name, const char* protocol, servent* entry, char* texts, size_t size,
                 servent** result),
                (name, protocol, entry, texts, size, result))
HEDDLE_LOOKS_UP(int, getprotobyname_r,
                (const char* name, protoent* entry, char* texts, size_t size, protoent** result),
                (name, entry, texts, size, result))
HEDDLE_LOOKS_UP(int, getaddrinfo,
                (const char* node, const char* service, const addrinfo* hints, addrinfo** result),
                (node, service, hints, result))
HEDDLE_LOOKS_UP(void, freeaddrinfo, (addrinfo * list), (list))

HEDDLE_EXPORT int getnameinfo(const sockaddr* address, socklen_t address_size, char* host,
                              socklen_t host_size, char* service, socklen_t service_size,
                              int flags) {
  const auto look_up = [&](char* host_text, char* service_text) {
    const heddle::RuntimeScope scope;
    return HEDDLE_NEXT(getnameinfo)(address, address_size, host_text, host_size, service_text,
                                    service_size, flags);
  };
  if (!heddle::is_watched()) return look_up(host, service);
  const heddle::MemoryAccess access(HEDDLE_PC);
  access.read(address, address_size);
  heddle::PrivateBuffer host_text(host_size);
  heddle::PrivateBuffer service_text(service_size);
  const auto deliver = [&access](char* to, const char* text, socklen_t size) {
    if (to != nullptr && size != 0) access.put(to, text, strlen(text) + 1);
  };
  const int result = look_up(host == nullptr ? nullptr : host_text.data(),
                             service == nullptr ? nullptr : service_text.data());
  if (result == 0) {
    deliver(host, host_text.data(), host_size);
    deliver(service, service_text.data(), service_size);
  }
  return result;
}
