// Look-ups in the system's databases. The C library keeps what it has loaded for them in memory
// that it allocates at the first call, in globals of its own: that memory must outlive the run, or
// the next run finds the globals and not what they point to.
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

// `parameters` and `arguments` in brackets; what a look-up reads first and, when `success` (of
// `value`), has written.
#define HEDDLE_LOOKS_UP(result, name, parameters, arguments, reads, success, writes) \
  HEDDLE_EXPORT result name parameters {                                             \
    const auto look_up = [&] {                                                       \
      const heddle::RuntimeScope scope;                                              \
      return HEDDLE_NEXT(name) arguments;                                            \
    };                                                                               \
    if (!heddle::is_watched()) return look_up();                                     \
    const heddle::MemoryAccess access(HEDDLE_PC);                                    \
    reads;                                                                           \
    const auto value = look_up();                                                    \
    if (success) {                                                                   \
      writes;                                                                        \
    }                                                                                \
    return value;                                                                    \
  }

// An entry that the caller has room for; nothing is written of one that was not found.
#define HEDDLE_WRITES_ENTRY            \
  access.write(found, sizeof *found);  \
  if (*found == nullptr) return value; \
  access.write(entry, sizeof *entry);  \
  access.write(texts, size)
#define HEDDLE_ENTRY(name, type, key_parameters, keys, reads)                             \
  HEDDLE_LOOKS_UP(                                                                        \
      int, name,                                                                          \
      (HEDDLE_LIST key_parameters, type * entry, char* texts, size_t size, type** found), \
      (HEDDLE_LIST keys, entry, texts, size, found), reads, value == 0, HEDDLE_WRITES_ENTRY)
#define HEDDLE_NEXT_ENTRY(name, type)                                                \
  HEDDLE_LOOKS_UP(int, name, (type * entry, char* texts, size_t size, type** found), \
                  (entry, texts, size, found), , value == 0, HEDDLE_WRITES_ENTRY)
// Of hosts, networks, services and protocols: these tell what went wrong as well.
#define HEDDLE_NET_ENTRY(name, type, key_parameters, keys, reads)                          \
  HEDDLE_LOOKS_UP(int, name,                                                               \
                  (HEDDLE_LIST key_parameters, type * entry, char* texts, size_t size,     \
                   type** found, int* error),                                              \
                  (HEDDLE_LIST keys, entry, texts, size, found, error), reads, value == 0, \
                  HEDDLE_WRITES_ENTRY)
#define HEDDLE_LIST(...) __VA_ARGS__

HEDDLE_ENTRY(getpwnam_r, passwd, (const char* name), (name), access.read_string(name))
HEDDLE_ENTRY(getpwuid_r, passwd, (uid_t user), (user), )
HEDDLE_ENTRY(getgrnam_r, group, (const char* name), (name), access.read_string(name))
HEDDLE_ENTRY(getgrgid_r, group, (gid_t id), (id), )
HEDDLE_ENTRY(fgetpwent_r, passwd, (FILE * stream), (stream), )
HEDDLE_ENTRY(fgetgrent_r, group, (FILE * stream), (stream), )
HEDDLE_NEXT_ENTRY(getpwent_r, passwd)
HEDDLE_NEXT_ENTRY(getgrent_r, group)
HEDDLE_ENTRY(getservbyname_r, servent, (const char* name, const char* protocol), (name, protocol),
             access.read_string(name))
HEDDLE_ENTRY(getservbyport_r, servent, (int port, const char* protocol), (port, protocol), )
HEDDLE_NEXT_ENTRY(getservent_r, servent)
HEDDLE_ENTRY(getprotobyname_r, protoent, (const char* name), (name), access.read_string(name))
HEDDLE_ENTRY(getprotobynumber_r, protoent, (int number), (number), )
HEDDLE_NEXT_ENTRY(getprotoent_r, protoent)
HEDDLE_NET_ENTRY(gethostbyname_r, hostent, (const char* name), (name), access.read_string(name))
HEDDLE_NET_ENTRY(gethostbyname2_r, hostent, (const char* name, int family), (name, family),
                 access.read_string(name))
HEDDLE_NET_ENTRY(gethostbyaddr_r, hostent, (const void* address, socklen_t length, int family),
                 (address, length, family), access.read(address, length))
HEDDLE_LOOKS_UP(int, gethostent_r,
                (hostent * entry, char* texts, size_t size, hostent** found, int* error),
                (entry, texts, size, found, error), , value == 0, HEDDLE_WRITES_ENTRY)
HEDDLE_LOOKS_UP(int, getgrouplist, (const char* user, gid_t first, gid_t* groups, int* count),
                (user, first, groups, count), access.read_string(user);
                access.read(count, sizeof *count), value >= 0, access.write(count, sizeof *count);
                access.write(groups, sizeof *groups* static_cast<size_t>(*count)))
HEDDLE_LOOKS_UP(int, getaddrinfo,
                (const char* host, const char* service, const addrinfo* hints, addrinfo** found),
                (host, service, hints, found), if (host != nullptr) access.read_string(host);
                if (service != nullptr) access.read_string(service);
                access.read(hints, hints == nullptr ? 0 : sizeof *hints), value == 0,
                access.write(found, sizeof *found))

HEDDLE_EXPORT void freeaddrinfo(addrinfo* list) {
  const heddle::RuntimeScope scope;
  HEDDLE_NEXT(freeaddrinfo)(list);
}

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
