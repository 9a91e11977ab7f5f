#include "harness/hooks/program_imports.h"

#include <elf.h>
#include <link.h>

#include <array>
#include <atomic>
#include <cstring>
#include <string_view>

#include "harness/hooks/system_libraries.h"
#include "harness/model/op.h"

namespace heddle::program_imports {
namespace {

// By the beginning of the name, of functions with "64" or another variant behind it.
constexpr std::array<std::string_view, 13> kMoves = {
    "fseek",
    "ftell",
    "rewind",
    "fgetpos",
    "fsetpos",
    "lseek",
    "freopen",
    "llseek",
    // std::istream and std::ostream: seekg, tellg, seekp, tellp.
    "_ZNSi5seekg",
    "_ZNSi5tellg",
    "_ZNSo5seekp",
    "_ZNSo5tellp",
    // A buffer of the program's own use, without a stream around it.
    "_ZNSt13basic_filebuf",
};

constexpr std::array<std::string_view, 24> kReads = {
    "read",
    "pread",
    "__read_chk",
    "__pread",
    "fread",
    "__fread_chk",
    "fgets",
    "__fgets_chk",
    "fgetc",
    "getc",
    "_IO_getc",
    "getline",
    "getdelim",
    "__getdelim",
    "fscanf",
    "__isoc99_fscanf",
    "__isoc23_fscanf",
    "mmap",
    "sendfile",
    "copy_file_range",
    "splice",
    "fstat",
    "stat",
    "fgetw",
};

constexpr std::array<std::string_view, 2> kLocksStreams = {"flockfile", "ftrylockfile"};

constexpr std::array<std::string_view, 3> kReadingStreams = {
    "_ZNSt14basic_ifstream", "_ZNSt13basic_fstream", "_ZNSt13basic_filebuf"};

struct Found {
  bool moves = false;
  bool locks_streams = false;
  bool reads = false;
};

template <typename Names>
bool begins_with_one(std::string_view symbol, const Names& names) {
  for (const std::string_view name : names) {
    if (symbol.starts_with(name)) return true;
  }
  return false;
}

struct Tables {
  const ElfW(Sym) * symbols = nullptr;
  const char* strings = nullptr;
  std::size_t count = 0;  // symbols that are not defined come first
};

Tables tables_of(const dl_phdr_info& info, const ElfW(Dyn) * entry) {
  Tables tables;
  const auto address = [&info](const ElfW(Dyn) * at) {
    // The loader has made most of these absolute, and those of the vdso it has not.
    const Address value = at->d_un.d_ptr;
    return value < info.dlpi_addr ? value + info.dlpi_addr : value;
  };
  for (; entry->d_tag != DT_NULL; ++entry) {
    switch (entry->d_tag) {
      case DT_SYMTAB:
        tables.symbols = reinterpret_cast<const ElfW(Sym)*>(address(entry));
        break;
      case DT_STRTAB:
        tables.strings = reinterpret_cast<const char*>(address(entry));
        break;
      case DT_HASH:  // two counts, the second that of all symbols
        tables.count = reinterpret_cast<const std::uint32_t*>(address(entry))[1];
        break;
      case DT_GNU_HASH:  // the second is that of the symbols which it leaves out
        if (tables.count == 0) {
          tables.count = reinterpret_cast<const std::uint32_t*>(address(entry))[1];
        }
        break;
      default:
        break;
    }
  }
  return tables;
}

int look(dl_phdr_info* info, std::size_t, void* out) {
  if (is_system_library(info->dlpi_name)) return 0;
  auto& found = *static_cast<Found*>(out);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_DYNAMIC) continue;
    const Tables tables =
        tables_of(*info, reinterpret_cast<const ElfW(Dyn)*>(info->dlpi_addr + header.p_vaddr));
    if (tables.symbols == nullptr || tables.strings == nullptr) continue;
    for (std::size_t at = 0; at < tables.count; ++at) {
      const ElfW(Sym)& symbol = tables.symbols[at];
      if (symbol.st_shndx != SHN_UNDEF) continue;
      const std::string_view name = tables.strings + symbol.st_name;
      found.moves = found.moves || begins_with_one(name, kMoves);
      found.locks_streams = found.locks_streams || begins_with_one(name, kLocksStreams);
      found.reads =
          found.reads || begins_with_one(name, kReads) || begins_with_one(name, kReadingStreams);
    }
  }
  return 0;
}

// Found out once, by whichever thread asks first: the program's libraries stay the same.
struct Known {
  std::atomic<bool> looked = false;
  std::atomic<bool> moves = false;
  std::atomic<bool> locks_streams = false;
  std::atomic<bool> reads = false;
};
constinit Known g_known;

const Known& known() {
  if (!g_known.looked.load(std::memory_order_acquire)) [[unlikely]] {
    Found found;
    dl_iterate_phdr(look, &found);
    g_known.moves.store(found.moves, std::memory_order_relaxed);
    g_known.locks_streams.store(found.locks_streams, std::memory_order_relaxed);
    g_known.reads.store(found.reads, std::memory_order_relaxed);
    g_known.looked.store(true, std::memory_order_release);
  }
  return g_known;
}

}  // namespace

bool moves_in_files() {
  return known().moves.load(std::memory_order_relaxed);
}

bool locks_streams() {
  return known().locks_streams.load(std::memory_order_relaxed);
}

bool reads_files() {
  return known().reads.load(std::memory_order_relaxed);
}

}  // namespace heddle::program_imports
