// Fails in runs in which the threads take turns often: no short schedule shows it.
#include <atomic>
#include <cassert>
#include <cstdlib>
#include <thread>

std::atomic<int> last{0};
std::atomic<int> switches{0};

// Arguments: rounds of each thread; how many switches are too many.
int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 0;
  const int most = argc > 2 ? std::atoi(argv[2]) : 0;
  const auto body = [rounds](int me) {
    for (int i = 0; i < rounds; ++i) {
      if (last.exchange(me) != me) switches.fetch_add(1);
    }
  };
  std::thread first(body, 1);
  std::thread second(body, 2);
  first.join();
  second.join();
  assert(switches.load() <= most);
  return 0;
}
