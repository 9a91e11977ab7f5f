// Correct: a number is read from a text into a variable that another thread looks at afterwards.
// Fails: never.
#include <cassert>
#include <sstream>
#include <thread>

int port = 0;

int main() {
  std::thread other([] {
    std::istringstream text("80");
    text >> port;
  });
  other.join();
  assert(port == 80);
}
