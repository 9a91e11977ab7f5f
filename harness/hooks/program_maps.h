// Memory that the program under test maps itself, mostly in allocators of its own: given at a fixed
// address, so that pointer values repeat, and put back between runs. What a run maps is unmapped;
// what was mapped before main holds again what it held then.
//
// Files keep what is written to them through a shared mapping, and mappings shared with other
// processes are theirs as well: neither is put back.
#pragma once

#include <sys/types.h>

#include <cstddef>

#include "harness/model/op.h"

namespace heddle::program_maps {

inline constexpr Address kBegin = 0x3000'0000'0000;
inline constexpr Address kEnd = kBegin + (Address{1} << 42);

// As the C library's functions of these names, for the program's calls of them.
void* map(void* address, std::size_t size, int protection, int flags, int file, off_t offset);
int unmap(void* address, std::size_t size);
void* remap(void* address, std::size_t old_size, std::size_t new_size, int flags,
            void* new_address);
int protect(void* address, std::size_t size, int protection);

// Takes what is mapped now as the state before main.
void take_snapshot();
// Puts the mappings back to the snapshot.
void restore();

// The mappings that can be read.
void visit_readable(void (*visit)(void* context, Address begin, Address end), void* context);

}  // namespace heddle::program_maps
