// Uses up its arguments and its input. Fails in every run but the first if the next run does not
// find them as they were: the arguments "one" and "two,three", and two lines, 1 and 2.
#include <cassert>
#include <cstdio>
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
