// Correct: a number is read from a text into a variable that another thread looks at afterwards.
// Fails: never.
#include <cassert>
#include <sstream>
#include <string>
#include <thread>

int port = 0;

int main() {
  std::thread other([] {
    std::istringstream text("80");
    text >> port;
  });
  other.join();
  assert(port == 80);

  std::istringstream lines(std::string("a\0b\nlong\nrest", 13));
  char line[4] = "xxx";
  lines.getline(line, sizeof line);
  assert(std::string(line, 4) == std::string("a\0b", 4) && lines.gcount() == 4);
  lines.getline(line, sizeof line);
  assert(std::string(line) == "lon" && lines.fail());
  lines.clear();
  lines.get(line, sizeof line);
  assert(std::string(line) == "g" && lines.get() == '\n');
}
