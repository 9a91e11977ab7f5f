// Each thread has strings, vectors and streams of its own; standard output may be shared.
#include <cassert>
#include <cstdio>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

std::mutex mutex;
std::vector<std::string> all;

void work(int number) {
  std::ostringstream out;
  out << number << ' ' << 1.5 << std::setw(4) << "x" << std::hex << 255 << true;
  std::istringstream in(out.str());
  int first = 0;
  double second = 0;
  std::string word;
  in >> first >> second >> word;
  assert(first == number && second == 1.5);
  char text[64];
  std::snprintf(text, sizeof text, "%d-%s", number, word.c_str());
  std::string longer = text + std::to_string(number);
  longer.append(40, 'y');
  std::printf("%s\n", longer.c_str());
  std::cout << longer << 3.5 << std::endl;
  std::vector<int> numbers(50, number);
  std::vector<int> more;
  more = numbers;
  more.insert(more.begin(), 3, 1);
  try {
    throw std::runtime_error(longer);
  } catch (const std::exception& error) {
    assert(std::strlen(error.what()) == longer.size());
  }
  const std::lock_guard<std::mutex> lock(mutex);
  all.push_back(longer);
}

int main() {
  std::thread first(work, 1);
  std::thread second(work, 2);
  first.join();
  second.join();
  assert(all.size() == 2 && all[0].size() == all[1].size());
}
