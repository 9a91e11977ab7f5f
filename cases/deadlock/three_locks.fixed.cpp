// Does:   Printer, scanner and copier share a tray, a lamp and a roller; each needs two of them.
// Class:  deadlock, difficulty 2 of 5
//
// Correct: three_locks.cpp with one order of the locks, which the copier keeps to as well.
// Fails:   never.
// From:    see three_locks.cpp.
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
  std::lock_guard<std::mutex> first(tray);
  std::lock_guard<std::mutex> second(roller);
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
