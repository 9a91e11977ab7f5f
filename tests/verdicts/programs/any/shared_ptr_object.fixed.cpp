// Correct: each thread has a shared_ptr object of its own; only the counts are shared, and they are
//          atomic. The last owner deletes the object, and sees what the others did with it.
// Fails: never.
#include <atomic>
#include <cassert>
#include <memory>
#include <thread>
#include <utility>

std::atomic<int> deleted{0};

struct Object {
  std::atomic<int> uses{0};
  ~Object() { ++deleted; }
};

void use(std::shared_ptr<Object> own) {
  const std::shared_ptr<Object> copy = own;
  ++copy->uses;
  assert(copy.use_count() >= 2);
}

int main() {
  auto object = std::make_shared<Object>();
  std::weak_ptr<Object> observer = object;
  std::thread first(use, object);
  std::thread second(use, std::move(object));
  const std::shared_ptr<Object> locked = observer.lock();
  assert(locked == nullptr || locked.use_count() >= 1);
  first.join();
  second.join();
  assert(observer.use_count() == (locked == nullptr ? 0 : 1));
  assert(deleted == (locked == nullptr ? 1 : 0));
  return 0;
}
