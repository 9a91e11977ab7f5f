// Two threads throw the same exception anew, and read it.
#include <cassert>
#include <exception>
#include <thread>

struct Refusal {
  int code;
};

int code_of(std::exception_ptr kept) {
  try {
    std::rethrow_exception(kept);
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
}

int main() {
  std::exception_ptr kept = std::make_exception_ptr(Refusal{7});
  std::thread other([own = kept] { assert(code_of(own) == 7); });
  std::exception_ptr mine = kept;
  kept = nullptr;
  assert(code_of(mine) == 7);
  mine = nullptr;
  other.join();
}
