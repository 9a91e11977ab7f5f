// Two threads append to one string, in either order but one at a time.
#include <cassert>
#include <mutex>
#include <string>
#include <thread>

std::string line;
std::mutex mutex;

void append(const char* text) {
  const std::lock_guard<std::mutex> lock(mutex);
  line.append(text);
}

int main() {
  std::thread other([] { append("second"); });
  append("first,");
  other.join();
  assert(line.size() == 12);
}
