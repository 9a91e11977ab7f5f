#include "harness/engine/native/task_state.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "harness/engine/native/raw_system.h"

namespace heddle::native {
namespace {

// "/proc/PID/task/TID/NAME" without the C library's formatted output, which takes locks.
class TaskPath {
 public:
  TaskPath(std::int32_t pid, std::int32_t tid, std::string_view name) {
    append("/proc/");
    append(pid);
    append("/task/");
    append(tid);
    append("/");
    append(name);
  }

  // The folder of all tasks.
  explicit TaskPath(std::int32_t pid) {
    append("/proc/");
    append(pid);
    append("/task");
  }

  const char* c_str() const { return text_.data(); }

 private:
  void append(std::string_view part) {
    for (const char c : part) text_[length_++] = c;
  }
  void append(std::int32_t number) {
    length_ = static_cast<std::size_t>(
        std::to_chars(text_.data() + length_, text_.data() + text_.size(), number).ptr -
        text_.data());
  }

  std::array<char, 80> text_{};
  std::size_t length_ = 0;
};

std::string_view read_file(const TaskPath& path, std::array<char, 512>& buffer) {
  const long fd =
      system_call(SYS_openat, AT_FDCWD, as_argument(path.c_str()), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  const long length =
      system_call(SYS_read, fd, as_argument(buffer.data()), static_cast<long>(buffer.size()));
  system_call(SYS_close, fd);
  return length <= 0 ? std::string_view{}
                     : std::string_view(buffer.data(), static_cast<std::size_t>(length));
}

// The next word of `text`, which is cut off from its front.
std::string_view next_word(std::string_view& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find_first_of(" \n", begin);
  const std::string_view word = text.substr(begin, end - begin);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end);
  return word;
}

std::optional<std::uint64_t> parse_number(std::string_view word) {
  const bool hexadecimal = word.starts_with("0x");
  if (hexadecimal) word.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

// Those that wait for a child are none of them: it may have much to do.
bool waits_for_outside(std::uint64_t call) {
  switch (call) {
    case SYS_read:
    case SYS_readv:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_accept:
    case SYS_accept4:
    case SYS_pause:
    case SYS_rt_sigsuspend:
    case SYS_flock:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<char> parse_stat_state(std::string_view stat) {
  const std::size_t name_end = stat.rfind(") ");
  if (name_end == std::string_view::npos || name_end + 2 >= stat.size()) return std::nullopt;
  return stat[name_end + 2];
}

Waiting parse_syscall(std::string_view text) {
  const std::string_view first = next_word(text);
  if (first.empty()) return Waiting::unknown;
  if (first == "running") return Waiting::no;
  const auto number = parse_number(first);
  if (!number) return first == "-1" ? Waiting::no : Waiting::unknown;
  if (waits_for_outside(*number)) return Waiting::outside;
  if (*number != SYS_futex) return Waiting::no;
  next_word(text);  // the futex's address
  const auto operation = parse_number(next_word(text));
  next_word(text);  // the value compared with
  const auto timeout = parse_number(next_word(text));
  if (!operation || !timeout) return Waiting::unknown;
  switch (*operation & static_cast<std::uint64_t>(FUTEX_CMD_MASK)) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
    case FUTEX_WAIT_REQUEUE_PI:
      return *timeout == 0 ? Waiting::forever : Waiting::no;
    default:
      return Waiting::no;
  }
}

TaskState read_task_state(std::int32_t pid, std::int32_t tid) {
  std::array<char, 512> buffer{};
  TaskState result;
  result.waiting = parse_syscall(read_file(TaskPath(pid, tid, "syscall"), buffer));
  // After the call: a thread that was woken in between then shows as running.
  result.state = parse_stat_state(read_file(TaskPath(pid, tid, "stat"), buffer)).value_or('?');
  return result;
}

bool any_task_awake(std::int32_t pid) {
  const TaskPath folder(pid);
  const long fd = system_call(SYS_openat, AT_FDCWD, as_argument(folder.c_str()),
                              O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return true;
  bool awake = false;
  alignas(8) std::array<char, 2048> entries;
  std::array<char, 512> buffer{};
  long length = 0;
  while (!awake && (length = system_call(SYS_getdents64, fd, as_argument(entries.data()),
                                         static_cast<long>(entries.size()))) > 0) {
    // struct linux_dirent64: 8 bytes inode, 8 bytes offset, 2 bytes length, 1 byte type, the name.
    constexpr std::size_t kLengthOffset = 16;
    constexpr std::size_t kNameOffset = 19;
    for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
      std::uint16_t size = 0;
      std::memcpy(&size, entries.data() + at + kLengthOffset, sizeof size);
      const char* name = entries.data() + at + kNameOffset;
      std::int32_t tid = 0;
      if (std::from_chars(name, name + std::strlen(name), tid).ec == std::errc{}) {
        const char state =
            parse_stat_state(read_file(TaskPath(pid, tid, "stat"), buffer)).value_or('?');
        awake = awake || state == 'R' || state == 'D';
      }
      at += size;
    }
  }
  system_call(SYS_close, fd);
  return awake || length < 0;
}

}  // namespace heddle::native
