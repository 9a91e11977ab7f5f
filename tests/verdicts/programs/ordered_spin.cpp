// Two threads wait for what nobody does: by a load, or by an exchange of what is there already, in
// the order that the first argument names.
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

std::atomic<int> never{0};
std::atomic<int> taken{1};

template <std::memory_order order>
void wait() {
  while (never.load(order) == 0) {
  }
}

template <std::memory_order order>
void take() {
  while (taken.exchange(1, order) == 1) {
  }
}

int main(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  void (*how)() = nullptr;
  if (word == "load-relaxed") how = &wait<std::memory_order_relaxed>;
  if (word == "load-acquire") how = &wait<std::memory_order_acquire>;
  if (word == "load-seq_cst") how = &wait<std::memory_order_seq_cst>;
  if (word == "exchange-acquire") how = &take<std::memory_order_acquire>;
  if (word == "exchange-acq_rel") how = &take<std::memory_order_acq_rel>;
  const bool main_waits_too = how != nullptr;
  if (word == "load-waited-for") how = &wait<std::memory_order_acquire>;
  if (how == nullptr) return 2;
  std::thread other(how);
  if (main_waits_too) how();
  other.join();
}
