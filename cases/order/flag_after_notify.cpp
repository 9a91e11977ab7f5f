// Does:   A door is opened for those who wait in front of it.
// Class:  order, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the doorkeeper notifies first and sets the flag then; who wakes up in between finds the
//         door shut and waits again, for ever.
// Fails:  if a waiting thread wakes up and looks at the flag before it is set, or begins to wait
//         between the two.
// From:   a wrong order that reviews of code with condition variables find again and again.
// Found:  stress and tsan the lost wake-up, seldom; fuzz and relacy the lost wake-up.
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable opened;
bool is_open = false;

void open_door() {
  opened.notify_all();
  std::unique_lock<std::mutex> lock(mutex);
  is_open = true;
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
