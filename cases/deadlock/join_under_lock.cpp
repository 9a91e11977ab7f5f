// Does:   A logger is stopped: its thread writes what is left and ends.
// Class:  deadlock, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    stop() joins the thread while it holds the lock which that thread still needs.
// Fails:  if stop() has the lock before the thread has taken it for the last time.
// From:   a deadlock of a thread and a lock, which detectors of lock orders do not see: there is
//         one lock only.
// Found:  stress and tsan the deadlock, often; fuzz and relacy the deadlock.
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
  std::lock_guard<std::mutex> lock(mutex);
  stopping = true;
  logger.join();
}

int main() {
  std::thread logger(log);
  stop(logger);
  assert(lines <= 2);
  return 0;
}
