// The program's own operator new counts, and nobody but the program calls it.
#include <atomic>
#include <cassert>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>

std::atomic<int> news, deletes;

void* operator new(std::size_t size) {
  ++news;
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  if (block != nullptr) ++deletes;
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}

int main() {
  assert(news == 0 && deletes == 0);
  const auto work = [] {
    const std::string text(100, 'x');
    assert(text[99] == 'x');
  };
  std::thread one(work), other(work);
  one.join();
  other.join();
  assert(news == deletes);
}
