// Does:   A text and its length are replaced together; a reader prints as much as there is.
// Class:  atomicity, difficulty 2 of 5
//
// Correct: two_fields.cpp with one critical section that fetches both.
// Fails:   never.
// From:    see two_fields.cpp.
#include <cassert>
#include <cstring>
#include <mutex>
#include <thread>

std::mutex mutex;
const char* text = "a long sentence";
unsigned long length = 15;

void replace() {
  std::lock_guard<std::mutex> lock(mutex);
  text = "short";
  length = 5;
}

void print() {
  std::lock_guard<std::mutex> lock(mutex);
  unsigned long count = length;
  const char* letters = text;
  assert(count <= std::strlen(letters));
}

int main() {
  std::thread writer(replace);
  std::thread reader(print);
  writer.join();
  reader.join();
  return 0;
}
