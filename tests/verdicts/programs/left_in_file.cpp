// Leaves standard input read and standard error with another flag, and fails each time by what it
// says at its end.
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

int main() {
  // An error of another function may be left from before main in no process.
  if (errno != 0) throw std::runtime_error("an error of before");
  if (lseek(STDIN_FILENO, 0, SEEK_CUR) != 0) throw std::runtime_error("some of the input is read");
  if ((fcntl(STDERR_FILENO, F_GETFL) & O_APPEND) != 0) throw std::runtime_error("a flag is set");
  std::thread([] {}).join();
  char byte = 0;
  if (read(STDIN_FILENO, &byte, 1) != 1) throw std::runtime_error("no input");
  fcntl(STDERR_FILENO, F_SETFL, O_APPEND);
  throw std::runtime_error("the end");
}
