// A compare-exchange of four bytes, and a store to one of them. Correct, and sequentially
// consistent throughout.
#include <thread>

namespace {

int word = 0;

}  // namespace

int main() {
  std::thread whole([] {
    int expected = 0;
    __atomic_compare_exchange_n(&word, &expected, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  });
  std::thread part(
      [] { __atomic_store_n(reinterpret_cast<unsigned char*>(&word) + 3, 1, __ATOMIC_SEQ_CST); });
  whole.join();
  part.join();
}
