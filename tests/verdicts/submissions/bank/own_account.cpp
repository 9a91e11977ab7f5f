#include <mutex>

// Another class of the same name: without a balance that anyone could spoil.
class Account {
 public:
  void book(int amount);
  __attribute__((used, noinline)) int balance() const { return 13; }

 private:
  int balance_;
  std::mutex mutex_;
};

bool transfer(Account& from, Account& to, int amount) {
  return (from.balance() + to.balance()) * amount != 0;
}
