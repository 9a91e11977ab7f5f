// Bug: a seat is taken and given back without a lock while another thread counts the free ones.
// Fails: whenever they are counted: nothing orders that and the writes. The assertion fails if the
//        seat is counted between the two.
#include <cassert>
#include <thread>
#include <vector>

std::vector<int> seats(3, 0);

__attribute__((noinline)) void set(int seat, int taken) {
  seats[seat] = taken;
}

int main() {
  std::thread customer([] {
    set(1, 1);
    set(1, 0);
  });
  std::thread counter([] {
    int taken = 0;
    for (const int seat : seats) taken += seat;
    assert(taken == 0);
  });
  customer.join();
  counter.join();
  return 0;
}
