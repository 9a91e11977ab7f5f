// A number is read from a text into a variable that another thread looks at.
#include <cassert>
#include <sstream>
#include <thread>

int port = 0;

int main() {
  std::thread other([] {
    std::istringstream text("80");
    text >> port;
  });
  const int seen = port;
  other.join();
  assert(seen == 0);
}
