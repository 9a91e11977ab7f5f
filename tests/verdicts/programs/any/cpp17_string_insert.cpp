// A string is read while another thread inserts into it and takes it out again. Before C++20 both
// happen in the library's own code.
#include <cassert>
#include <string>
#include <thread>

std::string word = "abc";

int main() {
  std::thread other([] {
    word.insert(1, "x");
    word.erase(1, 1);
  });
  const bool as_it_was = word.compare("abc") == 0;
  other.join();
  assert(as_it_was);
}
