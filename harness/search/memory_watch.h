// A worker's memory, watched from outside: a run that takes more than its share must not take the
// machine, and nobody inside need notice. The worker's own look (engine/native/memory_limit.h)
// comes first where it can, and knows the place.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <istream>
#include <mutex>
#include <optional>
#include <thread>

#include "harness/engine/engine.h"

namespace heddle {

// What a worker and the processes that it has started had, in bytes. A page that several of them
// share is counted once.
struct MemoryUse {
  std::uint64_t total = 0;
  std::uint64_t programs = 0;  // what the program has asked for
};

class MemoryWatch {
 public:
  // `worker`: the first process of its group.
  explicit MemoryWatch(pid_t worker) : worker_(worker) {}
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;
  ~MemoryWatch() { stop(); }

  // From now on; 0: no limit.
  void set_limit(std::uint64_t bytes, EngineKind engine);
  // To be called before the worker is waited for: its number may then be another process's.
  void stop();

  std::uint64_t limit() const { return limit_; }
  EngineKind engine() const { return engine_; }
  // What it had when it was ended for it.
  std::optional<MemoryUse> over() const;

 private:
  void watch();

  const pid_t worker_;
  std::atomic<std::uint64_t> limit_{0};
  std::atomic<EngineKind> engine_{EngineKind::fuzz};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stops_ = false;
  std::optional<MemoryUse> over_;
  std::thread thread_;
};

// What the text of /proc/PID/smaps says. `engine` decides where the program's memory lies.
MemoryUse memory_use_of(std::istream& smaps, EngineKind engine);

}  // namespace heddle
