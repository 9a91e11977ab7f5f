// What a program does that no scheduler of threads controls, or that has no end that others cause;
// the first argument says what.
#include <dlfcn.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

std::atomic<int> value{0};
int plain[50'000];

void fork_in_a_thread() {
  std::thread thread([] { fork(); });
  thread.join();
}

// As a death test does: another process ends in a way that is no end of this one.
void have_a_child() {
  std::thread([] { value = 1; }).join();
  const pid_t child = fork();
  if (child == 0) exit(3);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 3) abort();
  const pid_t crashing = fork();
  if (crashing == 0) raise(SIGSEGV);
  waitpid(crashing, &status, 0);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV) abort();
}

void load_a_library() {
  std::thread thread([] { dlopen("libdw.so.1", RTLD_NOW); });
  thread.join();
}

// Other steps in every second execution: the file grows by one byte in each.
void depend_on_a_file(const std::string& path) {
  std::ofstream(path, std::ios::app) << '.';
  const auto size = std::filesystem::file_size(path);
  std::thread thread([size] {
    if (size % 2 == 0) ++value;
  });
  value = 2;
  thread.join();
}

// Long, and nothing that it does can be seen by another thread.
void only_read() {
  std::thread thread([] { value = 1; });
  thread.join();
  long sum = 0;
  for (int round = 0; round < 2; ++round) {
    for (const int element : plain) sum += element;
    for (int i = 0; i < 20'000; ++i) sum += value.load();
  }
  assert(sum == 40'000);
}

void wait_by_the_clock() {
  std::thread thread([] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::hours(1);
    while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
    value = 1;
  });
  thread.join();
  assert(value == 1);
}

void start_a_thousand() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 1'000; ++i) threads.emplace_back([] { ++value; });
  for (std::thread& thread : threads) thread.join();
  assert(value == 1'000);
}

void take_ten_million_steps() {
  const auto count = [] {
    for (int i = 0; i < 5'000'000; ++i) value.fetch_add(1);
  };
  std::thread first(count);
  std::thread second(count);
  first.join();
  second.join();
  assert(value == 10'000'000);
}

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "fork") fork_in_a_thread();
  if (what == "child") have_a_child();
  if (what == "throw") {
    std::thread([] { value = 1; }).join();
    throw std::runtime_error("the process's first exception");
  }
  if (what == "dlopen") load_a_library();
  if (what == "file") depend_on_a_file(argv[2]);
  if (what == "read") only_read();
  if (what == "clock") wait_by_the_clock();
  if (what == "threads") start_a_thousand();
  if (what == "steps") take_ten_million_steps();
  return 0;
}
