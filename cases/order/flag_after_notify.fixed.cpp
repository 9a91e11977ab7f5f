// Does:   A door is opened for those who wait in front of it.
// Class:  order, difficulty 2 of 5
//
// Correct: flag_after_notify.cpp with the flag set before the notification.
// Fails:   never.
// From:    see flag_after_notify.cpp.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable opened;
bool is_open = false;

void open_door() {
  std::unique_lock<std::mutex> lock(mutex);
  is_open = true;
  lock.unlock();
  opened.notify_all();
}

void enter() {
  std::unique_lock<std::mutex> lock(mutex);
  while (!is_open) {
    opened.wait(lock);
  }
}

int main() {
  std::thread guest(enter);
  std::thread doorkeeper(open_door);
  guest.join();
  doorkeeper.join();
  return 0;
}
