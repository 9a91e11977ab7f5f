// mmap and its kin. Calls from the program's code go to program_maps, all others to the C library;
// what that library maps for itself, thread stacks and its own heap, never comes here.
#include <stdarg.h>
#include <sys/mman.h>

#include "harness/hooks/caller.h"
#include "harness/hooks/constructor_calls.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/own_code.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_maps.h"

namespace {

// Heddle maps memory of its own amid the program's calls, and that must outlive the run.
bool is_programs(heddle::Address pc) {
  if (!heddle::t_program_code) return heddle::constructor_calls::made_from(pc);
  return !heddle::is_own_code(pc);
}

}  // namespace

HEDDLE_EXPORT void* mmap(void* address, size_t size, int protection, int flags, int file,
                         off_t offset) noexcept {
  if (!is_programs(HEDDLE_PC)) {
    return HEDDLE_NEXT(mmap)(address, size, protection, flags, file, offset);
  }
  return heddle::program_maps::map(address, size, protection, flags, file, offset);
}

HEDDLE_EXPORT void* mmap64(void* address, size_t size, int protection, int flags, int file,
                           off64_t offset) noexcept {
  if (!is_programs(HEDDLE_PC)) {
    return HEDDLE_NEXT(mmap64)(address, size, protection, flags, file, offset);
  }
  return heddle::program_maps::map(address, size, protection, flags, file, offset);
}

HEDDLE_EXPORT int munmap(void* address, size_t size) noexcept {
  if (!is_programs(HEDDLE_PC)) return HEDDLE_NEXT(munmap)(address, size);
  return heddle::program_maps::unmap(address, size);
}

HEDDLE_EXPORT int mprotect(void* address, size_t size, int protection) noexcept {
  if (!is_programs(HEDDLE_PC)) return HEDDLE_NEXT(mprotect)(address, size, protection);
  return heddle::program_maps::protect(address, size, protection);
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
  if (!is_programs(HEDDLE_PC)) {
    return HEDDLE_NEXT(mremap)(address, old_size, new_size, flags, new_address);
  }
  return heddle::program_maps::remap(address, old_size, new_size, flags, new_address);
}
