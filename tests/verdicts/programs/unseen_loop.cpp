// A thread waits in a loop of which no tool sees anything: it is assembly. Argument: what comes of
// it.
#include <cassert>
#include <string>
#include <thread>

int flag = 0;
int value = 0;

void wait() {
  __asm__ volatile(
      "1: pause\n"
      "cmpl $0, %0\n"
      "je 1b" ::"m"(flag)
      : "cc", "memory");
}

void set() {
  __asm__ volatile("movl $1, %0" : "=m"(flag)::"memory");
}

int main(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  std::thread first(wait);
  std::thread second([&word] {
    if (word == "both-wait") wait();
    if (word == "fails") value = 1;
    if (word != "never") set();
  });
  first.join();
  second.join();
  assert(value == 0);
}
