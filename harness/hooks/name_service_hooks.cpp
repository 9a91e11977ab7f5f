// Look-ups in the system's databases. The C library keeps what it has loaded for them in memory
// that it allocates at the first call, in globals of its own: that memory must outlive the run, or
// the next run finds the globals and not what they point to.
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <sys/socket.h>

#include "harness/hooks/caller.h"
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
HEDDLE_LOOKS_UP(int, getnameinfo,
                (const sockaddr* address, socklen_t address_size, char* host, socklen_t host_size,
                 char* service, socklen_t service_size, int flags),
                (address, address_size, host, host_size, service, service_size, flags))
HEDDLE_LOOKS_UP(int, getaddrinfo,
                (const char* node, const char* service, const addrinfo* hints, addrinfo** result),
                (node, service, hints, result))
HEDDLE_LOOKS_UP(void, freeaddrinfo, (addrinfo * list), (list))
