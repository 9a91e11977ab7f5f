// Two threads write to one stream that is no standard one.
#include <cassert>
#include <sstream>
#include <thread>

std::ostringstream out;

int main() {
  std::thread other([] { out << 2; });
  out << 1;
  other.join();
  assert(out.str() == "12");
}
