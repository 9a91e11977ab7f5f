// A read-modify-write leaves the value as it is, and still releases: what a thread reads before it
// may come after what another thread writes behind a look at the same atomic. Argument: in which
// way the value is kept.
#include <atomic>
#include <cassert>
#include <string>
#include <thread>

namespace {

std::atomic<int> kept{0};
std::atomic<int> value{0};
int seen = 0;

void keep(const std::string& way) {
  if (way == "add") kept.fetch_add(0);
  if (way == "or") kept.fetch_or(0);
  if (way == "exchange") kept.exchange(0);
  if (way == "compare") {
    int expected = 0;
    kept.compare_exchange_strong(expected, 0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string way = argc > 1 ? argv[1] : "add";
  std::thread first([&way] {
    seen = value.load();
    keep(way);
  });
  std::thread second([] {
    kept.load();
    value.store(1);
  });
  first.join();
  second.join();
  assert(seen == 0);
}
