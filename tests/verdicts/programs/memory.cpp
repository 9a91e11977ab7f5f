// Takes memory, in the way that the first argument names, beside a thread that does next to
// nothing.
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cassert>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

std::mutex mutex;
int counter = 0;

void count() {
  const std::lock_guard lock(mutex);
  ++counter;
}

struct Node {
  Node* next;
  long values[31];
};

Node* volatile nodes = nullptr;

// Small blocks, each written by code that is instrumented.
[[gnu::noinline]] void leak_nodes() {
  for (;;) {
    Node* const node = new Node;
    node->next = nodes;
    for (long& value : node->values) value = counter;
    nodes = node;
  }
}

// Untouched but for what the allocator does.
[[gnu::noinline]] void leak_blocks() {
  for (;;) {
    char* const block = static_cast<char*>(std::malloc(4096));
    if (block == nullptr) std::abort();
    block[0] = 1;
  }
}

[[gnu::noinline]] void grow() {
  char* block = nullptr;
  for (std::size_t size = kMegabyte;; size += 16 * kMegabyte) {
    block = static_cast<char*>(std::realloc(block, size));
    if (block == nullptr) std::abort();
    std::memset(block, 1, size);
  }
}

[[gnu::noinline]] void map_memory() {
  for (;;) {
    void* const at =
        mmap(nullptr, 16 * kMegabyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) std::abort();
    std::memset(at, 1, 16 * kMegabyte);
  }
}

[[gnu::noinline]] void use(std::size_t megabytes) {
  std::vector<std::vector<char>> blocks;
  for (std::size_t i = 0; i < megabytes; ++i) blocks.emplace_back(kMegabyte, 'x');
  assert(blocks.back().back() == 'x');
}

// By no function of the C library: nobody knows whose memory that is.
[[gnu::noinline]] void map_unseen() {
  for (;;) {
    long at = SYS_mmap;
    register long flags asm("r10") = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
    register long file asm("r8") = -1;
    register long offset asm("r9") = 0;
    asm volatile("syscall"
                 : "+a"(at)
                 : "D"(0), "S"(16 * kMegabyte), "d"(PROT_READ | PROT_WRITE), "r"(flags), "r"(file),
                   "r"(offset)
                 : "rcx", "r11", "memory");
    if (at < 0) std::abort();
  }
}

// Address space is no memory.
[[gnu::noinline]] void reserve() {
  constexpr std::size_t kSize = std::size_t{64} << 30;
  char* const at = static_cast<char*>(mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  assert(at != MAP_FAILED);
  at[kSize / 2] = 1;
  void* const none = mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert(none != MAP_FAILED);
  char* const block = static_cast<char*>(std::malloc(std::size_t{8} << 30));
  if (block != nullptr) block[0] = 1;
  std::free(block);
  munmap(at, kSize);
  munmap(none, kSize);
}

}  // namespace

int main(int argc, char** argv) {
  std::thread other(count);
  count();
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "nodes") leak_nodes();
  if (what == "blocks") leak_blocks();
  if (what == "grow") grow();
  if (what == "map") map_memory();
  if (what == "unseen") map_unseen();
  if (what == "use") use(100);
  if (what == "reserve") reserve();
  other.join();
  assert(counter == 2);
  return 0;
}
