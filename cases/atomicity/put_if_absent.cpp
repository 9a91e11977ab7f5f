// Does:   Each session is opened once, by the first who asks for it.
// Class:  atomicity, difficulty 2 of 5
//
// Below stands what is wrong: look for it yourself first.
//
// Bug:    the map's operations are atomic one by one; the caller puts two together and takes that
//         for atomic.
// Fails:  if both callers look for the session before either inserts it. There is no data race.
// From:   "Testing Atomicity of Composed Concurrent Operations" (Shacham and others, OOPSLA 2011),
//         which found such calls of ConcurrentHashMap in many programs.
// Found:  stress and tsan the assertion, seldom; fuzz and relacy the assertion.
#include <atomic>
#include <cassert>
#include <map>
#include <mutex>
#include <thread>

class SafeMap {
 public:
  bool contains(int key) {
    std::lock_guard<std::mutex> lock(mutex_);
    return map_.count(key) != 0;
  }
  void insert(int key, int value) {
    std::lock_guard<std::mutex> lock(mutex_);
    map_[key] = value;
  }

 private:
  std::mutex mutex_;
  std::map<int, int> map_;
};

SafeMap sessions;
std::atomic<int> opened{0};

void open_session(int user) {
  if (!sessions.contains(user)) {
    sessions.insert(user, 1);
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
