// Correct: self_deadlock.cpp with a std::recursive_mutex.
// Fails: never.
#include <cassert>
#include <mutex>
#include <thread>
#include <vector>

class Names {
 public:
  std::size_t size() {
    std::lock_guard<std::recursive_mutex> lock(mutex_);
    return names_.size();
  }
  void add(int name) {
    std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (size() < 10) names_.push_back(name);
  }

 private:
  std::recursive_mutex mutex_;
  std::vector<int> names_;
};

int main() {
  Names names;
  std::thread first([&] { names.add(1); });
  std::thread second([&] { names.add(2); });
  first.join();
  second.join();
  assert(names.size() == 2);
  return 0;
}
