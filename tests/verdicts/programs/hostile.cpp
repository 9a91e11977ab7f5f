// Does to its process, and to whoever watches it, what the first argument says.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
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

// Goes on as another process, whose parent is gone.
bool in_an_orphan() {
  if (fork() != 0) return false;
  setsid();
  if (fork() != 0) _exit(0);
  return true;
}

void wait_for_ever() {
  for (;;) pause();
}

// What nobody sees: it is no access, no call.
void turn_for_ever() {
  for (;;) asm volatile("");
}

sigjmp_buf before_fault;

void jump_back(int /*signal*/) {
  siglongjmp(before_fault, 1);
}

void throw_something() {
  throw std::runtime_error("nobody may catch this");
}

void catch_nothing() noexcept {
  throw_something();
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
      {"kill_parent", [] { kill(getppid(), SIGKILL); }},
      {"end_parent", [] { kill(getppid(), SIGTERM); }},
      {"interrupt_group", [] { kill(0, SIGINT); }},
      {"hang_up_group", [] { signal(SIGHUP, SIG_IGN), kill(0, SIGHUP), wait_for_ever(); }},
      {"block_signals",
       [] {
         sigset_t all;
         sigfillset(&all), sigprocmask(SIG_BLOCK, &all, nullptr), turn_for_ever();
       }},
      {"ignore_signals",
       [] {
         for (int number = 1; number < 65; ++number) signal(number, SIG_IGN);
         wait_for_ever();
       }},
      {"fault_in_handler",
       [] { signal(SIGSEGV, [](int) { access_nothing(); }), access_nothing(); }},
      {"fault_without_stack",
       [] {
         stack_t nowhere = {};
         nowhere.ss_sp = reinterpret_cast<void*>(4096), nowhere.ss_size = 65536;
         struct sigaction action = {};
         action.sa_handler = [](int) {}, action.sa_flags = SA_ONSTACK;
         sigaltstack(&nowhere, nullptr), sigaction(SIGSEGV, &action, nullptr), access_nothing();
       }},
      {"jump_out_of_handler",
       [] {
         signal(SIGSEGV, jump_back);
         if (sigsetjmp(before_fault, 1) == 0) access_nothing();
       }},
      {"wait_for_signal",
       [] {
         sigset_t all;
         int number = 0;
         sigfillset(&all), sigprocmask(SIG_BLOCK, &all, nullptr), sigwait(&all, &number);
       }},
      {"broken_pipe",
       [] {
         int ends[2];
         if (pipe(ends) == 0) close(ends[0]), syscall(SYS_write, ends[1], "x", 1);
       }},
      // Waiting.
      {"turn_for_ever", [] { turn_for_ever(); }},
      {"wait_for_ever", [] { wait_for_ever(); }},
      {"sleep_for_ever", [] { sleep(1'000'000); }},
      {"read_for_ever",
       [] {
         int ends[2];
         char byte = 0;
         if (pipe(ends) == 0) syscall(SYS_read, ends[0], &byte, 1);
       }},
      {"accept_for_ever",
       [] {
         const int bound = socket(AF_UNIX, SOCK_STREAM, 0);
         const sockaddr here = {AF_UNIX, ""};
         bind(bound, &here, sizeof(sa_family_t)), listen(bound, 1);
         accept(bound, nullptr, nullptr);
       }},
      {"lock_file_twice",
       [] {
         const int one = open("/proc/self/exe", O_RDONLY);
         const int other = open("/proc/self/exe", O_RDONLY);
         flock(one, LOCK_EX), flock(other, LOCK_EX);
       }},
      {"count_for_ever",
       [] {
         for (static volatile unsigned count = 0;;) count = count + 1;
       }},
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
      {"small_files",
       [] {
         limit(RLIMIT_FSIZE, 1);
         const int file = memfd_create("small", 0);
         write(file, "more than one", 13);
       }},
      {"print_for_ever",
       [] {
         for (;;) std::fputs("and another line\n", stdout);
       }},
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
      {"drop_memory",
       [] {
         change_memory([](char* begin, std::size_t size) { madvise(begin, size, MADV_DONTNEED); });
       }},
      {"lock_memory", [] { mlockall(MCL_CURRENT | MCL_FUTURE); }},
      {"write_parent",
       [] {
         change_memory([](char* begin, std::size_t size) {
           const iovec ones = {const_cast<char*>("\xff\xff\xff\xff"), 4};
           const iovec there = {begin + size / 2, 4};
           process_vm_writev(getppid(), &ones, 1, &there, 1, 0);
         });
       }},
      {"write_code",
       [] {
         const int memory = open("/proc/self/mem", O_RDWR);
         const auto code = reinterpret_cast<off_t>(&std::rand);
         pwrite(memory, "\xcc\xcc\xcc\xcc", 4, code), std::rand();
       }},
      {"ask_for_all",
       [] {
         std::vector<char*> blocks;
         for (;;) {
           blocks.push_back(static_cast<char*>(std::malloc(64 << 20)));
           if (blocks.back() == nullptr) std::abort();
           std::memset(blocks.back(), 1, 64 << 20);
         }
       }},
      {"ask_for_too_much", [] { std::vector<char> all(std::size_t{1} << 46); }},
      {"little_stack", [] { limit(RLIMIT_STACK, 16384), descend(0); }},
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
      {"throw_through_noexcept", [] { catch_nothing(); }},
      {"throw_a_number", [] { throw 7; }},
      {"end_thread", [] { pthread_exit(nullptr); }},
      {"end_thread_only", [] { syscall(SYS_exit, 7); }},
      {"exit_in_exit", [] { std::atexit([] { std::exit(3); }), std::exit(0); }},
      {"exit_handler_waits", [] { std::atexit([] { wait_for_ever(); }); }},
      {"abort_in_destructor",
       [] {
         struct Aborts {
           ~Aborts() { std::abort(); }
         };
         static thread_local Aborts aborts;
         asm volatile("" : : "r"(&aborts));
       }},
      {"little_time",
       [] {
         limit(RLIMIT_CPU, 0);
         turn_for_ever();
       }},
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
      {"fork_many",
       [] {
         for (int i = 0; i < 40; ++i) {
           if (fork() == 0) wait_for_ever();
         }
       }},
      {"fork_turns",
       [] {
         if (fork() == 0) signal(SIGTERM, SIG_IGN), turn_for_ever();
       }},
      {"orphan",
       [] {
         if (in_an_orphan()) wait_for_ever();
       }},
      {"orphan_writes",
       [] {
         if (in_an_orphan()) write_to_all('\xff', 8), wait_for_ever();
       }},
      {"child_returns", [] { fork(); }},
      {"no_processes", [] { limit(RLIMIT_NPROC, 0), std::thread([] {}).join(); }},
      {"session", [] { setsid(), setpgid(0, 0); }},
      {"traced", [] { ptrace(PTRACE_TRACEME, 0, nullptr, nullptr), raise(SIGUSR1); }},
      {"strict", [] { prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT), getppid(); }},
      {"not_dumpable", [] { prctl(PR_SET_DUMPABLE, 0), std::abort(); }},
      {"nobody", [] { setgid(65534), setuid(65534), std::abort(); }},
      {"one_core",
       [] {
         cpu_set_t none;
         CPU_ZERO(&none);
         CPU_SET(0, &none);
         sched_setaffinity(0, sizeof none, &none), nice(19), std::abort();
       }},
      {"execute_itself", [] { execl("/proc/self/exe", "again", nullptr); }},
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
      {"long_line",
       [] {
         for (int i = 0; i < 100'000; ++i) std::fputs("one line without an end ", stderr);
         std::abort();
       }},
      {"half_a_character", [] { std::fputs("\xc3\xa4 and \xc3", stderr), std::abort(); }},
      {"thrown_bytes", [] { throw std::runtime_error("\x01\xff\xfe\r\n\t\"<&]]>\x7f"); }},
      {"clear_environment", [] { clearenv(); }},
  };
  const auto way = argc > 1 ? ways.find(argv[1]) : ways.end();
  std::thread other([&] {
    if (way != ways.end()) way->second();
  });
  other.join();
  return 0;
}
