// Fails if a run does not begin with the memory that main first saw, where there is much of it: in
// the file, beside it, and on the heap; or if what the run before wrote there is still there.
#include <cassert>
#include <cstddef>
#include <cstring>
#include <thread>
#include <vector>

constexpr std::size_t kSize = std::size_t{8} << 20;

// Of a file: mostly as it stands there, and in the middle as a constructor has made it.
unsigned char from_file[kSize] = {1, 2, 3};
// What the file says of these a constructor has written zeros over.
struct Page {
  unsigned char first;
  unsigned char others[4095];
};
struct {
  unsigned char before[kSize];
  Page pages[4];
} marked = {{1}, {{9, {}}, {9, {}}, {9, {}}, {9, {}}}};
// Of none, and written by a constructor here and there. What it has written zeros over is zero.
unsigned char zeros[kSize];
std::vector<unsigned char>* const heap = new std::vector<unsigned char>(kSize, 9);

const bool constructed = [] {
  std::memset(from_file + kSize / 2, 0, 8192);
  std::memset(from_file + 8192, 0xff, 8192);
  std::memset(from_file + 8192, 0, 8192);
  zeros[kSize / 2] = 7;
  std::memset(zeros + kSize / 4, 0xff, 8192);
  std::memset(zeros + kSize / 4, 0, 8192);
  from_file[kSize - 1] = 5;
  for (Page& page : marked.pages) page.first = 0;
  return true;
}();

void expect(const unsigned char* begin, const unsigned char* end, unsigned char value) {
  for (; begin < end; begin += 512) assert(*begin == value);
}

int main() {
  assert(constructed);
  assert(from_file[0] == 1 && from_file[1] == 2 && from_file[2] == 3 && from_file[kSize - 1] == 5);
  expect(from_file + 512, from_file + kSize - 512, 0);
  for (const Page& page : marked.pages) assert(page.first == 0);
  assert(zeros[kSize / 2] == 7);
  zeros[kSize / 2] = 0;
  expect(zeros, zeros + kSize, 0);
  expect(heap->data(), heap->data() + kSize, 9);
  // A page here and a page there, and next to what it leaves alone.
  std::thread writer([] {
    for (std::size_t at = 0; at < kSize; at += std::size_t{1} << 20) {
      from_file[at + 4096] = zeros[at + 4096] = (*heap)[at + 4096] = 1;
    }
  });
  writer.join();
}
