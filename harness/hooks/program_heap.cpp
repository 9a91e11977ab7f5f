#include "harness/hooks/program_heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>

#include "harness/hooks/caller.h"

namespace heddle {

constinit thread_local bool t_program_code = false;
constinit thread_local Address t_caller_frame = 0;

namespace program_heap {
namespace {

// Stands right before each block. 16 bytes, so that blocks are aligned as malloc promises.
struct Header {
  std::size_t size;  // what was asked for, rounded up to 16; kFreed added once it is freed
  // In the lower bits, from the start of the whole block, for over-aligned ones, a multiple of 16
  // to which is added by how much `size` was rounded up; and above, a seal.
  std::size_t sealed_offset;
};
// Where an over-aligned block leaves more than a header before it, another header stands at the
// start, with a size of 0: so the heap can be walked.

struct FreeBlock {
  FreeBlock* next;
};

constexpr std::size_t kAlignment = 16;
constexpr std::size_t kFreed = 1;
constexpr std::size_t kClasses = 48;  // by power of two of the size
constexpr unsigned kOffsetBits = 40;  // more than the heap has
constexpr std::size_t kCommit = std::size_t{64} << 20;
// A run's memory up to here stays mapped between runs; beyond it is given back.
constexpr std::size_t kKeep = std::size_t{32} << 20;
// So much is handed out between two questions to MayGrow.
constexpr std::size_t kBetweenQuestions = std::size_t{16} << 20;
// Blocks above this are not filled: they come from the system or a huge run, and filling would
// cost more than the program's own use of them.
constexpr std::size_t kFillLimit = std::size_t{1} << 20;

constinit Address g_top = kBegin;        // first byte never handed out in this run
constinit Address g_committed = kBegin;  // mapped up to here
constinit Address g_limit = kEnd;        // nothing is handed out beyond
constinit Address g_open = kBegin;       // up to here nothing need be asked
constinit MayGrow g_may_grow = nullptr;
constinit std::atomic<bool> g_refused = false;
constinit Address g_run_begin = kBegin;  // what the snapshot ends at
constinit std::size_t g_reuse_after = kReuseAfter;
constinit Address g_high = kBegin;  // highest top of any run since memory was given back
constinit FreeBlock* g_free[kClasses] = {};
constinit std::uint64_t g_freed_classes = 0;  // bit c: g_free[c] may hold something
constinit unsigned char* g_copy = nullptr;    // the snapshot's bytes
constinit bool g_threaded = false;
constinit std::atomic_flag g_lock = ATOMIC_FLAG_INIT;

class Guard {
 public:
  Guard() {
    if (g_threaded) {
      while (g_lock.test_and_set(std::memory_order_acquire)) __builtin_ia32_pause();
    }
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() {
    if (g_threaded) g_lock.clear(std::memory_order_release);
  }
};

std::size_t class_of(std::size_t size) {
  return static_cast<std::size_t>(64 - __builtin_clzll(size | 15)) - 4;
}

Header* header_of(const void* pointer) {
  return const_cast<Header*>(static_cast<const Header*>(pointer)) - 1;
}

// A number that a program does not write by mistake: what it has written over the header of a block
// is not to be taken for the size of one.
std::size_t seal_of(const Header* header, std::size_t size, std::size_t offset) {
  const std::uint64_t mixed =
      (reinterpret_cast<Address>(header) ^ size << 17) * std::uint64_t{0x9e3779b97f4a7c15} +
      offset * std::uint64_t{0xd6e8feb86659fd93};
  return mixed >> kOffsetBits;
}

// `offset`: with what is added to it.
void write(Header* header, std::size_t size, std::size_t offset) {
  *header = {size, offset | seal_of(header, size, offset) << kOffsetBits};
}

std::size_t sealed_of(const Header* header) {
  return header->sealed_offset & ((std::size_t{1} << kOffsetBits) - 1);
}

std::size_t offset_of(const Header* header) {
  return sealed_of(header) & ~(kAlignment - 1);
}

std::size_t rounding_of(const Header* header) {
  return sealed_of(header) & (kAlignment - 1);
}

bool intact(const Header* header) {
  return header->sealed_offset >> kOffsetBits ==
         seal_of(header, header->size & ~kFreed, sealed_of(header));
}

// `up_to`: what has been handed out.
void set_open(Address up_to) {
  g_open = std::min(g_committed, g_limit);
  if (g_may_grow != nullptr) g_open = std::min(g_open, up_to + kBetweenQuestions);
}

bool commit(Address up_to) {
  if (up_to <= g_committed) return true;
  const std::size_t more = ((up_to - g_committed) / kCommit + 1) * kCommit;
  void* at = mmap(reinterpret_cast<void*>(g_committed), more, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (at == MAP_FAILED) return false;
  g_committed += more;
  return true;
}

bool grow(Address up_to) {
  if (up_to > g_limit) return false;
  if (g_may_grow != nullptr && !g_may_grow(up_to - g_run_begin)) {
    g_refused.store(true, std::memory_order_relaxed);
    return false;
  }
  if (!commit(up_to)) return false;
  set_open(up_to);
  return true;
}

// Of a block that may be larger than what is asked for now: then its size stands for that.
void set_asked(Header* header, std::size_t asked) {
  const std::size_t rounding = header->size - asked;
  write(header, header->size, offset_of(header) + (rounding < kAlignment ? rounding : 0));
}

// A block of the same class that was freed in this run, if one fits.
void* reuse(std::size_t size) {
  const std::size_t c = class_of(size);
  if (c >= kClasses) return nullptr;
  FreeBlock** link = &g_free[c];
  // Blocks of one class differ by up to a factor of two; a few looks find one that fits.
  for (int looks = 0; *link != nullptr && looks < 8; ++looks) {
    FreeBlock* block = *link;
    if (header_of(block)->size >= size && intact(header_of(block))) {
      header_of(block)->size &= ~kFreed;
      *link = block->next;
      return block;
    }
    link = &block->next;
  }
  return nullptr;
}

}  // namespace

constinit ReuseCallback g_on_reuse = nullptr;
constinit AllocateCallback g_on_allocate = nullptr;

Address run_begin() {
  return g_run_begin;
}

void visit_allocated(void (*visit)(void* context, Address begin, std::size_t size), void* context) {
  for (Address at = g_run_begin; at < g_top;) {
    const auto* first = reinterpret_cast<const Header*>(at);
    const Address block = at + (first->size == 0 ? offset_of(first) : sizeof(Header));
    // Written over: what lies behind it cannot be found.
    if (!intact(first) || !is_intact(reinterpret_cast<const void*>(block))) return;
    const std::size_t size = size_of(reinterpret_cast<const void*>(block));
    if (!is_freed(reinterpret_cast<const void*>(block))) {
      visit(context, block, size - rounding_of(reinterpret_cast<const Header*>(block) - 1));
    }
    at = block + size;
  }
}

void* allocate(std::size_t size, std::size_t alignment) {
  if (size > kEnd - kBegin) return nullptr;
  // Of no bytes one is kept, which is what stands for the block.
  const std::size_t asked = std::max<std::size_t>(size, 1);
  size = (asked + kAlignment - 1) & ~(kAlignment - 1);
  void* pointer = nullptr;
  {
    const Guard guard;
    if (g_top - g_run_begin > g_reuse_after && alignment <= kAlignment) pointer = reuse(size);
    if (pointer != nullptr) {
      set_asked(header_of(pointer), asked);
      // The whole block: it may grow in its place, beyond what is asked for now.
      if (g_on_reuse != nullptr) {
        g_on_reuse(reinterpret_cast<Address>(pointer), header_of(pointer)->size);
      }
    } else {
      alignment = std::max(alignment, kAlignment);
      const Address at = (g_top + sizeof(Header) + alignment - 1) & ~(alignment - 1);
      if (at + size > g_open && !grow(at + size)) return nullptr;
      pointer = reinterpret_cast<void*>(at);
      write(header_of(pointer), size, (at - g_top) + (size - asked));
      if (at - g_top > sizeof(Header)) write(reinterpret_cast<Header*>(g_top), 0, at - g_top);
      g_top = at + size;
    }
  }
  if (size <= kFillLimit) std::memset(pointer, kFilling, size);
  return pointer;
}

bool release(void* pointer) {
  const Guard guard;
  // Of an earlier run, kept by a library that outlives runs: its memory is no longer its own.
  if (reinterpret_cast<Address>(pointer) >= g_top) return true;
  Header* header = header_of(pointer);
  if ((header->size & kFreed) != 0) return false;
  const std::size_t c = class_of(header->size);
  header->size |= kFreed;
  if (c >= kClasses) return true;
  auto* block = static_cast<FreeBlock*>(pointer);
  block->next = g_free[c];
  g_free[c] = block;
  g_freed_classes |= std::uint64_t{1} << c;
  return true;
}

bool is_intact(const void* pointer) {
  const auto address = reinterpret_cast<Address>(pointer);
  // Of an earlier run, kept by a library that outlives runs.
  if (address >= g_top) return true;
  return address % kAlignment == 0 && address >= kBegin + sizeof(Header) &&
         intact(header_of(pointer));
}

bool is_freed(const void* pointer) {
  return (header_of(pointer)->size & kFreed) != 0;
}

std::size_t size_of(const void* pointer) {
  return header_of(pointer)->size & ~kFreed;
}

void set_size(void* pointer, std::size_t size) {
  const Guard guard;
  set_asked(header_of(pointer), std::max<std::size_t>(size, 1));
}

void reuse_at_once(bool at_once) {
  g_reuse_after = at_once ? 0 : kReuseAfter;
}

void set_limit(std::size_t bytes) {
  g_limit = kBegin + std::min<std::size_t>(bytes, kEnd - kBegin);
  set_open(g_top);
}

void set_may_grow(MayGrow may_grow) {
  g_may_grow = may_grow;
  set_open(g_top);
}

bool refused() {
  return g_refused.load(std::memory_order_relaxed);
}

void take_snapshot() {
  const std::size_t size = g_top - kBegin;
  g_run_begin = g_top;
  g_high = g_top;
  if (size == 0) return;
  void* copy = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy == MAP_FAILED) return;
  g_copy = static_cast<unsigned char*>(copy);
  std::memcpy(g_copy, reinterpret_cast<void*>(kBegin), size);
}

void restore() {
  if (g_copy != nullptr) {
    std::memcpy(reinterpret_cast<void*>(kBegin), g_copy, g_run_begin - kBegin);
  }
  g_high = std::max(g_high, g_top);
  if (g_high - g_run_begin > kKeep) {
    const Address keep = (g_run_begin + kKeep + 4095) & ~Address{4095};
    madvise(reinterpret_cast<void*>(keep), g_high - keep, MADV_DONTNEED);
    g_high = g_run_begin;
  }
  // Blocks freed before main are not offered again: their lists would have to be saved as well.
  for (; g_freed_classes != 0; g_freed_classes &= g_freed_classes - 1) {
    g_free[std::countr_zero(g_freed_classes)] = nullptr;
  }
  g_top = g_run_begin;
  set_open(g_top);
  g_refused.store(false, std::memory_order_relaxed);
}

void prepare_to_fork(bool for_one_run) {
  const std::size_t size = g_run_begin - kBegin;
  if (g_copy != nullptr) madvise(g_copy, size, for_one_run ? MADV_DONTFORK : MADV_DOFORK);
  // Pages of 2 MiB, where the kernel has them: a fork shares one where it would share 512.
  constexpr int kCollapse = 25;  // MADV_COLLAPSE of Linux 6.1
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  const std::size_t whole = size & ~(kHugePage - 1);
  if (for_one_run && whole != 0) madvise(reinterpret_cast<void*>(kBegin), whole, kCollapse);
}

void set_threaded(bool threaded) {
  g_threaded = threaded;
}

bool is_threaded() {
  return g_threaded;
}

}  // namespace program_heap
}  // namespace heddle
