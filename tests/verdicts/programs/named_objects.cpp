// Two threads use one object without any order; which one, the argument says.
#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <thread>
#include <vector>

namespace bank {

struct Account {
  int id = 0;
  int balance = 10;
  std::mutex lock;
  void deposit(int sum) { balance += sum; }
};

template <typename T>
struct Pool {
  int size = 0;
  std::queue<T> waiting;
  static int made;
};
template <typename T>
int Pool<T>::made = 0;

class Clock {
 public:
  void tick() {
    static int ticks = 0;
    ++ticks;
  }
};

}  // namespace bank

struct Slot {
  int count;
  int used;
};

struct Node {
  Node* next;
  int value;
};

enum class State : unsigned char { idle, ready };

double total;
std::atomic<float> scale;
std::atomic<State> state;

struct Sample {
  int unwritten;
  State state;
  double value;
};

int racing;  // beside what does not race
Slot table[4];
bank::Pool<int> pool;
bank::Clock a_clock;
Node* head;
thread_local int seen = 0;

template <typename Use>
void in_two_threads(Use use) {
  std::thread first(use);
  std::thread second(use);
  first.join();
  second.join();
}

int main(int argc, char** argv) {
  const std::string which = argc > 1 ? argv[1] : "";
  int count = 0;
  bank::Account mine;
  std::array<Slot, 3> slots{};
  if (which == "member of a static") {
    in_two_threads([] { ++pool.size; });
  } else if (which == "element of a static") {
    in_two_threads([] { ++table[3].count; });
  } else if (which == "static member") {
    in_two_threads([] { ++bank::Pool<int>::made; });
  } else if (which == "static local") {
    in_two_threads([] { a_clock.tick(); });
  } else if (which == "container") {
    in_two_threads([] { pool.waiting.push(1); });
  } else if (which == "thread-local") {
    int* const of_main = &seen;
    in_two_threads([of_main] { ++*of_main; });
  } else if (which == "local") {
    in_two_threads([&] { ++count; });
  } else if (which == "member of a local") {
    in_two_threads([&] { mine.deposit(1); });
  } else if (which == "element of a local") {
    in_two_threads([&] { ++slots[1].used; });
  } else if (which == "new") {
    auto* account = new bank::Account;
    in_two_threads([account] { account->deposit(1); });
    delete account;
  } else if (which == "make_shared") {
    auto account = std::make_shared<bank::Account>();
    in_two_threads([&] { account->deposit(1); });
  } else if (which == "make_unique") {
    auto account = std::make_unique<bank::Account>();
    in_two_threads([&] { ++account->balance; });
  } else if (which == "element of a vector") {
    std::vector<Slot> many(3);
    in_two_threads([&] { ++many[2].used; });
  } else if (which == "element of a map") {
    std::map<int, Slot> by_number;
    by_number[1];
    in_two_threads([&] { ++by_number[1].used; });
  } else if (which == "by a pointer in a vector") {
    std::vector<std::unique_ptr<Slot>> many;
    for (int i = 0; i < 3; ++i) many.push_back(std::make_unique<Slot>());
    in_two_threads([&] { ++many[2]->used; });
  } else if (which == "by a pointer in the heap") {
    head = new Node{nullptr, 1};
    head->next = new Node{nullptr, 2};
    in_two_threads([] { ++head->next->value; });
  } else if (which == "array") {
    int* numbers = new int[5]();
    in_two_threads([numbers] { ++numbers[3]; });
    delete[] numbers;
  } else if (which == "of unknown type") {
    void* raw = std::malloc(64);
    in_two_threads([raw] { ++static_cast<int*>(raw)[2]; });
    std::free(raw);
  } else if (which == "double") {
    in_two_threads([] { total = 0.5; });
  } else if (which == "atomic float") {
    in_two_threads([] {
      scale = 2;
      ++racing;
    });
  } else if (which == "atomic enumeration") {
    in_two_threads([] {
      state = State::ready;
      ++racing;
    });
  } else if (which == "double in the heap") {
    auto sample = std::make_unique<Sample>();
    in_two_threads([&] { sample->value = -1.25; });
  } else if (which == "local enumeration") {
    State mood = State::idle;
    in_two_threads([&] { mood = State::ready; });
  } else if (which == "unwritten") {
    auto* sample = static_cast<Sample*>(std::malloc(sizeof(Sample)));
    in_two_threads([sample] {
      if (sample->unwritten != 7) sample->value = 1;
    });
    std::free(sample);
  } else {
    return 2;
  }
  return 0;
}
