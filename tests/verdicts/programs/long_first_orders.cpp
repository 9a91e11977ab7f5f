// Correct. Takes very long where the threads come in the order in which they were made, as they do
// in most of the first runs of an exhaustive search and seldom elsewhere. Adds a byte to the file
// that the argument names at its end, so that others can see how many runs came to it.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

constexpr int kThreads = 10;

std::atomic<unsigned> turn{0};
std::array<std::atomic<int>, kThreads> who{};
std::atomic<int> work{0};
std::atomic<int> bystanders{0};

void come(int self) {
  const unsigned mine = turn.fetch_add(1);
  who[mine] = self;
  if (mine + 1 != who.size()) return;
  // The last of all.
  const bool in_order = who[0] == 0 && who[1] == 1 && who[2] == 2 && who[3] == 3;
  for (int step = 0; in_order && step < 400'000; ++step) ++work;
}

int main(int, char** argv) {
  std::array<std::thread, kThreads> threads;
  for (int i = 0; i < kThreads; ++i) threads[i] = std::thread(come, i);
  // Who works long is not the only one who can go on.
  std::thread bystander([] { ++bystanders; });
  for (std::thread& thread : threads) thread.join();
  bystander.join();
  const int file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600);
  const bool noted = write(file, ".", 1) == 1;
  close(file);
  return noted ? 0 : 1;
}
