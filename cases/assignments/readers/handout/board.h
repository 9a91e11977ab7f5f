// What the test calls. Do not change this file.
#pragma once

#include <mutex>
#include <shared_mutex>

// A board with two numbers that are always equal, for those who look at it.
class Board {
 public:
  void write(int number);
  bool read();  // whether both are equal; calls look() for each of them

 private:
  std::shared_mutex mutex_;
  int left_ = 0;
  int right_ = 0;
};

// Takes a look at one number. Several readers can look at once.
int look(const int& number);
