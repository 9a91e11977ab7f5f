// What the kernel says a thread is doing: whether it runs, and whether it sleeps in a wait that no
// time limit will end. With this a deadlock is known for what it is, without waiting to see whether
// anything will still happen.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace heddle::native {

enum class Waiting : std::uint8_t {
  unknown,  // the kernel does not say
  no,       // in none of the following calls, or with a time limit
  forever,  // in a futex call that only another thread can end
  outside,  // in one without a time limit that ends when something comes from outside, or a signal
};

struct TaskState {
  char state = '?';  // as in proc(5): R running, S sleeping, D, T, Z, ...
  Waiting waiting = Waiting::unknown;

  bool gone() const { return state == '?' || state == 'Z' || state == 'X'; }
  bool blocked_for_good() const { return state == 'S' && waiting == Waiting::forever; }
  // Of its own accord it will do nothing more.
  bool asleep() const {
    return state == 'S' && (waiting == Waiting::forever || waiting == Waiting::outside);
  }
};

// The third field of /proc/PID/task/TID/stat; nothing if the text is not of that form. The second
// field, the thread's name, may hold spaces and brackets.
std::optional<char> parse_stat_state(std::string_view stat);

// From /proc/PID/task/TID/syscall.
Waiting parse_syscall(std::string_view text);

// Reads both files. A thread that is gone has the state '?'. Allocates nothing.
TaskState read_task_state(std::int32_t pid, std::int32_t tid);

// Whether any task of the process runs, or could: also those that are no threads of the program,
// such as one of a runtime library that holds a lock of its own while a program thread waits for
// it. True too if the tasks cannot be listed. Allocates nothing.
bool any_task_awake(std::int32_t pid);

}  // namespace heddle::native
