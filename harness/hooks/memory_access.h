// What functions of the C library do to the program's memory, told to the engine in force. The
// library is not instrumented, so the hook of a function says what the function accesses: reads
// before they are made, and writes before memory changes, so that another thread can come in
// between.
#pragma once

#include <time.h>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include "harness/hooks/caller.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"

namespace heddle {

// Whether the call is the program's, in a run.
inline bool is_watched() {
  return t_program_code && g_engine_table != &g_passthrough_table;
}

// The accesses of one call. A size of 0 is no access, and its pointer may be null.
class MemoryAccess {
 public:
  // `pc`: the return address of the hook, which lies in the program's line.
  explicit MemoryAccess(Address pc) : pc_(pc) {}

  void read(const void* from, std::size_t size) const;
  void write(const void* to, std::size_t size) const;

  // A string with its terminator, and `most` bytes of it at most. Returns its length, `most` if
  // there is no terminator in those.
  std::size_t read_string(const char* text, std::size_t most = SIZE_MAX) const;
  // Likewise, in characters.
  std::size_t read_string(const wchar_t* text, std::size_t most = SIZE_MAX) const;

  // As many bytes as `extent()` says, asked again after the reads: others may have come in between
  // and changed what it goes by. Returns the last answer.
  template <typename Extent>
  std::size_t read_extent(const void* from, Extent extent) const {
    return read_extents(from, nullptr, extent);
  }
  // Likewise, as many of each.
  template <typename Extent>
  std::size_t read_extents(const void* first, const void* second, Extent extent) const {
    for (std::size_t told = 0;;) {
      const std::size_t now = extent();
      if (now <= told) return now;
      read(static_cast<const char*>(first) + told, now - told);
      if (second != nullptr) read(static_cast<const char*>(second) + told, now - told);
      told = now;
    }
  }

  // These tell the accesses and make them: all at once, or 8 bytes after 8 bytes where others are
  // known to access them at the same time.
  void copy(void* to, const void* from, std::size_t size) const;  // may overlap
  void fill(void* to, int value, std::size_t size) const;
  // What lies at `to` is Heddle's own, and no access of the program.
  void take(void* to, const void* from, std::size_t size) const;
  // What lies at `from` is Heddle's own, and no access of the program.
  void put(void* to, const void* from, std::size_t size) const;
  template <typename T>
  void put(T* to, const std::type_identity_t<T>& value) const {
    put(static_cast<void*>(to), static_cast<const void*>(&value), sizeof value);
  }

 private:
  bool is_torn(const void* at, std::size_t size, std::uint64_t steps) const;
  // Made at once, with `tells` accesses told: as many steps as if it had been made in parts.
  static void count_parts(const void* to, std::size_t size, unsigned tells);

  Address pc_;
};

// The moment until which, or the time for which, a call of the program's waits; null: for ever.
inline const timespec* read_time(const timespec* time, Address pc) {
  if (time != nullptr && is_watched()) MemoryAccess(pc).read(time, sizeof *time);
  return time;
}

// Room for what a function writes, until the program is told of it: the function itself would write
// at a moment of its own.
class PrivateBuffer {
 public:
  explicit PrivateBuffer(std::size_t size);
  PrivateBuffer(const PrivateBuffer&) = delete;
  PrivateBuffer& operator=(const PrivateBuffer&) = delete;
  ~PrivateBuffer();

  char* data() { return data_; }

 private:
  char small_[512];
  char* data_ = small_;
};

// For what the C library has allocated for a hook: in the program's heap, or in its own where the
// program has none.
void free_private(void* block);

// What a function returned that was called with a private buffer: the program's for that.
template <typename T, typename Private, typename Program>
T returned(T value, [[maybe_unused]] const Private* buffer, [[maybe_unused]] Program* program) {
  if constexpr (std::is_pointer_v<T>) {
    if (static_cast<const void*>(value) == static_cast<const void*>(buffer)) return program;
  }
  return value;
}

// Stands in for objects that a function fills: the pointers to them lead to private copies as long
// as this lives. deliver() gives the program what was written there.
template <typename... T>
class PrivateResults {
 public:
  explicit PrivateResults(T*&... pointers) : places_(pointers...) {}

  void deliver(const MemoryAccess& access) {
    std::apply([&](auto&... place) { (place.deliver(access), ...); }, places_);
  }

  // What the function returned: the program's object for a private copy of it.
  template <typename U>
  U returned(U value) {
    if constexpr (std::is_pointer_v<U>) {
      std::apply([&](auto&... place) { (place.replace(value), ...); }, places_);
    }
    return value;
  }

 private:
  template <typename U>
  struct Place {
    explicit Place(U*& pointer) : program(pointer), redirected(pointer) {
      if (program == nullptr) return;
      // What the function leaves alone stays as it is.
      value = *program;
      redirected = &value;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { redirected = program; }

    void deliver(const MemoryAccess& access) {
      if (program != nullptr) access.put(program, value);
    }

    template <typename V>
    void replace(V*& pointer) {
      if constexpr (std::is_same_v<U, V>) {
        if (pointer == &value) pointer = program;
      }
    }

    U* program;
    U*& redirected;
    U value;
  };

  std::tuple<Place<T>...> places_;
};

}  // namespace heddle

// A hook has a name of its own in the source: headers declare some of the C library's functions
// with overloads or as macros, and compilers know what many of them do.
#define HEDDLE_EXPORT_HOOK(result, name, ...)                       \
  extern "C" result heddle_hook_##name(__VA_ARGS__) __asm__(#name); \
  extern "C" __attribute__((visibility("default"))) result heddle_hook_##name(__VA_ARGS__)
// The C library's function behind that hook.
#define HEDDLE_REAL(name)                                                      \
  ([]() -> decltype(&heddle_hook_##name) {                                     \
    static constinit decltype(&heddle_hook_##name) slot = nullptr;             \
    heddle::lasting_state::note<heddle::lasting_state::part_of(#name)>(#name); \
    return heddle::next_function(slot, #name);                                 \
  }())
