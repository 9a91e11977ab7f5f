// Uses up its arguments and its input, and changes its environment. Fails in every run but the
// first if the next run does not find them as they were: the arguments "one" and "two,three", two
// lines, 1 and 2, and the variables that it was started with.
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>

int main(int argc, char** argv) {
  assert(argc == 3);
  assert(std::strcmp(argv[1], "one") == 0);
  assert(std::strcmp(argv[2], "two,three") == 0);
  std::strtok(argv[2], ",");
  argv[1] = argv[2];
  argv[2] = nullptr;

  assert(std::getenv("SET_IN_THE_RUN") == nullptr);
  const char* path = std::getenv("PATH");
  assert(path != nullptr && std::strcmp(path, "/nowhere") != 0);
  setenv("SET_IN_THE_RUN", "1", 1);
  static char moved[] = "PATH=/nowhere";
  putenv(moved);
  unsetenv("HOME");

  char line[16];
  assert(std::fgets(line, sizeof line, stdin) != nullptr);
  assert(std::strcmp(line, "1\n") == 0);
  std::string word;
  assert(std::cin >> word);
  assert(word == "2");
  assert(!(std::cin >> word));
  assert(std::fgetc(stdin) == EOF);
  std::printf("read without an end of line, which the C library keeps for later");

  std::thread first([] {});
  std::thread second([] {});
  first.join();
  second.join();
  return 0;
}
