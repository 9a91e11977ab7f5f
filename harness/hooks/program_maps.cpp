#include "harness/hooks/program_maps.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <vector>

#include "harness/hooks/next_function.h"

namespace heddle::program_maps {
namespace {

constexpr Address kPage = 4096;

struct Map {
  Address begin;
  Address end;
  int protection;
  bool discardable;  // MADV_DONTNEED makes it zero: anonymous and private
};

// Pages of a mapping that was there before main: what they held, or nothing but zeros.
struct Saved {
  Address begin;
  Address end;
  bool discardable;
  std::vector<unsigned char> copy;  // empty: zeros
};

struct State {
  std::vector<Map> maps;  // ascending, apart from each other
  std::vector<Map> maps_before_main;
  std::vector<Saved> saved;
};

// Made at first use, which may be before constructors have run, and never destroyed.
constinit State* g_state = nullptr;
constinit Address g_top = kBegin;        // first address never handed out in this run
constinit Address g_run_begin = kBegin;  // what the snapshot ends at
constinit bool g_touched = false;        // in this run: some mapping was made or changed
constinit bool g_disturbed = false;      // in this run: one that was there before main was changed
constinit std::atomic_flag g_lock = ATOMIC_FLAG_INIT;

// Held for system calls: nothing here is called often, and the real threads of the stress engine
// map as they like.
class Guard {
 public:
  Guard() {
    while (g_lock.test_and_set(std::memory_order_acquire)) __builtin_ia32_pause();
    if (g_state == nullptr) g_state = new State;
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() { g_lock.clear(std::memory_order_release); }
};

Address round_up(Address value) {
  return (value + kPage - 1) & ~(kPage - 1);
}

void* pointer(Address address) {
  return reinterpret_cast<void*>(address);
}

// The system's own, whatever stands in front of the C library's functions.
Address system_map(Address at, std::size_t size, int protection, int flags, int file = -1,
                   off_t offset = 0) {
  return reinterpret_cast<Address>(
      HEDDLE_NEXT(mmap)(pointer(at), size, protection, flags, file, offset));
}

bool failed(Address address) {
  return pointer(address) == MAP_FAILED;
}

// Cuts mappings at `begin` and `end`. Returns the part of the list in between.
std::pair<std::size_t, std::size_t> cut(Address begin, Address end) {
  std::vector<Map>& maps = g_state->maps;
  const auto split = [&maps](Address at) {
    const auto found =
        std::find_if(maps.begin(), maps.end(), [at](const Map& map) { return map.end > at; });
    const auto index = static_cast<std::size_t>(found - maps.begin());
    if (found == maps.end() || found->begin >= at) return index;
    Map upper = *found;
    found->end = at;
    upper.begin = at;
    maps.insert(maps.begin() + static_cast<std::ptrdiff_t>(index) + 1, upper);
    return index + 1;
  };
  const std::size_t first = split(begin);
  return {first, split(end)};
}

bool was_there_before_main(Address begin, Address end) {
  const auto& before = g_state->maps_before_main;
  return std::any_of(before.begin(), before.end(),
                     [=](const Map& map) { return map.begin < end && begin < map.end; });
}

// The mapping at these addresses is another from now on.
void note_change(Address begin, Address end) {
  g_touched = true;
  g_disturbed |= was_there_before_main(begin, end);
}

void remove(Address begin, Address end) {
  note_change(begin, end);
  const auto [first, last] = cut(begin, end);
  auto& maps = g_state->maps;
  maps.erase(maps.begin() + static_cast<std::ptrdiff_t>(first),
             maps.begin() + static_cast<std::ptrdiff_t>(last));
}

void add(const Map& map) {
  remove(map.begin, map.end);
  auto& maps = g_state->maps;
  const auto at = std::find_if(maps.begin(), maps.end(),
                               [&map](const Map& other) { return other.begin > map.begin; });
  maps.insert(at, map);
}

const Map* find(Address address) {
  const auto& maps = g_state->maps;
  const auto found = std::find_if(maps.begin(), maps.end(), [address](const Map& map) {
    return map.begin <= address && address < map.end;
  });
  return found == maps.end() ? nullptr : &*found;
}

// Which of the pages have ever been touched; without looking at them, since that is touching.
// Reserved address space may be a million times what is used of it.
class TouchedPages {
 public:
  TouchedPages() : file_(static_cast<int>(syscall(SYS_open, "/proc/self/pagemap", O_RDONLY))) {}
  TouchedPages(const TouchedPages&) = delete;
  TouchedPages& operator=(const TouchedPages&) = delete;
  ~TouchedPages() {
    if (file_ >= 0) close(file_);
  }

  bool contains(Address page) {
    const Address first = page / kPage / entries_.size() * entries_.size();
    if (first != first_) {
      first_ = first;
      entries_.fill(kPresent);  // where the system does not say
      const auto offset = static_cast<off_t>(first * sizeof entries_[0]);
      [[maybe_unused]] const ssize_t read = pread(file_, entries_.data(), sizeof entries_, offset);
    }
    return (entries_[page / kPage - first] & (kPresent | kSwapped)) != 0;
  }

 private:
  static constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
  static constexpr std::uint64_t kSwapped = std::uint64_t{1} << 62;

  int file_;
  Address first_ = ~Address{0};  // number of the page that the entries begin with
  std::array<std::uint64_t, 4096> entries_{};
};

bool all_zero(Address page) {
  const auto* bytes = static_cast<const unsigned char*>(pointer(page));
  return std::all_of(bytes, bytes + kPage, [](unsigned char byte) { return byte == 0; });
}

void save(const Map& map, TouchedPages& touched) {
  // What cannot be written was not written, and is not; what cannot be read has nothing to lose.
  if ((map.protection & PROT_WRITE) == 0) return;
  for (Address page = map.begin; page < map.end; page += kPage) {
    const bool zero = map.discardable && (!touched.contains(page) || all_zero(page));
    auto& saved = g_state->saved;
    const bool joins =
        !saved.empty() && saved.back().end == page && saved.back().copy.empty() == zero;
    if (!joins) saved.push_back({page, page, map.discardable, {}});
    Saved& last = saved.back();
    last.end = page + kPage;
    if (!zero) {
      const auto* bytes = static_cast<const unsigned char*>(pointer(page));
      last.copy.insert(last.copy.end(), bytes, bytes + kPage);
    }
  }
}

void put_back(const Saved& saved) {
  if (!saved.copy.empty()) {
    std::memcpy(pointer(saved.begin), saved.copy.data(), saved.copy.size());
  } else {
    madvise(pointer(saved.begin), saved.end - saved.begin, MADV_DONTNEED);
  }
}

}  // namespace

void* map(void* address, std::size_t size, int protection, int flags, int file, off_t offset) {
  const Guard guard;
  auto at = reinterpret_cast<Address>(address);
  const bool elsewhere = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT)) != 0;
  if (!elsewhere) {
    // An address without MAP_FIXED is no more than a wish.
    at = g_top;
    if (size > kEnd - g_top) {
      errno = ENOMEM;
      return MAP_FAILED;
    }
    flags |= MAP_FIXED_NOREPLACE;
  }
  const Address made = system_map(at, size, protection, flags, file, offset);
  if (failed(made)) return MAP_FAILED;
  const Address end = round_up(made + size);
  if (!elsewhere) g_top = end;
  add({.begin = made,
       .end = end,
       .protection = protection,
       .discardable = (flags & MAP_ANONYMOUS) != 0 && (flags & MAP_TYPE) == MAP_PRIVATE});
  return pointer(made);
}

int unmap(void* address, std::size_t size) {
  const Guard guard;
  const int result = HEDDLE_NEXT(munmap)(address, size);
  const auto begin = reinterpret_cast<Address>(address);
  if (result == 0) remove(begin, round_up(begin + size));
  return result;
}

void* remap(void* address, std::size_t old_size, std::size_t new_size, int flags,
            void* new_address) {
  const Guard guard;
  const auto begin = reinterpret_cast<Address>(address);
  const Map* known = find(begin);
  const Map old = known == nullptr ? Map{} : *known;
  Address to = reinterpret_cast<Address>(new_address);
  const bool moves = known != nullptr && flags == MREMAP_MAYMOVE && new_size > old_size;
  if (moves) {
    to = g_top;
    if (new_size > kEnd - g_top) {
      errno = ENOMEM;
      return MAP_FAILED;
    }
    flags |= MREMAP_FIXED;
  }
  void* made = (flags & MREMAP_FIXED) != 0
                   ? HEDDLE_NEXT(mremap)(address, old_size, new_size, flags, pointer(to))
                   : HEDDLE_NEXT(mremap)(address, old_size, new_size, flags);
  if (made == MAP_FAILED || known == nullptr) return made;
  const Address end = round_up(reinterpret_cast<Address>(made) + new_size);
  if (moves || (end > g_top && end <= kEnd)) g_top = end;
  remove(begin, round_up(begin + old_size));
  add({.begin = reinterpret_cast<Address>(made),
       .end = end,
       .protection = old.protection,
       .discardable = old.discardable});
  return made;
}

int protect(void* address, std::size_t size, int protection) {
  const Guard guard;
  const int result = HEDDLE_NEXT(mprotect)(address, size, protection);
  if (result != 0) return result;
  const auto begin = reinterpret_cast<Address>(address);
  const Address end = round_up(begin + size);
  note_change(begin, end);
  const auto [first, last] = cut(begin, end);
  for (std::size_t i = first; i < last; ++i) g_state->maps[i].protection = protection;
  return 0;
}

void take_snapshot() {
  if (g_state == nullptr) return;
  const Guard guard;
  g_run_begin = g_top;
  g_state->maps_before_main = g_state->maps;
  TouchedPages touched;
  for (const Map& map : g_state->maps) save(map, touched);
  g_touched = g_disturbed = false;
}

void restore() {
  if (g_state == nullptr) return;
  const Guard guard;
  if (g_touched) {
    for (const Map& map : g_state->maps) {
      if (map.begin >= kBegin && map.end <= kEnd) continue;  // below, in one go
      if (!was_there_before_main(map.begin, map.end)) {
        HEDDLE_NEXT(munmap)(pointer(map.begin), map.end - map.begin);
      }
    }
    if (g_top > g_run_begin) HEDDLE_NEXT(munmap)(pointer(g_run_begin), g_top - g_run_begin);
    g_top = g_run_begin;
    g_state->maps = g_state->maps_before_main;
  }
  if (g_disturbed) {
    for (const Map& map : g_state->maps) {
      const std::size_t size = map.end - map.begin;
      // Other kinds of mappings cannot be made anew without their file; they keep what they hold.
      if (map.discardable) {
        system_map(map.begin, size, map.protection | PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED);
      }
    }
  }
  for (const Saved& saved : g_state->saved) put_back(saved);
  if (g_disturbed) {
    for (const Map& map : g_state->maps) {
      HEDDLE_NEXT(mprotect)(pointer(map.begin), map.end - map.begin, map.protection);
    }
  }
  g_touched = g_disturbed = false;
}

void visit_readable(void (*visit)(void* context, Address begin, Address end), void* context) {
  if (g_state == nullptr) return;
  for (const Map& map : g_state->maps) {
    if ((map.protection & PROT_READ) != 0) visit(context, map.begin, map.end);
  }
}

}  // namespace heddle::program_maps
