// The calls of the instrumented functions of libstdc++ (cpp_library/), under the names that
// take_in.sh gives them. What such a function accesses happens where the program called it: of all
// its accesses that is the code address, as with memcpy.
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <wchar.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/own_code.h"

// Where the program's part of the stack ended when it called one of them: the stubs write it.
extern "C" {
[[gnu::visibility("hidden"),
  gnu::tls_model("initial-exec")]] constinit thread_local heddle::Address heddle_program_frame = 0;
}

namespace heddle {
namespace {

constinit thread_local Address t_caller = 0;

Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

template <int kLog2>
void read(const void* at) {
  g_engine_table->read[kLog2](address_of(at), t_caller);
}

template <int kLog2>
void write(const void* at) {
  g_engine_table->write[kLog2](address_of(at), t_caller);
}

template <int kLog2>
void read_write(const void* at) {
  read<kLog2>(at);
  write<kLog2>(at);
}

// What they are called with, in bytes.
size_t bytes(size_t characters) {
  return characters * sizeof(wchar_t);
}

}  // namespace
}  // namespace heddle

#define HEDDLE_SEEN(result, name, ...) \
  extern "C" [[gnu::visibility("hidden")]] result heddle_seen_##name(__VA_ARGS__)

// One that another of them calls is a part of that.
HEDDLE_SEEN(void, __tsan_func_entry, void* pc) {
  if (const heddle::Address at = heddle::address_of(pc); !heddle::is_own_code(at))
    heddle::t_caller = at;
}
HEDDLE_SEEN(void, __tsan_func_exit) {}
HEDDLE_SEEN(void, __tsan_init) {}

#define HEDDLE_ACCESS(name, access, log2_size) \
  HEDDLE_SEEN(void, name, void* at) {          \
    heddle::access<log2_size>(at);             \
  }
#include "harness/hooks/tsan_entry_points.def"

// clang has names of its own for these.
#define HEDDLE_SEEN_COPY(name)                                        \
  HEDDLE_SEEN(void*, name, void* to, const void* from, size_t size) { \
    heddle::MemoryAccess(heddle::t_caller).copy(to, from, size);      \
    return to;                                                        \
  }
HEDDLE_SEEN_COPY(memcpy)
HEDDLE_SEEN_COPY(memmove)
HEDDLE_SEEN_COPY(__tsan_memcpy)
HEDDLE_SEEN_COPY(__tsan_memmove)
#define HEDDLE_SEEN_FILL(name)                                    \
  HEDDLE_SEEN(void*, name, void* to, int value, size_t size) {    \
    heddle::MemoryAccess(heddle::t_caller).fill(to, value, size); \
    return to;                                                    \
  }
HEDDLE_SEEN_FILL(memset)
HEDDLE_SEEN_FILL(__tsan_memset)
HEDDLE_SEEN(int, memcmp, const void* first, const void* second, size_t size) {
  const heddle::MemoryAccess access(heddle::t_caller);
  access.read(first, size);
  access.read(second, size);
  return memcmp(first, second, size);
}
HEDDLE_SEEN(const void*, memchr, const void* from, int wanted, size_t size) {
  const auto* const begin = static_cast<const char*>(from);
  const auto find = [&] { return static_cast<const char*>(memchr(from, wanted, size)); };
  heddle::MemoryAccess(heddle::t_caller).read_extent(from, [&] {
    const char* const found = find();
    return found == nullptr ? size : static_cast<size_t>(found - begin) + 1;
  });
  return find();
}
HEDDLE_SEEN(size_t, strlen, const char* text) {
  return heddle::MemoryAccess(heddle::t_caller).read_string(text);
}

HEDDLE_SEEN(wchar_t*, wmemcpy, wchar_t* to, const wchar_t* from, size_t count) {
  heddle::MemoryAccess(heddle::t_caller).copy(to, from, heddle::bytes(count));
  return to;
}
HEDDLE_SEEN(wchar_t*, wmemmove, wchar_t* to, const wchar_t* from, size_t count) {
  heddle::MemoryAccess(heddle::t_caller).copy(to, from, heddle::bytes(count));
  return to;
}
HEDDLE_SEEN(wchar_t*, wmemset, wchar_t* to, wchar_t value, size_t count) {
  const heddle::MemoryAccess access(heddle::t_caller);
  for (size_t i = 0; i < count; ++i) access.put(to + i, value);
  return to;
}
HEDDLE_SEEN(int, wmemcmp, const wchar_t* first, const wchar_t* second, size_t count) {
  const heddle::MemoryAccess access(heddle::t_caller);
  access.read(first, heddle::bytes(count));
  access.read(second, heddle::bytes(count));
  for (size_t i = 0; i < count; ++i) {
    if (first[i] != second[i]) return first[i] < second[i] ? -1 : 1;
  }
  return 0;
}
HEDDLE_SEEN(const wchar_t*, wmemchr, const wchar_t* from, wchar_t wanted, size_t count) {
  const heddle::MemoryAccess access(heddle::t_caller);
  for (size_t i = 0; i < count; ++i) {
    access.read(from + i, sizeof *from);
    if (from[i] == wanted) return from + i;
  }
  return nullptr;
}
HEDDLE_SEEN(size_t, wcslen, const wchar_t* text) {
  return heddle::MemoryAccess(heddle::t_caller).read_string(text);
}

// ---- threads

// What the library's own function has on the stack may lie where the program's frames were.
HEDDLE_SEEN(int, pthread_join, pthread_t thread, void** result) {
  heddle::t_caller_frame = heddle_program_frame;
  return heddle::g_engine_table->thread_join(thread, result, heddle::t_caller);
}
HEDDLE_SEEN(int, pthread_detach, pthread_t thread) {
  heddle::t_caller_frame = heddle_program_frame;
  return heddle::g_engine_table->thread_detach(thread, heddle::t_caller);
}
