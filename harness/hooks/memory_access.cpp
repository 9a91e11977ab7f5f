#include "harness/hooks/memory_access.h"

#include <wchar.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "harness/hooks/kept_errno.h"

namespace heddle {
namespace {

Address address_of(const void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

// How many of for_each_part() there are.
std::size_t parts_of(const void* to, std::size_t size) {
  return ((address_of(to) & 7) + size + 7) / 8;
}

// Calls `visit(offset, size)` for parts that do not cross the 8-byte boundaries of `to`, upwards or
// downwards.
template <typename Visit>
void for_each_part(const void* to, std::size_t size, bool upwards, Visit visit) {
  const Address begin = address_of(to);
  if (upwards) {
    for (std::size_t at = 0; at < size;) {
      const std::size_t part = std::min(8 - ((begin + at) & 7), size - at);
      visit(at, part);
      at += part;
    }
    return;
  }
  for (std::size_t end = size; end > 0;) {
    const std::size_t part = std::min(((begin + end - 1) & 7) + 1, end);
    end -= part;
    visit(end, part);
  }
}

}  // namespace

void MemoryAccess::read(const void* from, std::size_t size) const {
  if (size == 0) return;
  const KeptErrno kept;
  g_engine_table->read_range(address_of(from), size, pc_);
}

void MemoryAccess::write(const void* to, std::size_t size) const {
  if (size == 0) return;
  const KeptErrno kept;
  g_engine_table->write_range(address_of(to), size, pc_);
}

bool MemoryAccess::is_torn(const void* at, std::size_t size, std::uint64_t steps) const {
  const auto asked = g_engine_table->is_torn;
  return asked != nullptr && asked(address_of(at), size, steps, pc_);
}

void MemoryAccess::count_parts(const void* to, std::size_t size, unsigned tells) {
  const std::size_t parts = parts_of(to, size);
  const auto skip = g_engine_table->skip_steps;
  if (parts > 1 && skip != nullptr) skip(tells * (parts - 1));
}

std::size_t MemoryAccess::read_string(const char* text, std::size_t most) const {
  std::size_t length = 0;
  read_extent(text, [&] {
    length = strnlen(text, most);
    return length < most ? length + 1 : length;
  });
  return length;
}

std::size_t MemoryAccess::read_string(const wchar_t* text, std::size_t most) const {
  std::size_t length = 0;
  read_extent(text, [&] {
    length = wcsnlen(text, most);
    return sizeof(wchar_t) * (length < most ? length + 1 : length);
  });
  return length;
}

void MemoryAccess::copy(void* to, const void* from, std::size_t size) const {
  if (size == 0) return;
  const std::uint64_t steps = 2 * parts_of(to, size);
  if (!is_torn(to, size, steps) && !is_torn(from, size, steps)) {
    read(from, size);
    write(to, size);
    count_parts(to, size, 2);
    std::memmove(to, from, size);
    return;
  }
  auto* target = static_cast<char*>(to);
  const auto* source = static_cast<const char*>(from);
  // Downwards where the other way would overwrite what is still to be read.
  const bool upwards = address_of(to) - address_of(from) >= size;
  for_each_part(to, size, upwards, [&](std::size_t at, std::size_t part) {
    char bytes[8];
    read(source + at, part);
    std::memcpy(bytes, source + at, part);
    write(target + at, part);
    std::memcpy(target + at, bytes, part);
  });
}

void MemoryAccess::fill(void* to, int value, std::size_t size) const {
  if (size == 0) return;
  if (!is_torn(to, size, parts_of(to, size))) {
    write(to, size);
    count_parts(to, size, 1);
    std::memset(to, value, size);
    return;
  }
  auto* target = static_cast<char*>(to);
  for_each_part(to, size, true, [&](std::size_t at, std::size_t part) {
    write(target + at, part);
    std::memset(target + at, value, part);
  });
}

void MemoryAccess::take(void* to, const void* from, std::size_t size) const {
  if (size == 0) return;
  if (!is_torn(from, size, parts_of(from, size))) {
    read(from, size);
    count_parts(from, size, 1);
    std::memcpy(to, from, size);
    return;
  }
  auto* target = static_cast<char*>(to);
  const auto* source = static_cast<const char*>(from);
  for_each_part(from, size, true, [&](std::size_t at, std::size_t part) {
    read(source + at, part);
    std::memcpy(target + at, source + at, part);
  });
}

void MemoryAccess::put(void* to, const void* from, std::size_t size) const {
  if (size == 0) return;
  if (!is_torn(to, size, parts_of(to, size))) {
    write(to, size);
    count_parts(to, size, 1);
    std::memcpy(to, from, size);
    return;
  }
  auto* target = static_cast<char*>(to);
  const auto* source = static_cast<const char*>(from);
  for_each_part(to, size, true, [&](std::size_t at, std::size_t part) {
    write(target + at, part);
    std::memcpy(target + at, source + at, part);
  });
}

void free_private(void* block) {
  if (program_heap::owns(block)) {
    program_heap::release(block);
  } else {
    std::free(block);
  }
}

PrivateBuffer::PrivateBuffer(std::size_t size) {
  // In the program's heap, which is put back after each run: a run may end while a thread is in the
  // middle of a call. Null is left to the function, which says so.
  if (size > sizeof small_) data_ = static_cast<char*>(program_heap::allocate(size, 16));
}

PrivateBuffer::~PrivateBuffer() {
  if (data_ != small_ && data_ != nullptr) program_heap::release(data_);
}

}  // namespace heddle
