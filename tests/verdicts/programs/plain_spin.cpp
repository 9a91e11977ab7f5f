// A thread waits for a plain flag that another one writes, without ever setting it: a data race,
// and then a loop for ever.
#include <thread>

int ready = 0;

void wait() {
  while (*const_cast<volatile int*>(&ready) == 0) {
  }
}

int main() {
  std::thread waiting(wait);
  std::thread writing([] { ready = 0; });
  waiting.join();
  writing.join();
  return 0;
}
