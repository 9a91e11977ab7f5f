// Does:   A logger is stopped: its thread writes what is left and ends.
// Class:  deadlock, difficulty 2 of 5
//
// Correct: join_under_lock.cpp with the join after the critical section.
// Fails:   never.
// From:    see join_under_lock.cpp.
#include <cassert>
#include <mutex>
#include <thread>

std::mutex mutex;
bool stopping = false;
int lines = 0;

void write_line() {
  std::lock_guard<std::mutex> lock(mutex);
  if (!stopping) {
    ++lines;
  }
}

void log() {
  write_line();
  write_line();
}

void stop(std::thread& logger) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    stopping = true;
  }
  logger.join();
}

int main() {
  std::thread logger(log);
  stop(logger);
  assert(lines <= 2);
  return 0;
}
