// Does:   Printer, scanner and copier share a tray, a lamp and a roller; each needs two of them.
// Class:  deadlock, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    no two threads lock in opposite orders, and yet the three orders together make a circle.
// Fails:  if each of the three holds its first lock when it asks for its second.
// From:   the circular wait of "System Deadlocks" (Coffman, Elphick, Shoshani, ACM Computing
//         Surveys 1971).
// Found:  stress hardly ever; tsan the lock-order inversion, in nearly every run; fuzz and relacy
//         the deadlock.
#include <mutex>
#include <thread>

std::mutex tray;
std::mutex lamp;
std::mutex roller;
int pages_printed = 0;
int pages_scanned = 0;
int pages_copied = 0;

void print() {
  std::lock_guard<std::mutex> first(tray);
  std::lock_guard<std::mutex> second(lamp);
  ++pages_printed;
}

void scan() {
  std::lock_guard<std::mutex> first(lamp);
  std::lock_guard<std::mutex> second(roller);
  ++pages_scanned;
}

void copy() {
  std::lock_guard<std::mutex> first(roller);
  std::lock_guard<std::mutex> second(tray);
  ++pages_copied;
}

int main() {
  std::thread printer(print);
  std::thread scanner(scan);
  std::thread copier(copy);
  printer.join();
  scanner.join();
  copier.join();
  return 0;
}
