// What a run's process and the process that watches it share: all of it in pages mapped into both.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "fuzz/delay/delay_plan.h"
#include "harness/engine/engine.h"
#include "harness/engine/native/delayer.h"
#include "harness/engine/native/end_record.h"
#include "harness/engine/native/raw_system.h"
#include "harness/engine/native/stuck_threads.h"
#include "harness/engine/native/thread_slot.h"

namespace heddle::tsan {

inline constexpr std::size_t kMaxThreads = 256;
inline constexpr std::size_t kMaxReports = 16;

struct PlaceRecord {
  ThreadId thread;
  OpKind kind;
  std::uint8_t size;
  Address address;
  Address held;         // the mutex that the thread had when it locked another; else 0
  std::uint32_t depth;  // of `stack`, whose first is the place itself
  std::array<Address, 48> stack;
  std::array<char, 96> note;
};

struct ReportRecord {
  FailureKind kind;
  std::array<char, 64> message;
  std::uint32_t place_count;
  std::array<PlaceRecord, 4> places;
};

struct alignas(64) TsanThread {
  native::ThreadSlot slot;
  ThreadId id;
  std::uint32_t gate_budget;  // steps until the threads held back are let go
  Address base_frame;         // the program's part of the stack ends here
  std::optional<native::Delayer> delays;
};

struct SharedRun {
  // --- the watching process writes these before it raises `go`
  std::uint64_t number;
  std::uint64_t seed;
  DelayPlan delay;
  double ticks_per_ns;
  native::Futex go;  // counts the runs asked for

  // --- the run's process
  native::Futex done;          // counts the runs finished
  std::atomic<bool> reusable;  // the process may execute another run
  // What the run has left behind that is not put back, as text; empty: nothing.
  std::array<char, 128> left_behind;
  native::Futex gate;  // 1: threads that were created may start
  std::atomic<std::uint32_t> joins;
  std::atomic<std::uint32_t> thread_count;
  native::EndRecord end;
  native::NotificationLog notifications;
  std::atomic<std::uint32_t> report_count;  // may exceed kMaxReports
  std::array<ReportRecord, kMaxReports> reports;
  std::array<TsanThread, kMaxThreads> threads;

  // For the next run; no process may be executing one.
  void reset();
  std::uint32_t threads_used() const;
};

// Each place once: a race in a loop is one finding, however often it was reported in the run.
std::vector<Failed> collect_reports(const SharedRun& run);

}  // namespace heddle::tsan
