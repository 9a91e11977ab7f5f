// What the threads of a program saw, as its exit status: so that a test can compare the outcomes
// that two searches have found.
#pragma once

#include <cstdlib>
#include <string_view>

// Of all numbers that one thread saw, in its order. Each thread has its own.
class Seen {
 public:
  void add(int number) { hash_ = (hash_ * 31 + static_cast<unsigned>(number) + 1) % 65'521; }
  unsigned hash() const { return hash_; }

 private:
  unsigned hash_ = 7;
};

// The number at `index` among the arguments; ends the program if there is none.
inline int argument(int argc, char** argv, int index) {
  if (index >= argc) std::exit(2);
  return std::atoi(argv[index]);
}

// 0 unless the last argument is "outcome"; else a number from 1 to 251 by what the threads saw.
template <typename Threads>
int status(int argc, char** argv, const Threads& threads) {
  if (std::string_view(argv[argc - 1]) != "outcome") return 0;
  unsigned hash = 1;
  for (const Seen& seen : threads) hash = (hash * 8'191 + seen.hash()) % 1'000'003;
  return 1 + static_cast<int>(hash % 251);
}
