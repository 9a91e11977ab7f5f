#include "harness/runtime/program_state.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iostream>

#include "harness/hooks/exit_functions.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_imports.h"
#include "harness/hooks/program_maps.h"
#include "harness/hooks/system_libraries.h"

namespace heddle {
namespace {

constexpr std::size_t kPage = 4096;
// A segment from here on is looked at page by page.
constexpr std::size_t kLarge = std::size_t{256} << 10;

constexpr Address kNowhere = ~Address{0};

// The first that begins there or later.
Address page_at(Address address) {
  return (address + kPage - 1) & ~Address{kPage - 1};
}

Address page_at(const unsigned char* data) {
  return page_at(reinterpret_cast<Address>(data));
}

// Makes the system forget those pages of the range that it has elsewhere: in a file, or, from
// `anonymous` on, as zeros. Whoever touches them next gets them again, and a process that is forked
// has not to be given them.
void forget_clean_pages(Address begin, Address end, Address anonymous) {
  const int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  // See Documentation/admin-guide/mm/pagemap.rst of the kernel.
  constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
  constexpr std::uint64_t kSwapped = std::uint64_t{1} << 62;
  constexpr std::uint64_t kOfFile = std::uint64_t{1} << 61;
  static constexpr std::array<unsigned char, kPage> kZeros = {};
  std::array<std::uint64_t, 512> flags{};
  const auto is_clean = [&](Address page, std::uint64_t its) {
    if ((its & kSwapped) != 0) return false;
    if ((its & kPresent) == 0 || (its & kOfFile) != 0) return true;
    return page >= anonymous &&
           std::memcmp(reinterpret_cast<const void*>(page), kZeros.data(), kPage) == 0;
  };
  Address clean = begin;  // from here to where the loop has come to
  const auto forget_up_to = [&clean](Address page) {
    if (clean < page) madvise(reinterpret_cast<void*>(clean), page - clean, MADV_DONTNEED);
  };
  Address at = begin;
  while (at < end) {
    const std::size_t count = std::min<std::size_t>(flags.size(), (end - at) / kPage);
    const std::size_t bytes = count * sizeof flags[0];
    const auto offset = static_cast<off_t>(at / kPage * sizeof flags[0]);
    if (pread(file, flags.data(), bytes, offset) != static_cast<ssize_t>(bytes)) break;
    for (std::size_t i = 0; i < count; ++i, at += kPage) {
      if (is_clean(at, flags[i])) continue;
      forget_up_to(at);
      clean = at + kPage;
    }
  }
  forget_up_to(at);
  close(file);
}

// Variables of the C and C++ libraries that programs write. Those of g++ have them in their own
// memory, by a copy that the loader makes; those of clang use them where the libraries have them.
struct Variable {
  void* begin;
  std::size_t size;
};

template <typename T>
Variable variable(T& object) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): some are pointers.
  return {const_cast<void*>(static_cast<const volatile void*>(&object)), sizeof(T)};
}

std::vector<Variable> library_variables() {
  std::vector<Variable> variables = {variable(optarg), variable(optind),  variable(opterr),
                                     variable(optopt), variable(signgam), variable(stdin),
                                     variable(stdout), variable(stderr)};
  // They are large, and most programs cannot reach them.
  if (program_imports::has_standard_streams()) {
    for (const Variable& stream :
         {variable(std::cin), variable(std::cout), variable(std::cerr), variable(std::clog),
          variable(std::wcin), variable(std::wcout), variable(std::wcerr), variable(std::wclog)}) {
      variables.push_back(stream);
    }
  }
  return variables;
}

}  // namespace

void ProgramState::take_snapshot() {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        if (is_system_library(info->dlpi_name)) return 0;
        auto& segments = *static_cast<std::vector<Segment>*>(argument);
        Address relro_begin = 0;
        Address relro_end = 0;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_GNU_RELRO) continue;
          // The loader protects whole pages only: the rest of the last one stays writable.
          const auto page = static_cast<Address>(sysconf(_SC_PAGESIZE));
          relro_begin = info->dlpi_addr + header.p_vaddr;
          relro_end = (relro_begin + header.p_memsz) & ~(page - 1);
        }
        const auto add = [&segments](Address begin, Address end, Address anonymous) {
          if (begin >= end) return;
          auto* data = reinterpret_cast<unsigned char*>(begin);
          segments.push_back(
              {data, std::vector<unsigned char>(data, data + (end - begin)), anonymous});
        };
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD || (header.p_flags & PF_W) == 0) continue;
          const Address begin = info->dlpi_addr + header.p_vaddr;
          const Address end = begin + header.p_memsz;
          const Address anonymous = page_at(begin + header.p_filesz);
          if (relro_begin >= begin && relro_begin < end) {
            add(begin, relro_begin, anonymous);
            add(relro_end, end, anonymous);
          } else {
            add(begin, end, anonymous);
          }
        }
        return 0;
      },
      &segments_);
  for (const Variable& variable : library_variables()) {
    // A name that the program has given to something of its own, a function it may be, is not this.
    Dl_info found;
    if (dladdr(variable.begin, &found) == 0 || !is_system_library(found.dli_fname)) continue;
    auto* const begin = static_cast<unsigned char*>(variable.begin);
    segments_.push_back({begin, {begin, begin + variable.size}, kNowhere});
  }
  program_heap::take_snapshot();
  program_maps::take_snapshot();
  exit_functions::take_snapshot();
}

// To write a page that is as it was would have the kernel copy it, in a process that shares it with
// its parent or a file.
void ProgramState::restore(const Segment& segment) {
  const std::size_t size = segment.copy.size();
  // Most are single variables, for which a call would cost more than the copy.
  if (size == sizeof(std::uint32_t)) {
    std::memcpy(segment.begin, segment.copy.data(), sizeof(std::uint32_t));
    return;
  }
  if (size == sizeof(std::uint64_t)) {
    std::memcpy(segment.begin, segment.copy.data(), sizeof(std::uint64_t));
    return;
  }
  if (size < kLarge) {
    std::memcpy(segment.begin, segment.copy.data(), size);
    return;
  }
  for (std::size_t at = 0; at < size; at += kPage) {
    const std::size_t part = std::min(kPage, size - at);
    unsigned char* const page = segment.begin + at;
    const unsigned char* const then = segment.copy.data() + at;
    if (std::memcmp(page, then, part) != 0) std::memcpy(page, then, part);
  }
}

void ProgramState::prepare_to_fork(bool for_one_run) {
  for (const Segment& segment : segments_) {
    const std::size_t size = segment.copy.size();
    if (size < kLarge) continue;
    const Address begin = page_at(segment.copy.data());
    // What its last page has beside it is not the copy's.
    const Address end = page_at(segment.copy.data() + size) - kPage;
    madvise(reinterpret_cast<void*>(begin), end - begin, for_one_run ? MADV_DONTFORK : MADV_DOFORK);
    if (!for_one_run) continue;
    forget_clean_pages(page_at(segment.begin), page_at(segment.begin + size) - kPage,
                       segment.anonymous);
  }
  program_heap::prepare_to_fork(for_one_run);
}

void ProgramState::restore() {
  for (const Segment& segment : segments_) restore(segment);
  program_heap::restore();
  program_maps::restore();
  exit_functions::restore();
}

}  // namespace heddle
