// Functions of the C library that keep something between calls: see hidden_state.def.
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/handed_out.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/libc_state.h"
#include "harness/hooks/library_variables.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/state_uses.h"
#include "harness/hooks/time_zone.h"

// The names and signatures below are the C library's.
#pragma GCC diagnostic ignored "-Wmissing-declarations"

using namespace heddle;  // NOLINT(google-build-using-namespace): its own hooks
using hidden_state::hand_out;
using hidden_state::keep;
using hidden_state::Memory;
using hidden_state::memory;

namespace {

// A string of the program's.
void read_text(const char* text, Address pc) {
  if (text != nullptr && is_watched()) MemoryAccess(pc).read_string(text);
}

}  // namespace

// ---- strtok: strtok_r() with a place that every run finds as a new process does

namespace {

// Tells what strtok_r() does to the text and the delimiters.
void access_word(const MemoryAccess& access, char* text, const char* delimiters) {
  access.read_string(delimiters);
  char* end = nullptr;
  access.read_extent(text, [&] {
    char* const begin = text + strspn(text, delimiters);
    end = begin + strcspn(begin, delimiters);
    return static_cast<std::size_t>(end - text) + 1;
  });
  if (*end != '\0') access.write(end, 1);
}

}  // namespace

HEDDLE_EXPORT char* strtok(char* text, const char* delimiters) {
  if (!t_program_code) return HEDDLE_NEXT(strtok)(text, delimiters);
  const Address pc = HEDDLE_PC;
  if (text == nullptr) {
    hidden_state::read<&Memory::strtok_place>(pc);
    text = memory().strtok_place;
  }
  if (text != nullptr && is_watched()) access_word(MemoryAccess(pc), text, delimiters);
  hidden_state::write<&Memory::strtok_place>(pc);
  char* rest = text;
  char* result = HEDDLE_NEXT(strtok_r)(nullptr, delimiters, &rest);
  memory().strtok_place = rest;
  return result;
}

HEDDLE_EXPORT char* strtok_r(char* text, const char* delimiters, char** place) {
  if (!is_watched()) return HEDDLE_NEXT(strtok_r)(text, delimiters, place);
  const MemoryAccess access(HEDDLE_PC);
  if (text == nullptr) {
    access.read(place, sizeof *place);
    text = *place;
  }
  if (text != nullptr) access_word(access, text, delimiters);
  char* rest = text;
  char* const result = HEDDLE_NEXT(strtok_r)(nullptr, delimiters, &rest);
  access.put(place, rest);
  return result;
}

HEDDLE_EXPORT char* strsep(char** place, const char* delimiters) {
  if (!is_watched()) return HEDDLE_NEXT(strsep)(place, delimiters);
  const MemoryAccess access(HEDDLE_PC);
  access.read(place, sizeof *place);
  char* const text = *place;
  if (text == nullptr) return nullptr;
  access.read_string(delimiters);
  std::size_t length = 0;
  access.read_extent(text, [&] {
    length = strcspn(text, delimiters);
    return length + 1;
  });
  if (text[length] != '\0') access.write(text + length, 1);
  char* rest = text;
  char* const result = HEDDLE_NEXT(strsep)(&rest, delimiters);
  access.put(place, rest);
  return result;
}

// ---- time

HEDDLE_EXPORT tm* gmtime(const time_t* when) {
  const Address pc = HEDDLE_PC;
  hidden_state::read_bytes(when, sizeof *when, pc);
  const bool is_programs = t_program_code;
  return hand_out<&Memory::broken_down_time>(pc, [&] {
    if (is_programs) time_zone::look_once();
    return HEDDLE_NEXT(gmtime)(when);
  });
}

// The time zone is that of the environment, at each call.
HEDDLE_EXPORT tm* localtime(const time_t* when) {
  const Address pc = HEDDLE_PC;
  hidden_state::read<&Memory::environment>(pc);
  hidden_state::read_bytes(when, sizeof *when, pc);
  library_variables::set_time_zone(pc);
  hidden_state::StateUses(pc).update<&Memory::time_zone>().tell();
  const bool is_programs = t_program_code;
  return hand_out<&Memory::broken_down_time>(pc, [&] {
    if (is_programs) time_zone::look();
    return HEDDLE_NEXT(localtime)(when);
  });
}

HEDDLE_EXPORT char* asctime(const tm* time) {
  const Address pc = HEDDLE_PC;
  hidden_state::read_bytes(time, sizeof *time, pc);
  return hand_out<&Memory::time_text>(pc, [&] { return HEDDLE_NEXT(asctime)(time); });
}

HEDDLE_EXPORT char* ctime(const time_t* when) {
  const Address pc = HEDDLE_PC;
  hidden_state::read<&Memory::environment>(pc);
  hidden_state::read_bytes(when, sizeof *when, pc);
  library_variables::set_time_zone(pc);
  hidden_state::StateUses(pc).update<&Memory::time_zone>().tell();
  hidden_state::write_bytes(&memory().broken_down_time, sizeof(tm), pc);
  const bool is_programs = t_program_code;
  return hand_out<&Memory::time_text>(pc, [&]() -> char* {
    if (is_programs) time_zone::look();
    tm* const time = keep(HEDDLE_NEXT(localtime)(when), memory().broken_down_time);
    return time == nullptr ? nullptr : HEDDLE_NEXT(asctime)(time);
  });
}

HEDDLE_EXPORT tm* getdate(const char* text) {
  const Address pc = HEDDLE_PC;
  hidden_state::read<&Memory::environment>(pc);
  read_text(text, pc);
  const bool is_programs = t_program_code;
  return hand_out<&Memory::date>(pc, [&] {
    if (is_programs) time_zone::look();
    return HEDDLE_NEXT(getdate)(text);
  });
}

HEDDLE_EXPORT void tzset() {
  hidden_state::read<&Memory::environment>(HEDDLE_PC);
  library_variables::set_time_zone(HEDDLE_PC);
  hidden_state::StateUses(HEDDLE_PC).update<&Memory::time_zone>().tell();
  if (t_program_code) return time_zone::look();
  HEDDLE_NEXT(tzset)();
}

// ---- the environment

HEDDLE_EXPORT char* getenv(const char* name) {
  const Address pc = HEDDLE_PC;
  read_text(name, pc);
  hidden_state::read<&Memory::environment>(pc);
  library_variables::read_environment(pc);
  return HEDDLE_NEXT(getenv)(name);
}

HEDDLE_EXPORT char* secure_getenv(const char* name) {
  const Address pc = HEDDLE_PC;
  read_text(name, pc);
  hidden_state::read<&Memory::environment>(pc);
  library_variables::read_environment(pc);
  return HEDDLE_NEXT(secure_getenv)(name);
}

HEDDLE_EXPORT int setenv(const char* name, const char* value, int replace) {
  const Address pc = HEDDLE_PC;
  read_text(name, pc);
  read_text(value, pc);
  hidden_state::write<&Memory::environment>(pc);
  library_variables::set_in_environment(name, replace != 0, pc);
  libc_state::touch_environment();
  const RuntimeScope scope;
  return HEDDLE_NEXT(setenv)(name, value, replace);
}

HEDDLE_EXPORT int unsetenv(const char* name) {
  const Address pc = HEDDLE_PC;
  read_text(name, pc);
  hidden_state::write<&Memory::environment>(pc);
  library_variables::remove_from_environment(name, pc);
  libc_state::touch_environment();
  const RuntimeScope scope;
  return HEDDLE_NEXT(unsetenv)(name);
}

HEDDLE_EXPORT int putenv(char* entry) {
  const Address pc = HEDDLE_PC;
  read_text(entry, pc);
  hidden_state::write<&Memory::environment>(pc);
  if (strchr(entry, '=') != nullptr) {
    library_variables::set_in_environment(entry, true, pc);
  } else {
    library_variables::remove_from_environment(entry, pc);
  }
  libc_state::touch_environment();
  const RuntimeScope scope;
  return HEDDLE_NEXT(putenv)(entry);
}

HEDDLE_EXPORT int clearenv() {
  hidden_state::write<&Memory::environment>(HEDDLE_PC);
  library_variables::clear_environment(HEDDLE_PC);
  libc_state::touch_environment();
  const RuntimeScope scope;
  return HEDDLE_NEXT(clearenv)();
}

// ---- random numbers

HEDDLE_EXPORT long random() {
  hidden_state::use<&Memory::random_numbers>(HEDDLE_PC);
  return HEDDLE_NEXT(random)();
}

HEDDLE_EXPORT int rand() {
  hidden_state::use<&Memory::random_numbers>(HEDDLE_PC);
  return HEDDLE_NEXT(rand)();
}

HEDDLE_EXPORT void srandom(unsigned seed) {
  hidden_state::use<&Memory::random_numbers>(HEDDLE_PC);
  HEDDLE_NEXT(srandom)(seed);
}

HEDDLE_EXPORT void srand(unsigned seed) {
  hidden_state::use<&Memory::random_numbers>(HEDDLE_PC);
  HEDDLE_NEXT(srand)(seed);
}

HEDDLE_EXPORT char* initstate(unsigned seed, char* state, size_t size) {
  hidden_state::use<&Memory::random_numbers>(HEDDLE_PC);
  return HEDDLE_NEXT(initstate)(seed, state, size);
}

HEDDLE_EXPORT char* setstate(char* state) {
  hidden_state::use<&Memory::random_numbers>(HEDDLE_PC);
  return HEDDLE_NEXT(setstate)(state);
}

HEDDLE_EXPORT double drand48() {
  hidden_state::write<&Memory::drand48_numbers>(HEDDLE_PC);
  return HEDDLE_NEXT(drand48)();
}

HEDDLE_EXPORT long lrand48() {
  hidden_state::write<&Memory::drand48_numbers>(HEDDLE_PC);
  return HEDDLE_NEXT(lrand48)();
}

HEDDLE_EXPORT long mrand48() {
  hidden_state::write<&Memory::drand48_numbers>(HEDDLE_PC);
  return HEDDLE_NEXT(mrand48)();
}

// These take the number from the caller's memory, and the rule for the next from lcong48().
HEDDLE_EXPORT double erand48(unsigned short number[3]) {
  const Address pc = HEDDLE_PC;
  hidden_state::read<&Memory::drand48_numbers>(pc);
  hidden_state::write_bytes(number, 3 * sizeof *number, pc);
  return HEDDLE_NEXT(erand48)(number);
}

HEDDLE_EXPORT long nrand48(unsigned short number[3]) {
  const Address pc = HEDDLE_PC;
  hidden_state::read<&Memory::drand48_numbers>(pc);
  hidden_state::write_bytes(number, 3 * sizeof *number, pc);
  return HEDDLE_NEXT(nrand48)(number);
}

HEDDLE_EXPORT long jrand48(unsigned short number[3]) {
  const Address pc = HEDDLE_PC;
  hidden_state::read<&Memory::drand48_numbers>(pc);
  hidden_state::write_bytes(number, 3 * sizeof *number, pc);
  return HEDDLE_NEXT(jrand48)(number);
}

HEDDLE_EXPORT void srand48(long seed) {
  hidden_state::write<&Memory::drand48_numbers>(HEDDLE_PC);
  HEDDLE_NEXT(srand48)(seed);
}

HEDDLE_EXPORT unsigned short* seed48(unsigned short seed[3]) {
  hidden_state::write<&Memory::drand48_numbers>(HEDDLE_PC);
  return HEDDLE_NEXT(seed48)(seed);
}

HEDDLE_EXPORT void lcong48(unsigned short rule[7]) {
  hidden_state::write<&Memory::drand48_numbers>(HEDDLE_PC);
  HEDDLE_NEXT(lcong48)(rule);
}

// ---- the locale

HEDDLE_EXPORT char* setlocale(int category, const char* name) {
  read_text(name, HEDDLE_PC);
  if (name == nullptr) {
    hidden_state::read<&Memory::locale>(HEDDLE_PC);
  } else {
    hidden_state::write<&Memory::locale>(HEDDLE_PC);
  }
  // What it allocates stays for the next run, as does the C library's pointer to it; and so does
  // what converts wide characters, which is loaded at their first use.
  const RuntimeScope scope;
  char* const result = HEDDLE_NEXT(setlocale)(category, name);
  if (name != nullptr && result != nullptr) btowc(0x80);
  return result;
}

HEDDLE_EXPORT lconv* localeconv() {
  hidden_state::read<&Memory::locale>(HEDDLE_PC);
  return HEDDLE_NEXT(localeconv)();
}

HEDDLE_EXPORT char* nl_langinfo(nl_item item) {
  hidden_state::read<&Memory::locale>(HEDDLE_PC);
  return HEDDLE_NEXT(nl_langinfo)(item);
}

// ---- the sign of the gamma function, in a variable that programs may read

// Not by HEDDLE_VERSION: <math.h> has these names for several types.
#define HEDDLE_GAMMA(type, name, version)                           \
  HEDDLE_EXPORT type name(type x) {                                 \
    hidden_state::write_bytes(&signgam, sizeof signgam, HEDDLE_PC); \
    using Function = type(type);                                    \
    static constinit Function* slot = nullptr;                      \
    return next_function(slot, #name, version)(x);                  \
  }

HEDDLE_GAMMA(double, lgamma, "GLIBC_2.23")
HEDDLE_GAMMA(float, lgammaf, "GLIBC_2.23")
HEDDLE_GAMMA(long double, lgammal, "GLIBC_2.23")
HEDDLE_GAMMA(double, gamma, "GLIBC_2.2.5")
HEDDLE_GAMMA(float, gammaf, "GLIBC_2.2.5")
HEDDLE_GAMMA(long double, gammal, "GLIBC_2.2.5")

// ---- getopt

namespace {

// What it tells the program by: variables of the C library's.
void use_options(int count, char* const arguments[], const char* options, Address pc) {
  hidden_state::write<&Memory::options>(pc);
  hidden_state::write_bytes(&optind, sizeof optind, pc);
  hidden_state::write_bytes(&optarg, sizeof optarg, pc);
  if (!is_watched()) return;
  const MemoryAccess access(pc);
  access.read_string(options);
  access.read(arguments, static_cast<size_t>(count) * sizeof *arguments);
  for (int i = 0; i < count; ++i) access.read_string(arguments[i]);
}

// The arguments are sorted as it goes: told only where they were, for others may read them.
template <typename Call>
int with_arguments(int count, char* const arguments[], Address pc, Call call) {
  if (!is_watched()) return call();
  const size_t size = static_cast<size_t>(count) * sizeof *arguments;
  PrivateBuffer before(size);
  memcpy(before.data(), arguments, size);
  const int result = call();
  if (memcmp(before.data(), arguments, size) != 0) MemoryAccess(pc).write(arguments, size);
  return result;
}

// `call`: of the function, with the place for the number of the long option that it has met.
template <typename Call>
int with_long_options(const option* all, int* found, Address pc, Call call) {
  if (!is_watched()) return call(found);
  const MemoryAccess access(pc);
  for (const option* one = all; one != nullptr; ++one) {
    access.read(one, sizeof *one);
    if (one->name == nullptr) break;
    access.read_string(one->name);
  }
  int met = -1;
  const int result = call(&met);
  if (met < 0) return result;
  if (found != nullptr) access.put(found, met);
  if (result == 0 && all[met].flag != nullptr) access.write(all[met].flag, sizeof *all[met].flag);
  return result;
}

}  // namespace

HEDDLE_EXPORT int getopt(int count, char* const arguments[], const char* options) {
  const Address pc = HEDDLE_PC;
  use_options(count, arguments, options, pc);
  return with_arguments(count, arguments, pc,
                        [&] { return HEDDLE_NEXT(getopt)(count, arguments, options); });
}

HEDDLE_EXPORT int getopt_long(int count, char* const arguments[], const char* options,
                              const option* long_options, int* found) {
  const Address pc = HEDDLE_PC;
  use_options(count, arguments, options, pc);
  return with_arguments(count, arguments, pc, [&] {
    return with_long_options(long_options, found, pc, [&](int* met) {
      return HEDDLE_NEXT(getopt_long)(count, arguments, options, long_options, met);
    });
  });
}

HEDDLE_EXPORT int getopt_long_only(int count, char* const arguments[], const char* options,
                                   const option* long_options, int* found) {
  const Address pc = HEDDLE_PC;
  use_options(count, arguments, options, pc);
  return with_arguments(count, arguments, pc, [&] {
    return with_long_options(long_options, found, pc, [&](int* met) {
      return HEDDLE_NEXT(getopt_long_only)(count, arguments, options, long_options, met);
    });
  });
}

// ---- the hash table of hcreate()

HEDDLE_EXPORT int hcreate(size_t size) {
  hidden_state::write<&Memory::hash_table>(HEDDLE_PC);
  const RuntimeScope scope;
  return HEDDLE_NEXT(hcreate)(size);
}

HEDDLE_EXPORT void hdestroy() {
  hidden_state::write<&Memory::hash_table>(HEDDLE_PC);
  const RuntimeScope scope;
  HEDDLE_NEXT(hdestroy)();
}

HEDDLE_EXPORT ENTRY* hsearch(ENTRY entry, ACTION action) {
  if (action == ENTER) {
    hidden_state::write<&Memory::hash_table>(HEDDLE_PC);
  } else {
    hidden_state::read<&Memory::hash_table>(HEDDLE_PC);
  }
  return HEDDLE_NEXT(hsearch)(entry, action);
}

// ---- characters of several bytes, one call after the other

namespace {

// What is read to find the end of one character: its bytes, as many as `count` says when they are
// looked at. A count that is none is of bytes that are no character, or not a whole one.
template <typename Count>
void read_character(const char* text, size_t size, Address pc, Count count) {
  if (text == nullptr || !is_watched()) return;
  MemoryAccess(pc).read_extent(text, [&] {
    const size_t bytes = count();
    return std::min(size, bytes == 0 || bytes > size ? 1 : bytes);
  });
}

// Without a state that a call would leave behind.
size_t size_of_character(const char* text, size_t size, const mbstate_t* state) {
  mbstate_t from = state == nullptr ? mbstate_t{} : *state;
  return HEDDLE_NEXT(mbrlen)(text, size, &from);
}

}  // namespace

HEDDLE_EXPORT int mblen(const char* text, size_t size) {
  const Address pc = HEDDLE_PC;
  hidden_state::write<&Memory::mblen_shift>(pc);
  read_character(text, size, pc, [&] { return size_of_character(text, size, nullptr); });
  return HEDDLE_NEXT(mblen)(text, size);
}

HEDDLE_EXPORT int mbtowc(wchar_t* result, const char* text, size_t size) {
  const Address pc = HEDDLE_PC;
  hidden_state::write<&Memory::mbtowc_shift>(pc);
  read_character(text, size, pc, [&] { return size_of_character(text, size, nullptr); });
  if (!is_watched()) return HEDDLE_NEXT(mbtowc)(result, text, size);
  PrivateResults made(result);
  const int count = HEDDLE_NEXT(mbtowc)(result, text, size);
  if (count >= 0 && text != nullptr) made.deliver(MemoryAccess(pc));
  return count;
}

// The second name is what the first is in an optimised program.
#define HEDDLE_MBRLEN(name)                                                               \
  HEDDLE_EXPORT size_t name(const char* text, size_t size, mbstate_t* state) {            \
    const Address pc = HEDDLE_PC;                                                         \
    if (state == nullptr) hidden_state::write<&Memory::mbrlen_shift>(pc);                 \
    if (!is_watched()) return HEDDLE_NEXT(mbrlen)(text, size, state);                     \
    const MemoryAccess access(pc);                                                        \
    access.read(state, state == nullptr ? 0 : sizeof *state);                             \
    read_character(text, size, pc, [&] { return size_of_character(text, size, state); }); \
    PrivateResults made(state);                                                           \
    const size_t count = HEDDLE_NEXT(mbrlen)(text, size, state);                          \
    made.deliver(access);                                                                 \
    return count;                                                                         \
  }
HEDDLE_MBRLEN(mbrlen)
HEDDLE_MBRLEN(__mbrlen)

HEDDLE_EXPORT size_t mbrtowc(wchar_t* result, const char* text, size_t size, mbstate_t* state) {
  const Address pc = HEDDLE_PC;
  if (state == nullptr) hidden_state::write<&Memory::mbrtowc_shift>(pc);
  if (!is_watched()) return HEDDLE_NEXT(mbrtowc)(result, text, size, state);
  const MemoryAccess access(pc);
  access.read(state, state == nullptr ? 0 : sizeof *state);
  read_character(text, size, pc, [&] { return size_of_character(text, size, state); });
  PrivateResults found(result);
  PrivateResults made(state);
  const size_t count = HEDDLE_NEXT(mbrtowc)(result, text, size, state);
  if (text != nullptr && count <= size) found.deliver(access);
  made.deliver(access);
  return count;
}
