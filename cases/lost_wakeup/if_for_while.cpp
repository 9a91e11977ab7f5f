// Does:   One item comes; whoever of two consumers is first takes it, unless the store has closed.
// Class:  lost_wakeup, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    after the wait the condition is not looked at again. Who was woken may find that another
//         thread has been faster.
// Fails:  if both wait and closing wakes both, or if one takes the item before the other, which was
//         woken for it, has the lock.
// From:   the wait of Mesa monitors: B. W. Lampson and D. D. Redell, "Experience with Processes and
//         Monitors in Mesa" (CACM 1980): a notify is only a hint.
// Found:  stress and tsan the assertion, often; fuzz and relacy the assertion.
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::condition_variable changed;
int items = 0;
bool closed = false;

void consume() {
  std::unique_lock<std::mutex> lock(mutex);
  if (items == 0 && !closed) {
    changed.wait(lock);
  }
  if (!closed) {
    assert(items > 0);
    --items;
  }
}

void deliver() {
  std::unique_lock<std::mutex> lock(mutex);
  items = 1;
  changed.notify_all();
}

void close() {
  std::unique_lock<std::mutex> lock(mutex);
  closed = true;
  changed.notify_all();
}

int main() {
  std::thread first(consume);
  std::thread second(consume);
  deliver();
  close();
  first.join();
  second.join();
  return 0;
}
