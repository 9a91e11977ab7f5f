// Does to its process, and to whoever watches it, what the first argument says.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

// All that are open, but for standard input and output.
std::vector<int> descriptors() {
  std::vector<int> numbers;
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return numbers;
  while (const dirent* entry = readdir(folder)) {
    const int number = std::atoi(entry->d_name);
    if (number > 2 && number != dirfd(folder)) numbers.push_back(number);
  }
  closedir(folder);
  return numbers;
}

// Calls `change` for each part of memory that can be written, but for the stack of main's thread.
void change_memory(void (*change)(char* begin, std::size_t size)) {
  static std::array<std::pair<char*, std::size_t>, 2000> parts;
  std::size_t count = 0;
  std::FILE* const maps = std::fopen("/proc/self/maps", "r");
  char line[512];
  while (maps != nullptr && std::fgets(line, sizeof line, maps) != nullptr) {
    unsigned long begin = 0;
    unsigned long end = 0;
    char rights[8] = "";
    std::sscanf(line, "%lx-%lx %7s", &begin, &end, rights);
    const bool is_stack = std::strstr(line, "[stack]") != nullptr;
    if (rights[1] == 'w' && !is_stack && count < parts.size()) {
      parts[count++] = {reinterpret_cast<char*>(begin), end - begin};
    }
  }
  for (std::size_t i = 0; i < count; ++i) change(parts[i].first, parts[i].second);
}

void for_numbers(void (*use)(int number)) {
  for (int number = 3; number < 1024; ++number) use(number);
}

// For ever, and nobody can tell that it will not end.
int descend(int depth) {
  volatile char room[4096];
  room[0] = static_cast<char>(depth);
  const int deeper = descend(depth + 1);
  return deeper + room[0];
}

void limit(int what, rlim_t most) {
  const rlimit now = {most, most};
  setrlimit(static_cast<__rlimit_resource>(what), &now);
}

void access_nothing() {
  volatile int* const nowhere = reinterpret_cast<int*>(8);
  *nowhere = 1;
}

void write_to_all(char byte, std::size_t size) {
  const std::string bytes(size, byte);
  for (const int number : descriptors()) syscall(SYS_write, number, bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<void()>> ways = {
      // Signals.
      {"kill_itself", [] { kill(getpid(), SIGKILL); }},
      {"kill_group", [] { kill(0, SIGTERM); }},
      {"stop_itself", [] { raise(SIGSTOP); }},
      {"stop_parent", [] { kill(getppid(), SIGSTOP); }},
      {"ignore_fault", [] { signal(SIGSEGV, SIG_IGN), access_nothing(); }},
      {"return_from_fault", [] { signal(SIGSEGV, [](int) {}), access_nothing(); }},
      {"return_from_abort", [] { signal(SIGABRT, [](int) {}), std::abort(); }},
      {"alarm",
       [] {
         const itimerval soon = {{0, 100}, {0, 100}};
         setitimer(ITIMER_REAL, &soon, nullptr), usleep(100'000);
         for (;;) getpid();
       }},
      {"trap", [] { __builtin_trap(); }},
      {"breakpoint", [] { asm volatile("int3"); }},
      // Descriptors.
      {"write_ones", [] { write_to_all('\xff', 3); }},
      {"close_all", [] { for_numbers([](int number) { syscall(SYS_close, number); }); }},
      {"replace_all", [] { for_numbers([](int number) { syscall(SYS_dup2, 1, number); }); }},
      {"read_all",
       [] {
         for_numbers([](int number) {
           char some[64];
           syscall(SYS_fcntl, number, F_SETFL, O_NONBLOCK),
               syscall(SYS_read, number, some, sizeof some);
         });
       }},
      {"open_all",
       [] {
         while (open("/dev/null", O_RDONLY) >= 0) {
         }
       }},
      {"no_descriptors", [] { limit(RLIMIT_NOFILE, 0); }},
      {"close_streams", [] { std::fclose(stdout), std::fclose(stderr), std::fclose(stdin); }},
      // Memory.
      {"fill_memory",
       [] {
         change_memory([](char* begin, std::size_t size) { std::memset(begin, 0xff, size); });
       }},
      {"flip_memory",
       [] {
         change_memory([](char* begin, std::size_t size) {
           for (std::size_t i = 0; i < size; i += 64) begin[i] ^= 1;
         });
       }},
      {"unmap_memory",
       [] { change_memory([](char* begin, std::size_t size) { munmap(begin, size); }); }},
      {"protect_memory",
       [] {
         change_memory([](char* begin, std::size_t size) { mprotect(begin, size, PROT_READ); });
       }},
      {"little_memory",
       [] {
         limit(RLIMIT_AS, 1 << 20);
         if (std::malloc(4 << 20) == nullptr) std::abort();
       }},
      {"overflow_block",
       [] {
         char* block = static_cast<char*>(std::malloc(10));
         asm volatile("" : "+r"(block));
         std::memset(block, 1, 100'000), std::free(block);
       }},
      {"free_anything",
       [] {
         void* nowhere = reinterpret_cast<void*>(0x1234);
         asm volatile("" : "+r"(nowhere));
         std::free(nowhere);
       }},
      {"overflow_stack", [] { descend(0); }},
      // Ends.
      {"exit", [] { std::exit(7); }},
      {"exit_at_once", [] { _exit(7); }},
      {"quick_exit", [] { std::quick_exit(7); }},
      {"exit_group", [] { syscall(SYS_exit_group, 7); }},
      {"terminate", [] { std::terminate(); }},
      {"throw_long", [] { throw std::runtime_error(std::string(2'000'000, 'x')); }},
      {"exit_handler_aborts", [] { std::atexit([] { std::abort(); }); }},
      {"not_joined", [] { std::thread another([] {}); }},
      {"jump_nowhere",
       [] {
         void (*nowhere)() = reinterpret_cast<void (*)()>(0x1234);
         asm volatile("" : "+r"(nowhere));
         nowhere();
       }},
      // Processes.
      {"fork",
       [] {
         if (fork() == 0)
           for (;;) pause();
       }},
      {"daemon",
       [] {
         if (daemon(0, 0) == 0)
           for (;;) pause();
       }},
      {"execute_another", [] { execl("/bin/true", "true", nullptr); }},
      // Words.
      {"any_bytes",
       [] {
         for (int byte = 0; byte < 256; ++byte) std::fputc(byte, stderr);
         std::fputs("\x1b]0;evil\x07\x1b[31m", stderr), std::abort();
       }},
      {"many_words",
       [] {
         const std::string words(20'000'000, 'y');
         std::fwrite(words.data(), 1, words.size(), stderr), std::abort();
       }},
      {"clear_environment", [] { clearenv(); }},
  };
  const auto way = argc > 1 ? ways.find(argv[1]) : ways.end();
  std::thread other([&] {
    if (way != ways.end()) way->second();
  });
  other.join();
  return 0;
}
