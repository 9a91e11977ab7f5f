// Memory that the program maps itself, before main and in each run. Fails in every run but the
// first if the next run does not find the mappings as main first saw them, and no others. With the
// name of a file as its argument it adds the number of its process to that, and takes nothing away
// of what was mapped before main.
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cstdio>
#include <new>
#include <thread>

constexpr std::size_t kPage = 4096;

char* map_pages(std::size_t pages) {
  void* memory =
      mmap(nullptr, pages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert(memory != MAP_FAILED);
  return static_cast<char*>(memory);
}

struct Early {
  char* pages = map_pages(16);
  Early() {
    pages[0] = 1;
    pages[3 * kPage] = 4;
  }
};
const Early early;

int count_mappings() {
  std::FILE* maps = std::fopen("/proc/self/maps", "r");
  assert(maps != nullptr);
  int lines = 0;
  for (int c = std::fgetc(maps); c != EOF; c = std::fgetc(maps)) lines += c == '\n' ? 1 : 0;
  std::fclose(maps);
  return lines;
}

struct Shared {
  std::atomic<int> count{0};
  int plain = 0;
};

void note_process(const char* name) {
  std::FILE* file = std::fopen(name, "a");
  assert(file != nullptr);
  std::fprintf(file, "%d\n", static_cast<int>(getpid()));
  std::fclose(file);
}

int main(int argc, char** argv) {
  assert(early.pages[0] == 1 && early.pages[3 * kPage] == 4);
  assert(early.pages[kPage] == 0);
  // Some hundred are the program's and its libraries' own; a thousand runs would leave a thousand.
  assert(count_mappings() < 400);
  auto* shared = new (map_pages(2)) Shared;
  assert(shared->plain == 0);
  const auto work = [shared] {
    char* own = map_pages(4);
    own[2 * kPage] = 5;
    void* grown = mremap(own, 4 * kPage, 9 * kPage, MREMAP_MAYMOVE);
    assert(grown != MAP_FAILED && static_cast<char*>(grown)[2 * kPage] == 5);
    if (shared->count.fetch_add(1) == 1) shared->plain = 3;
  };
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  assert(shared->plain == 3);
  early.pages[0] = 2;
  early.pages[kPage] = 2;
  if (argc > 1) {
    note_process(argv[1]);
    return 0;
  }
  mprotect(early.pages + kPage, kPage, PROT_READ);
  munmap(early.pages + 3 * kPage, kPage);
  return 0;
}
