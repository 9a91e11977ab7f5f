// Takes ThreadSanitizer's reports as data. The interface is that of sanitizer/tsan's
// tsan_debugging.cpp, made for debuggers: no header declares it.
#include <dlfcn.h>
#include <link.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "harness/engine/native/report_kind.h"
#include "harness/engine/tsan/child_run.h"

extern "C" {
int __tsan_get_report_data(void* report, const char** description, int* count, int* stack_count,
                           int* mop_count, int* loc_count, int* mutex_count, int* thread_count,
                           int* unique_tid_count, void** sleep_trace, unsigned long trace_size)
    __attribute__((weak));
int __tsan_get_report_stack(void* report, unsigned long index, void** trace,
                            unsigned long trace_size) __attribute__((weak));
int __tsan_get_report_mop(void* report, unsigned long index, int* tid, void** address, int* size,
                          int* write, int* atomic, void** trace, unsigned long trace_size)
    __attribute__((weak));
int __tsan_get_report_mutex(void* report, unsigned long index, unsigned long* id, void** address,
                            int* destroyed, void** trace, unsigned long trace_size)
    __attribute__((weak));
int __tsan_get_report_unique_tid(void* report, unsigned long index, int* tid) __attribute__((weak));
int __tsan_get_report_thread(void* report, unsigned long index, int* tid, pid_t* os_id,
                             int* running, const char** name, int* parent_tid, void** trace,
                             unsigned long trace_size) __attribute__((weak));
}

namespace heddle::tsan {
namespace {

using Trace = std::array<void*, 48>;

struct Module {
  Address begin = 0;
  Address end = 0;
  bool contains(Address pc) const { return pc >= begin && pc < end; }
};

// The module that holds `inside`, by the first call; the loader's lock is not taken again while
// the runtime reports.
Module module_of(const void* inside) {
  struct Search {
    Address wanted;
    Module found;
  } search{reinterpret_cast<Address>(inside), {}};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* out) {
        auto& search_for = *static_cast<Search*>(out);
        Module module{~Address{0}, 0};
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
          const Address begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
          if (begin < module.begin) module.begin = begin;
          const Address end = begin + info->dlpi_phdr[i].p_memsz;
          if (end > module.end) module.end = end;
        }
        if (!module.contains(search_for.wanted)) return 0;
        search_for.found = module;
        return 1;
      },
      &search);
  return search.found;
}

// Leaves out the interceptors' own frames: a report is to blame the program.
void copy_trace(PlaceRecord& place, const Trace& trace) {
  static const Module runtime = module_of(reinterpret_cast<const void*>(&__tsan_get_report_data));
  static const Module own = module_of(reinterpret_cast<const void*>(&copy_trace));
  place.depth = 0;
  for (void* frame : trace) {
    const auto pc = reinterpret_cast<Address>(frame);
    if (pc == 0) break;
    if (place.depth == 0 && (runtime.contains(pc) || own.contains(pc))) continue;
    place.stack[place.depth++] = pc;
  }
}

// The runtime numbers threads in its own way; both know them by the kernel's number.
ThreadId thread_of(void* report, int tsan_tid, int thread_count) {
  if (tsan_tid == 0) return 0;
  for (int i = 0; i < thread_count; ++i) {
    int tid = 0;
    pid_t os_id = 0;
    int running = 0;
    const char* name = nullptr;
    int parent = 0;
    Trace trace{};
    __tsan_get_report_thread(report, static_cast<unsigned long>(i), &tid, &os_id, &running, &name,
                             &parent, trace.data(), trace.size());
    if (tid != tsan_tid) continue;
    const std::uint32_t used = g_shared->threads_used();
    for (std::uint32_t id = 0; id < used; ++id) {
      if (g_shared->threads[id].slot.tid.load() == os_id) return id;
    }
  }
  return kNoThread;
}

template <std::size_t N>
void set_text(std::array<char, N>& to, std::string_view text) {
  const std::size_t length = text.size() < N - 1 ? text.size() : N - 1;
  for (std::size_t i = 0; i < length; ++i) to[i] = text[i];
  to[length] = '\0';
}

Address mutex_of(void* report, int index) {
  unsigned long id = 0;
  void* address = nullptr;
  int destroyed = 0;
  Trace trace{};
  __tsan_get_report_mutex(report, static_cast<unsigned long>(index), &id, &address, &destroyed,
                          trace.data(), trace.size());
  return reinterpret_cast<Address>(address);
}

// A cycle of mutexes, each with who has held it while it took the next, and a stack of where, or
// two, the other of where it had taken the one that it held.
void take_cycle(void* report, ReportRecord& record, int mutexes, int stacks, int threads) {
  const int stacks_each = stacks / mutexes;
  for (int i = 0; i < mutexes && record.place_count < record.places.size(); ++i) {
    PlaceRecord& place = record.places[record.place_count++];
    int tid = 0;
    __tsan_get_report_unique_tid(report, static_cast<unsigned long>(i), &tid);
    place.thread = thread_of(report, tid, threads);
    place.kind = OpKind::mutex_lock;
    place.size = 0;
    place.address = mutex_of(report, (i + 1) % mutexes);
    place.held = mutex_of(report, i);
    set_text(place.note, "");
    Trace trace{};
    __tsan_get_report_stack(report, static_cast<unsigned long>(i * stacks_each), trace.data(),
                            trace.size());
    copy_trace(place, trace);
  }
}

void take(void* report) {
  const char* description = "";
  int count = 0;
  int stack_count = 0;
  int mop_count = 0;
  int loc_count = 0;
  int mutex_count = 0;
  int thread_count = 0;
  int unique_tid_count = 0;
  Trace sleep_trace{};
  __tsan_get_report_data(report, &description, &count, &stack_count, &mop_count, &loc_count,
                         &mutex_count, &thread_count, &unique_tid_count, sleep_trace.data(),
                         sleep_trace.size());
  const std::uint32_t at = g_shared->report_count.fetch_add(1);
  if (at >= kMaxReports) return;
  ReportRecord& record = g_shared->reports[at];
  record.kind = native::kind_of_report(description);
  set_text(record.message, description);
  record.place_count = 0;
  if (record.kind == FailureKind::lock_inversion && mutex_count > 0 && stack_count >= mutex_count &&
      unique_tid_count >= mutex_count) {
    take_cycle(report, record, mutex_count, stack_count, thread_count);
    return;
  }
  for (int i = 0; i < mop_count && record.place_count < record.places.size(); ++i) {
    PlaceRecord& place = record.places[record.place_count++];
    int tid = 0;
    void* address = nullptr;
    int size = 0;
    int write = 0;
    int atomic = 0;
    Trace trace{};
    __tsan_get_report_mop(report, static_cast<unsigned long>(i), &tid, &address, &size, &write,
                          &atomic, trace.data(), trace.size());
    place.thread = thread_of(report, tid, thread_count);
    place.kind = native::kind_of_access(write != 0, atomic != 0);
    place.size = static_cast<std::uint8_t>(size);
    place.address = reinterpret_cast<Address>(address);
    place.held = 0;
    set_text(place.note, i == 0 ? "" : "earlier");
    copy_trace(place, trace);
  }
  // Reports that are not about two accesses: of threads left behind, above all.
  for (int i = 0; mop_count == 0 && i < stack_count && record.place_count < record.places.size();
       ++i) {
    PlaceRecord& place = record.places[record.place_count++];
    Trace trace{};
    __tsan_get_report_stack(report, static_cast<unsigned long>(i), trace.data(), trace.size());
    place.thread = t_self == nullptr ? kNoThread : t_self->id;
    place.kind = OpKind::none;
    place.size = 0;
    place.address = 0;
    place.held = 0;
    set_text(place.note, "");
    copy_trace(place, trace);
  }
}

}  // namespace
}  // namespace heddle::tsan

// Called by the runtime with its locks held, in the thread that found something. Not
// __tsan_on_report(), which is not told what the person has suppressed.
extern "C" __attribute__((visibility("default"))) bool heddle_tsan_on_report(
    const void* report, bool suppressed) __asm__("_ZN6__tsan8OnReportEPKNS_10ReportDescEb");
extern "C" bool heddle_tsan_on_report(const void* report, bool suppressed) {
  using namespace heddle::tsan;
  if (!suppressed && g_shared != nullptr && __tsan_get_report_data != nullptr) {
    take(const_cast<void*>(report));
  }
  return suppressed;
}
