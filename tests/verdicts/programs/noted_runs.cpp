// Correct; adds a byte to the file that the argument names in each run, so that others can see that
// runs are going on.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <thread>

std::atomic<int> counter{0};

int main(int, char** argv) {
  std::thread first([] { ++counter; });
  std::thread second([] { ++counter; });
  first.join();
  second.join();
  const int file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600);
  const bool noted = write(file, ".", 1) == 1;
  close(file);
  return noted ? 0 : 1;
}
