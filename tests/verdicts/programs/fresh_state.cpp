// Fails in every run but the first if anything that a run changed is still changed in the next.
#include <fcntl.h>
#include <unistd.h>

#include <cassert>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct Node {
  int value = 7;
  Node* next = nullptr;
};

std::mutex mutex;
int counter = 0;
int initialised = 5;
std::vector<int> numbers = {1, 2, 3};
std::string short_text = "short";
std::string long_text = "long enough not to fit into the string object itself";
std::map<std::string, int> map = {{"one", 1}};
Node* const list = new Node;
int* const block = static_cast<int*>(std::calloc(4, sizeof(int)));

int calls() {
  static int count = 100;  // a static of a function, initialised before main()
  return ++count;
}

int first_use() {
  static const std::string made_in_the_run(100, 'x');  // one that each run initialises anew
  return static_cast<int>(made_in_the_run.size());
}

// What the C library keeps for the program.
void change_the_c_library() {
  assert(std::getenv("SET_IN_THE_RUN") == nullptr);
  assert(std::getenv("PATH") != nullptr);
  setenv("SET_IN_THE_RUN", "1", 1);
  unsetenv("PATH");
  assert(std::rand() == 1804289383);  // the first of the sequence that begins with srand(1)
  static std::ofstream never_closed;
  never_closed.open("/dev/null");
  const int file = open("/dev/null", O_RDONLY);
  assert(file >= 0 && file < 200);
}

void change_everything() {
  std::lock_guard<std::mutex> lock(mutex);
  ++counter;
  --initialised;
  for (int i = 0; i < 100; ++i) numbers.push_back(i);
  short_text += " no more, now that it has to move to the heap";
  long_text.clear();
  long_text.shrink_to_fit();
  map.erase("one");
  map["two"] = 2;
  list->value = 8;
  if (list->next == nullptr) list->next = new Node;  // never deleted
  block[2] += 1;
}

int main() {
  assert(counter == 0);
  assert(initialised == 5);
  assert((numbers == std::vector<int>{1, 2, 3}));
  assert(short_text == "short");
  assert(long_text == "long enough not to fit into the string object itself");
  assert(map.size() == 1 && map.count("one") == 1);
  assert(list->value == 7 && list->next == nullptr);
  assert(block[2] == 0);
  assert(calls() == 101);
  assert(first_use() == 100);
  change_the_c_library();
  std::thread first(change_everything);
  std::thread second(change_everything);
  first.join();
  second.join();
  assert(counter == 2 && block[2] == 2);
  return 0;
}
