// mmap and its kin, on their way to ThreadSanitizer's runtime: what a run maps must not be there in
// the next.
#include <stdarg.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>

#include "harness/engine/native/mapped_memory.h"
#include "harness/engine/tsan/child_run.h"
#include "harness/engine/tsan/tsan_engine.h"
#include "harness/hooks/next_function.h"

#define HEDDLE_EXPORT extern "C" __attribute__((visibility("default")))
#define HEDDLE_PC __builtin_return_address(0)

extern "C" {
void __tsan_func_entry(void* pc);
void __tsan_func_exit();
}

namespace heddle::tsan {
namespace {

constinit native::MappedMemory g_maps{};
constinit std::atomic_flag g_maps_lock = ATOMIC_FLAG_INIT;

// A call from `pc`. Held over the system call too: addresses that one thread gives back are given
// to another, and the account must not turn that round.
class MapCall {
 public:
  explicit MapCall(void* pc) : in_program_(t_self != nullptr) {
    // The runtime takes its caller for the place in the program, which is one further up.
    if (in_program_) __tsan_func_entry(pc);
    while (g_maps_lock.test_and_set(std::memory_order_acquire)) native::relax();
  }
  MapCall(const MapCall&) = delete;
  MapCall& operator=(const MapCall&) = delete;
  ~MapCall() {
    const int error = errno;
    g_maps_lock.clear(std::memory_order_release);
    if (in_program_) __tsan_func_exit();
    errno = error;
  }

 private:
  bool in_program_;
};

Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

}  // namespace

bool maps_are_restorable() {
  return g_maps.restorable();
}

void begin_mapping_runs() {
  g_maps.begin_runs();
}

void restore_maps() {
  // Through the runtime, which forgets what it knows of accesses there.
  g_maps.restore(HEDDLE_NEXT(munmap));
}

void note_maps_constructed() {
  g_maps.freeze();
}

}  // namespace heddle::tsan

using heddle::tsan::address_of;
using heddle::tsan::g_maps;
using heddle::tsan::MapCall;

HEDDLE_EXPORT void* mmap(void* address, size_t size, int protection, int flags, int file,
                         off_t offset) noexcept {
  const MapCall call(HEDDLE_PC);
  void* made = HEDDLE_NEXT(mmap)(address, size, protection, flags, file, offset);
  if (made != MAP_FAILED) g_maps.mapped(address_of(made), size, protection, flags);
  return made;
}

HEDDLE_EXPORT void* mmap64(void* address, size_t size, int protection, int flags, int file,
                           off64_t offset) noexcept {
  const MapCall call(HEDDLE_PC);
  void* made = HEDDLE_NEXT(mmap64)(address, size, protection, flags, file, offset);
  if (made != MAP_FAILED) g_maps.mapped(address_of(made), size, protection, flags);
  return made;
}

HEDDLE_EXPORT int munmap(void* address, size_t size) noexcept {
  const MapCall call(HEDDLE_PC);
  const int result = HEDDLE_NEXT(munmap)(address, size);
  if (result == 0) g_maps.unmapped(address_of(address), size);
  return result;
}

HEDDLE_EXPORT int mprotect(void* address, size_t size, int protection) noexcept {
  const MapCall call(HEDDLE_PC);
  const int result = HEDDLE_NEXT(mprotect)(address, size, protection);
  if (result == 0) g_maps.protection_changed(address_of(address), size, protection);
  return result;
}

HEDDLE_EXPORT void* mremap(void* address, size_t old_size, size_t new_size, int flags,
                           ...) noexcept {
  void* new_address = nullptr;
  if ((flags & MREMAP_FIXED) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    new_address = va_arg(arguments, void*);
    va_end(arguments);
  }
  const MapCall call(HEDDLE_PC);
  void* made = HEDDLE_NEXT(mremap)(address, old_size, new_size, flags, new_address);
  if (made != MAP_FAILED) {
    g_maps.moved(address_of(address), old_size, address_of(made), new_size);
  }
  return made;
}
