// The value is there when all that the thread does is done.
#include <cassert>
#include <future>
#include <thread>

static int done = 0;

int main() {
  std::promise<int> promise;
  std::future<int> value = promise.get_future();
  std::thread worker([&] {
    promise.set_value_at_thread_exit(3);
    done = 1;
  });
  assert(value.get() == 3);
  assert(done == 1);
  worker.join();
}
