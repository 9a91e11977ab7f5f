// A place is free.
#include <atomic>
#include <thread>

std::atomic<int> places{0};

int main() {
  std::thread guest([] {
    while (places.fetch_add(1) < 0) places.fetch_sub(1);
  });
  guest.join();
  return 0;
}
