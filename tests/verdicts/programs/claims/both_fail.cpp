// Two weak compare-exchanges that match may both fail without cause: more often than a search of
// Relacy's by depth has one of an atomic do.
#include <atomic>
#include <thread>

std::atomic<int> place{0};

void exchange() {
  int expected = 0;
  place.compare_exchange_weak(expected, 0);
}

int main() {
  std::thread first(exchange);
  std::thread second(exchange);
  first.join();
  second.join();
}
