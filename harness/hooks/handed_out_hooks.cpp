// Functions whose result lies in memory that their next call overwrites: see hidden_state.def.
#include <crypt.h>
#include <grp.h>
#include <mntent.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utmpx.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/handed_out.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"

using namespace heddle;  // NOLINT(google-build-using-namespace): its own hooks
using hidden_state::hand_out;
using hidden_state::Memory;
using hidden_state::use;

namespace {

void read_argument(const MemoryAccess& access, const char* text) {
  if (text != nullptr) access.read_string(text);
}
void read_argument(const MemoryAccess& access, const ether_addr* address) {
  access.read(address, sizeof *address);
}
// A number, or a stream. What lies behind other pointers is told where they are handed on.
template <typename T>
void read_argument(const MemoryAccess& /*access*/, const T& /*argument*/) {}

template <typename... T>
void read_arguments(Address pc, T... arguments) {
  if (!is_watched()) return;
  const MemoryAccess access(pc);
  (read_argument(access, arguments), ...);
}

// A text that a call has written into the program's own room.
char* given(char* text, Address pc) {
  if (text != nullptr && is_watched()) MemoryAccess(pc).write(text, strlen(text) + 1);
  return text;
}

// What a call takes beside numbers and streams.
void read_bytes(const void* bytes, std::size_t size, Address pc) {
  if (bytes != nullptr && is_watched()) MemoryAccess(pc).read(bytes, size);
}

}  // namespace

#define HEDDLE_READ(...) read_arguments(HEDDLE_PC __VA_OPT__(, ) __VA_ARGS__)
// `arguments` in brackets.
#define HEDDLE_HANDS_OUT(result, name, parameters, arguments, state)                         \
  HEDDLE_EXPORT result* name parameters {                                                    \
    HEDDLE_READ arguments;                                                                   \
    return hand_out<&Memory::state>(HEDDLE_PC, [&] { return HEDDLE_NEXT(name) arguments; }); \
  }

// The next entry of a list, whose place is kept under a lock.
#define HEDDLE_NEXT_ENTRY(result, name, place)                                       \
  HEDDLE_EXPORT result* name() {                                                     \
    const Address pc = HEDDLE_PC;                                                    \
    use<&Memory::place>(pc);                                                         \
    return hand_out<&Memory::name##_result>(pc, [] { return HEDDLE_NEXT(name)(); }); \
  }

// Moves such a place. What the C library allocates for the list stays for the next run.
#define HEDDLE_MOVES(name, parameters, arguments, place) \
  HEDDLE_EXPORT void name parameters {                   \
    use<&Memory::place>(HEDDLE_PC);                      \
    const RuntimeScope scope;                            \
    HEDDLE_NEXT(name) arguments;                         \
  }

HEDDLE_HANDS_OUT(char, l64a, (long number), (number), l64a_text)
HEDDLE_HANDS_OUT(char, ecvt, (double number, int digits, int* point, int* sign),
                 (number, digits, point, sign), ecvt_text)
HEDDLE_HANDS_OUT(char, fcvt, (double number, int digits, int* point, int* sign),
                 (number, digits, point, sign), fcvt_text)
HEDDLE_HANDS_OUT(char, crypt, (const char* phrase, const char* setting), (phrase, setting),
                 crypt_text)
HEDDLE_HANDS_OUT(char, ttyname, (int file), (file), ttyname_text)
HEDDLE_HANDS_OUT(char, ptsname, (int file), (file), ptsname_text)
HEDDLE_HANDS_OUT(char, getlogin, (), (), getlogin_text)
HEDDLE_HANDS_OUT(char, ether_ntoa, (const ether_addr* address), (address), ether_ntoa_text)
HEDDLE_HANDS_OUT(ether_addr, ether_aton, (const char* text), (text), ether_aton_result)

// The caller's memory, if it gives some.
HEDDLE_EXPORT char* ctermid(char* text) {
  if (text != nullptr) return given(HEDDLE_NEXT(ctermid)(text), HEDDLE_PC);
  return hand_out<&Memory::ctermid_text>(HEDDLE_PC, [] { return HEDDLE_NEXT(ctermid)(nullptr); });
}

HEDDLE_EXPORT char* tmpnam(char* text) {
  if (text != nullptr) return given(HEDDLE_NEXT(tmpnam)(text), HEDDLE_PC);
  return hand_out<&Memory::tmpnam_text>(HEDDLE_PC, [] { return HEDDLE_NEXT(tmpnam)(nullptr); });
}

HEDDLE_HANDS_OUT(passwd, getpwnam, (const char* name), (name), getpwnam_result)
HEDDLE_HANDS_OUT(passwd, getpwuid, (uid_t user), (user), getpwuid_result)
HEDDLE_NEXT_ENTRY(passwd, getpwent, password_place)
HEDDLE_MOVES(setpwent, (), (), password_place)
HEDDLE_MOVES(endpwent, (), (), password_place)

HEDDLE_HANDS_OUT(group, getgrnam, (const char* name), (name), getgrnam_result)
HEDDLE_HANDS_OUT(group, getgrgid, (gid_t id), (id), getgrgid_result)
HEDDLE_NEXT_ENTRY(group, getgrent, group_place)
HEDDLE_MOVES(setgrent, (), (), group_place)
HEDDLE_MOVES(endgrent, (), (), group_place)

HEDDLE_HANDS_OUT(passwd, fgetpwent, (FILE * stream), (stream), fgetpwent_result)
HEDDLE_HANDS_OUT(group, fgetgrent, (FILE * stream), (stream), fgetgrent_result)
HEDDLE_HANDS_OUT(mntent, getmntent, (FILE * stream), (stream), getmntent_result)
HEDDLE_HANDS_OUT(char, getpass, (const char* prompt), (prompt), getpass_text)

HEDDLE_HANDS_OUT(hostent, gethostbyname, (const char* name), (name), gethostbyname_result)
HEDDLE_HANDS_OUT(hostent, gethostbyname2, (const char* name, int family), (name, family),
                 gethostbyname2_result)
HEDDLE_HANDS_OUT(hostent, gethostbyaddr, (const void* address, socklen_t size, int family),
                 (address, size, family), gethostbyaddr_result)
HEDDLE_NEXT_ENTRY(hostent, gethostent, host_place)
HEDDLE_MOVES(sethostent, (int stay), (stay), host_place)
HEDDLE_MOVES(endhostent, (), (), host_place)

HEDDLE_HANDS_OUT(netent, getnetbyname, (const char* name), (name), getnetbyname_result)
HEDDLE_HANDS_OUT(netent, getnetbyaddr, (uint32_t net, int family), (net, family),
                 getnetbyaddr_result)
HEDDLE_NEXT_ENTRY(netent, getnetent, net_place)
HEDDLE_MOVES(setnetent, (int stay), (stay), net_place)
HEDDLE_MOVES(endnetent, (), (), net_place)

HEDDLE_HANDS_OUT(protoent, getprotobyname, (const char* name), (name), getprotobyname_result)
HEDDLE_HANDS_OUT(protoent, getprotobynumber, (int number), (number), getprotobynumber_result)
HEDDLE_NEXT_ENTRY(protoent, getprotoent, protocol_place)
HEDDLE_MOVES(setprotoent, (int stay), (stay), protocol_place)
HEDDLE_MOVES(endprotoent, (), (), protocol_place)

HEDDLE_HANDS_OUT(servent, getservbyname, (const char* name, const char* protocol), (name, protocol),
                 getservbyname_result)
HEDDLE_HANDS_OUT(servent, getservbyport, (int port, const char* protocol), (port, protocol),
                 getservbyport_result)
HEDDLE_NEXT_ENTRY(servent, getservent, service_place)
HEDDLE_MOVES(setservent, (int stay), (stay), service_place)
HEDDLE_MOVES(endservent, (), (), service_place)

HEDDLE_NEXT_ENTRY(utmpx, getutxent, login_place)
HEDDLE_MOVES(setutxent, (), (), login_place)
HEDDLE_MOVES(endutxent, (), (), login_place)

HEDDLE_EXPORT utmpx* getutxid(const utmpx* wanted) {
  const Address pc = HEDDLE_PC;
  use<&Memory::login_place>(pc);
  read_bytes(wanted, sizeof *wanted, pc);
  return hand_out<&Memory::getutxid_result>(pc, [&] { return HEDDLE_NEXT(getutxid)(wanted); });
}

HEDDLE_EXPORT utmpx* getutxline(const utmpx* wanted) {
  const Address pc = HEDDLE_PC;
  use<&Memory::login_place>(pc);
  read_bytes(wanted, sizeof *wanted, pc);
  return hand_out<&Memory::getutxline_result>(pc, [&] { return HEDDLE_NEXT(getutxline)(wanted); });
}

HEDDLE_EXPORT utmpx* pututxline(const utmpx* line) {
  use<&Memory::login_place>(HEDDLE_PC);
  read_bytes(line, sizeof *line, HEDDLE_PC);
  const RuntimeScope scope;
  return HEDDLE_NEXT(pututxline)(line);
}

// The text for an unknown number is the thread's own, and replaced by its next call: in later runs
// too, so it must not lie in memory of this run.
HEDDLE_EXPORT char* strerror(int error) {
  const RuntimeScope scope;
  return HEDDLE_NEXT(strerror)(error);
}

HEDDLE_EXPORT char* strsignal(int signal) {
  const RuntimeScope scope;
  return HEDDLE_NEXT(strsignal)(signal);
}
