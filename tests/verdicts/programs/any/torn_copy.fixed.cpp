// The same under a mutex.
#include <cassert>
#include <cstring>
#include <mutex>
#include <thread>

struct Record {
  long name[4];
  long total[4];
};

Record shared;
std::mutex mutex;
volatile std::size_t size = sizeof(Record);

int main() {
  Record fresh;
  for (int i = 0; i < 4; ++i) fresh.name[i] = fresh.total[i] = 7;
  std::thread writer([&] {
    const std::lock_guard<std::mutex> lock(mutex);
    std::memcpy(&shared, &fresh, size);
  });
  Record seen;
  {
    const std::lock_guard<std::mutex> lock(mutex);
    std::memcpy(&seen, &shared, size);
  }
  writer.join();
  assert(seen.name[0] == seen.total[3]);
}
