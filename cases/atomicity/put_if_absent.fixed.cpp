// Does:   Each session is opened once, by the first who asks for it.
// Class:  atomicity, difficulty 2 of 5
//
// Correct: put_if_absent.cpp with an operation of the map that does both.
// Fails:   never.
// From:    see put_if_absent.cpp.
#include <atomic>
#include <cassert>
#include <map>
#include <mutex>
#include <thread>

class SafeMap {
 public:
  bool insert_if_absent(int key, int value) {
    std::lock_guard<std::mutex> lock(mutex_);
    return map_.emplace(key, value).second;
  }

 private:
  std::mutex mutex_;
  std::map<int, int> map_;
};

SafeMap sessions;
std::atomic<int> opened{0};

void open_session(int user) {
  if (sessions.insert_if_absent(user, 1)) {
    ++opened;
  }
}

int main() {
  std::thread first(open_session, 7);
  std::thread second(open_session, 7);
  first.join();
  second.join();
  assert(opened == 1);
  return 0;
}
