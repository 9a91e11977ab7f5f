// malloc and its kin. Calls from the program's code get memory of the program's heap, all others
// (Heddle itself, the loader, the system's libraries starting up) the C library's.
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <new>

#include "harness/hooks/allocation_place.h"
#include "harness/hooks/caller.h"
#include "harness/hooks/constructor_calls.h"
#include "harness/hooks/engine_table.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/program_heap.h"

// The C library's own allocator under its other names, which nothing interposes.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace heap = heddle::program_heap;

namespace {

void* out_of_memory() {
  errno = ENOMEM;
  return nullptr;
}

void* program_allocate(std::size_t size, std::size_t alignment, heddle::Address pc) {
  const heddle::EngineTable& table = *heddle::g_engine_table;
  // Before anything else is called: a hook in that would be the one that the place is read of.
  const heddle::Address place = table.heap_allocate != nullptr && heddle::t_program_code
                                    ? heddle::allocation_place::of(pc)
                                    : 0;
  void* pointer = heap::allocate(size, alignment);
  if (pointer == nullptr && heap::refused()) [[unlikely]] {
    if (heddle::t_program_code && table.out_of_memory != nullptr) table.out_of_memory(pc);
  }
  if (heap::g_on_allocate != nullptr) [[unlikely]] {
    heap::g_on_allocate(reinterpret_cast<heddle::Address>(pointer));
  }
  if (pointer == nullptr) return out_of_memory();
  if (place != 0) {
    table.heap_allocate(reinterpret_cast<heddle::Address>(pointer), heap::size_of(pointer), place);
  }
  return pointer;
}

// As the C library does where it finds out.
void check(const void* pointer, const char* words, heddle::Address pc) {
  if (heap::is_intact(pointer)) return;
  [[maybe_unused]] const auto written = write(STDERR_FILENO, words, std::strlen(words));
  heddle::g_engine_table->abort(pc);
}

void program_free(void* pointer, heddle::Address pc) {
  check(pointer, "free(): invalid pointer\n", pc);
  const heddle::EngineTable& table = *heddle::g_engine_table;
  const auto address = reinterpret_cast<heddle::Address>(pointer);
  // Before it is freed: what the engine does may switch to a thread that frees it too.
  if (table.heap_free != nullptr && heddle::t_program_code && !heap::is_freed(pointer)) {
    table.heap_free(address, heap::size_of(pointer), pc);
  }
  if (!heap::release(pointer) && table.double_free != nullptr) table.double_free(address, pc);
}

// Whether what is called from `pc` is for the program.
bool is_programs(heddle::Address pc) {
  return heddle::t_program_code || heddle::constructor_calls::made_from(pc);
}

void* allocate_aligned(std::size_t alignment, std::size_t size, heddle::Address pc) {
  return is_programs(pc) ? program_allocate(size, alignment, pc) : __libc_memalign(alignment, size);
}

bool power_of_two(std::size_t value) {
  return value != 0 && (value & (value - 1)) == 0;
}

}  // namespace

HEDDLE_EXPORT void* malloc(std::size_t size) {
  return is_programs(HEDDLE_PC) ? program_allocate(size, 16, HEDDLE_PC) : __libc_malloc(size);
}

HEDDLE_EXPORT void free(void* pointer) {
  if (heap::owns(pointer)) {
    program_free(pointer, HEDDLE_PC);
  } else {
    __libc_free(pointer);
  }
}

HEDDLE_EXPORT void* calloc(std::size_t count, std::size_t size) {
  if (!is_programs(HEDDLE_PC)) return __libc_calloc(count, size);
  std::size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return out_of_memory();
  void* pointer = program_allocate(bytes, 16, HEDDLE_PC);
  if (pointer != nullptr) std::memset(pointer, 0, bytes);
  return pointer;
}

HEDDLE_EXPORT void* realloc(void* pointer, std::size_t size) {
  if (pointer == nullptr) {
    return is_programs(HEDDLE_PC) ? program_allocate(size, 16, HEDDLE_PC) : __libc_malloc(size);
  }
  if (!heap::owns(pointer)) return __libc_realloc(pointer, size);
  if (size == 0) {
    program_free(pointer, HEDDLE_PC);
    return nullptr;
  }
  check(pointer, "realloc(): invalid pointer\n", HEDDLE_PC);
  const std::size_t old_size = heap::size_of(pointer);
  // In life the block may move whatever its size is, so what it holds is read, and it is freed.
  if (size <= old_size && size > old_size / 2) {
    if (heddle::is_watched()) heddle::MemoryAccess(HEDDLE_PC).write(pointer, old_size);
    heap::set_size(pointer, size);
    return pointer;
  }
  void* moved = program_allocate(size, 16, HEDDLE_PC);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, pointer, old_size < size ? old_size : size);
  program_free(pointer, HEDDLE_PC);
  return moved;
}

HEDDLE_EXPORT void* reallocarray(void* pointer, std::size_t count, std::size_t size) {
  std::size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return out_of_memory();
  return realloc(pointer, bytes);
}

HEDDLE_EXPORT void* memalign(std::size_t alignment, std::size_t size) {
  return allocate_aligned(alignment, size, HEDDLE_PC);
}

HEDDLE_EXPORT void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return allocate_aligned(alignment, size, HEDDLE_PC);
}

HEDDLE_EXPORT int posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  if (!power_of_two(alignment) || alignment % sizeof(void*) != 0) return EINVAL;
  const heddle::Address pc = HEDDLE_PC;
  void* const block = allocate_aligned(alignment, size, pc);
  if (block == nullptr) return ENOMEM;
  if (heddle::is_watched()) {
    heddle::MemoryAccess(pc).put(result, block);
  } else {
    *result = block;
  }
  return 0;
}

HEDDLE_EXPORT void* valloc(std::size_t size) {
  return allocate_aligned(4096, size, HEDDLE_PC);
}

HEDDLE_EXPORT void* pvalloc(std::size_t size) {
  return allocate_aligned(4096, (size + 4095) & ~std::size_t{4095}, HEDDLE_PC);
}

HEDDLE_EXPORT std::size_t malloc_usable_size(void* pointer) {
  if (pointer == nullptr) return 0;
  if (heap::owns(pointer)) return heap::size_of(pointer);
  // What the C library says of its own blocks; its layout has not changed since 2.0: the word
  // before the block holds the chunk's size, its low three bits flags, bit 1 for mapped chunks.
  const std::size_t word = static_cast<const std::size_t*>(pointer)[-1];
  return (word & ~std::size_t{7}) - ((word & 2) != 0 ? 2 : 1) * sizeof(std::size_t);
}

// Heddle's own C++ allocations, in this library only (exports.map keeps them local): never the
// program's heap, so a container of the runtime may grow in the middle of a hook.
void* operator new(std::size_t size) {
  void* pointer = __libc_malloc(size == 0 ? 1 : size);
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  void* pointer = __libc_memalign(static_cast<std::size_t>(alignment), size == 0 ? 1 : size);
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return operator new(size, alignment);
}
// The C library's free goes by the address: a string that libstdc++ allocated for the runtime while
// program code was marked may come from the program's heap.
void operator delete(void* pointer) noexcept {
  free(pointer);
}
void operator delete[](void* pointer) noexcept {
  free(pointer);
}
void operator delete(void* pointer, std::size_t) noexcept {
  free(pointer);
}
void operator delete[](void* pointer, std::size_t) noexcept {
  free(pointer);
}
void operator delete(void* pointer, std::align_val_t) noexcept {
  free(pointer);
}
void operator delete[](void* pointer, std::align_val_t) noexcept {
  free(pointer);
}
void operator delete(void* pointer, std::size_t, std::align_val_t) noexcept {
  free(pointer);
}
void operator delete[](void* pointer, std::size_t, std::align_val_t) noexcept {
  free(pointer);
}
