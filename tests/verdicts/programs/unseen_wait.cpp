// The main thread has just created another, and waits for it in a loop whose looks no tool can see:
// they are assembly. Other accesses in the loop can be seen.
#include <thread>

int flag = 0;
volatile int looked_at = 1;

void set() {
  __asm__ volatile("movl $1, %0" : "=m"(flag));
}

int get() {
  int value;
  __asm__ volatile("movl %1, %0" : "=r"(value) : "m"(flag));
  return value;
}

int main() {
  std::thread setter(set);
  int rounds = 0;
  while (get() == 0) rounds += looked_at;
  setter.join();
  return rounds < 0;
}
