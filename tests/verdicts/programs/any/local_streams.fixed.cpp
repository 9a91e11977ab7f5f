// Correct: each thread prints to a stream of its own, and reads from another.
// Fails: never.
#include <cassert>
#include <sstream>
#include <thread>

void convert() {
  std::ostringstream out;
  out << 1 << ' ' << 2.5;
  std::istringstream in(out.str());
  int whole = 0;
  double real = 0;
  in >> whole >> real;
  assert(whole == 1 && real == 2.5);
}

int main() {
  std::thread first(convert);
  std::thread second(convert);
  first.join();
  second.join();
  return 0;
}
