// Correct: a string is read while another thread inserts into it and takes it out again, under a
//          mutex.
// Fails: never.
#include <cassert>
#include <mutex>
#include <string>
#include <thread>

std::string word = "abc";
std::mutex mutex;

int main() {
  std::thread other([] {
    const std::lock_guard<std::mutex> lock(mutex);
    word.insert(1, "x");
    word.erase(1, 1);
  });
  mutex.lock();
  const bool as_it_was = word.compare("abc") == 0;
  mutex.unlock();
  other.join();
  assert(as_it_was);
}
