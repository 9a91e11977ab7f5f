#include "harness/hooks/program_imports.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
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

constexpr std::array<std::string_view, 3> kChangesFolder = {"chdir", "fchdir",
                                                            "_ZNSt10filesystem12current_path"};

constexpr std::array<std::string_view, 1> kSetsMask = {"umask"};

constexpr std::array<std::string_view, 20> kSeesNumbers = {
    "open",    "__open",   "creat",   "dup",      "fcntl",        "pipe",        "socket",
    "accept",  "eventfd",  "timerfd", "signalfd", "epoll_create", "memfd",       "inotify",
    "mkstemp", "mkostemp", "fileno",  "dirfd",    "shm_open",     "posix_openpt"};

constexpr std::array<std::string_view, 7> kSetsHandlers = {
    "signal", "sigaction", "bsd_signal", "ssignal", "sysv_signal", "__sysv_signal", "sigset"};

// Variables, by their whole names. The linker may have put a copy of one into the program, which
// the C library then uses.
constexpr std::array<std::string_view, 3> kEnvironment = {"environ", "_environ", "__environ"};
constexpr std::array<std::string_view, 6> kTimeZone = {"tzname",     "__tzname", "timezone",
                                                       "__timezone", "daylight", "__daylight"};
constexpr std::array<std::string_view, 3> kStandardStreams = {"stdin", "stdout", "stderr"};

// std::cin, cout, cerr and clog, their wide kin, and what changes all of them.
constexpr std::array<std::string_view, 10> kStreams = {
    "_ZSt3cin",   "_ZSt4cout",  "_ZSt4cerr",
    "_ZSt4clog",  "_ZSt4wcin",  "_ZSt5wcout",
    "_ZSt5wcerr", "_ZSt5wclog", "_ZNSt8ios_base15sync_with_stdio",
    "dlopen"};

// One bit for each kind.
using Kinds = std::uint32_t;
constexpr Kinds bit(Kind kind) {
  return Kinds{1} << static_cast<unsigned>(kind);
}
// Beside them: they are known.
constexpr Kinds kLooked = Kinds{1} << 31U;

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
  std::size_t count = 0;
};

// How many symbols there are, by a table that holds those which are defined; the others come first.
std::size_t count_by(const std::uint32_t* table) {
  const std::uint32_t buckets = table[0];
  const std::uint32_t first = table[1];
  const std::uint32_t* const bucket =
      table + 4 + table[2] * (sizeof(ElfW(Addr)) / sizeof(std::uint32_t));
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < buckets; ++i) last = std::max(last, bucket[i]);
  if (last < first) return first;
  // The last of each chain has its lowest bit set.
  const std::uint32_t* const chain = bucket + buckets;
  while ((chain[last - first] & 1) == 0) ++last;
  return last + 1;
}

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
      case DT_GNU_HASH:
        if (tables.count == 0) {
          tables.count = count_by(reinterpret_cast<const std::uint32_t*>(address(entry)));
        }
        break;
      default:
        break;
    }
  }
  return tables;
}

Kinds kinds_of(std::string_view name) {
  Kinds kinds = 0;
  const auto note = [&](Kind kind, const auto& names) {
    if (begins_with_one(name, names)) kinds |= bit(kind);
  };
  note(Kind::moves, kMoves);
  note(Kind::locks_streams, kLocksStreams);
  note(Kind::reads, kReads);
  note(Kind::reads, kReadingStreams);
  note(Kind::changes_folder, kChangesFolder);
  note(Kind::sets_mask, kSetsMask);
  note(Kind::sees_numbers, kSeesNumbers);
  note(Kind::sets_handlers, kSetsHandlers);
  note(Kind::has_streams, kStreams);
  return kinds;
}

Kinds kinds_of_variable(std::string_view name) {
  Kinds kinds = 0;
  const auto note = [&](Kind kind, const auto& names) {
    if (std::find(names.begin(), names.end(), name) != names.end()) kinds |= bit(kind);
  };
  note(Kind::sees_environment, kEnvironment);
  note(Kind::sees_time_zone, kTimeZone);
  note(Kind::sees_streams, kStandardStreams);
  return kinds;
}

int look(dl_phdr_info* info, std::size_t, void* out) {
  if (is_system_library(info->dlpi_name)) return 0;
  auto& found = *static_cast<Kinds*>(out);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_DYNAMIC) continue;
    const Tables tables =
        tables_of(*info, reinterpret_cast<const ElfW(Dyn)*>(info->dlpi_addr + header.p_vaddr));
    if (tables.symbols == nullptr || tables.strings == nullptr) continue;
    for (std::size_t at = 0; at < tables.count; ++at) {
      const ElfW(Sym)& symbol = tables.symbols[at];
      const std::string_view name = tables.strings + symbol.st_name;
      if (symbol.st_shndx == SHN_UNDEF) found |= kinds_of(name);
      found |= kinds_of_variable(name);
    }
  }
  return 0;
}

// Found out once, by whichever thread asks first: the program's libraries stay the same.
constinit std::atomic<Kinds> g_known = 0;

}  // namespace

bool has(Kind kind) {
  Kinds known = g_known.load(std::memory_order_relaxed);
  if (known == 0) [[unlikely]] {
    dl_iterate_phdr(look, &known);
    known |= kLooked;
    g_known.store(known, std::memory_order_relaxed);
  }
  return (known & bit(kind)) != 0;
}

}  // namespace heddle::program_imports
