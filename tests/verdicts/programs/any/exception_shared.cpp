// Bug: two threads throw the same exception anew, and both change it.
// Fails: always, by a data race; if the one reads what the other has written, also by its count.
#include <cassert>
#include <exception>
#include <thread>

struct Refusal {
  int code;
};

int code_of(std::exception_ptr kept) {
  try {
    std::rethrow_exception(kept);
  } catch (Refusal& refusal) {
    return ++refusal.code;
  }
}

int main() {
  std::exception_ptr kept = std::make_exception_ptr(Refusal{7});
  std::thread other([own = kept] { code_of(own); });
  std::exception_ptr mine = kept;
  kept = nullptr;
  assert(code_of(mine) == 8);
  mine = nullptr;
  other.join();
}
