// Does:   A text and its length are replaced together; a reader prints as much as there is.
// Class:  atomicity, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the reader fetches text and length in two critical sections, and they may belong to two
//         texts.
// Fails:  if the writer replaces both between the reader's two fetches.
// From:   the atomicity violations over several variables of "Learning from Mistakes" (ASPLOS
//         2008); a third of its non-deadlock bugs involve more than one variable.
// Found:  stress and tsan the assertion, seldom; fuzz and relacy the assertion.
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

const char* current_text() {
  std::lock_guard<std::mutex> lock(mutex);
  return text;
}

unsigned long current_length() {
  std::lock_guard<std::mutex> lock(mutex);
  return length;
}

void print() {
  unsigned long count = current_length();
  const char* letters = current_text();
  assert(count <= std::strlen(letters));
}

int main() {
  std::thread writer(replace);
  std::thread reader(print);
  writer.join();
  reader.join();
  return 0;
}
