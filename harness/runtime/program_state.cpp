#include "harness/runtime/program_state.h"

#include <dlfcn.h>
#include <link.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include <cstring>
#include <iostream>

#include "harness/hooks/exit_functions.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_maps.h"
#include "harness/hooks/system_libraries.h"

namespace heddle {
namespace {

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
  return {variable(optarg),    variable(optind),     variable(opterr),     variable(optopt),
          variable(signgam),   variable(stdin),      variable(stdout),     variable(stderr),
          variable(std::cin),  variable(std::cout),  variable(std::cerr),  variable(std::clog),
          variable(std::wcin), variable(std::wcout), variable(std::wcerr), variable(std::wclog)};
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
        const auto add = [&segments](Address begin, Address end) {
          if (begin >= end) return;
          auto* data = reinterpret_cast<unsigned char*>(begin);
          segments.push_back({data, std::vector<unsigned char>(data, data + (end - begin))});
        };
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD || (header.p_flags & PF_W) == 0) continue;
          const Address begin = info->dlpi_addr + header.p_vaddr;
          const Address end = begin + header.p_memsz;
          if (relro_begin >= begin && relro_begin < end) {
            add(begin, relro_begin);
            add(relro_end, end);
          } else {
            add(begin, end);
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
    segments_.push_back({begin, {begin, begin + variable.size}});
  }
  program_heap::take_snapshot();
  program_maps::take_snapshot();
  exit_functions::take_snapshot();
}

void ProgramState::restore() {
  for (const Segment& segment : segments_) {
    std::memcpy(segment.begin, segment.copy.data(), segment.copy.size());
  }
  program_heap::restore();
  program_maps::restore();
  exit_functions::restore();
}

}  // namespace heddle
