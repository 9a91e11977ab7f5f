// A race in every run, and an assertion that it leads to in some.
#include <cassert>
#include <thread>

int state = 0;

int main() {
  std::thread writer([] { state = 1; });
  std::thread reader([] { assert(state == 0); });
  writer.join();
  reader.join();
}
