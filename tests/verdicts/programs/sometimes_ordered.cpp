// A race that a mutex hides in half of the runs: it orders the two accesses only if the writer has
// it first.
#include <mutex>
#include <thread>

int data = 0;
int seen = 0;
std::mutex mutex;

void pass() {
  const std::lock_guard<std::mutex> guard(mutex);
}

int main() {
  std::thread writer([] {
    data = 1;
    pass();
  });
  std::thread reader([] {
    pass();
    seen = data;
  });
  writer.join();
  reader.join();
}
