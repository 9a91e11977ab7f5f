// Two threads append to one string.
#include <cassert>
#include <string>
#include <thread>

std::string line;

int main() {
  std::thread other([] { line.append("second"); });
  line.append("first,");
  other.join();
  assert(line == "first,second");
}
