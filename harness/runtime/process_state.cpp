#include "harness/runtime/process_state.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <locale>
#include <string>
#include <vector>

#include "harness/engine/native/raw_system.h"
#include "harness/hooks/lasting_state.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/own_descriptors.h"
#include "harness/hooks/program_signals.h"
#include "harness/runtime/open_files.h"

// All streams of the process, each with the next in `_chain`.
extern "C" FILE* _IO_list_all;

namespace heddle::process_state {
namespace {

using lasting_state::is_changed;
using lasting_state::Part;
using native::as_argument;
using native::system_call;

constexpr std::array kTimers = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
constexpr std::size_t kRandomState = 128;  // bytes; the C library's own is as large

struct FloatingPoint {
  std::uint32_t sse = 0;
  std::uint16_t control = 0;
  std::uint16_t status = 0;

  static FloatingPoint now() {
    FloatingPoint found;
    asm volatile("stmxcsr %0" : "=m"(found.sse));
    asm volatile("fnstcw %0" : "=m"(found.control));
    asm volatile("fnstsw %0" : "=a"(found.status));
    return found;
  }
};

// Of the C++ library, behind the hooks.
template <typename Function>
Function* cpp_library(const char* symbol) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, symbol));
}

// What std::set_terminate() and the like set; the types are theirs.
template <typename Value>
struct CppDefault {
  const char* set;
  Value value = nullptr;

  CppDefault(const char* get, const char* setter) : set(setter) {
    if (auto* const getter = cpp_library<Value()>(get)) value = getter();
  }
  void restore() const {
    if (auto* const setter = cpp_library<Value(Value)>(set)) setter(value);
  }
};

struct Snapshot {
  // Of the libraries.
  CppDefault<void (*)()> terminate{"_ZSt13get_terminatev", "_ZSt13set_terminatePFvvE"};
  CppDefault<void (*)()> no_memory{"_ZSt15get_new_handlerv", "_ZSt15set_new_handlerPFvvE"};
  CppDefault<void (*)()> unexpected{"_ZSt14get_unexpectedv", "_ZSt14set_unexpectedPFvvE"};
  CppDefault<void*> memory_resource{"_ZNSt3pmr20get_default_resourceEv",
                                    "_ZNSt3pmr20set_default_resourceEPNS_15memory_resourceE"};
  std::string locale = setlocale(LC_ALL, nullptr);
  locale_t thread_locale = uselocale(nullptr);
  std::locale cpp_locale;
  char* random_state = nullptr;
  std::vector<FILE*> streams;

  // Of the kernel.
  OpenFiles files;
  int folder = -1;
  mode_t file_mode_mask = 0;
  std::array<rlimit, RLIM_NLIMITS> limits{};
  std::uint64_t signal_mask = 0;
  int priority = 0;  // as the system call counts: 20 minus the nice value
  std::array<unsigned long, 16> processors{};
  int policy = 0;
  sched_param scheduling{};
  std::array<char, 16> thread_name{};

  // Of the thread.
  fenv_t environment{};
  FloatingPoint floating_point = FloatingPoint::now();

  Snapshot() {
    // The answer is the state in use, and that is put back at once.
    static std::array<char, kRandomState> other;
    random_state = HEDDLE_NEXT(initstate)(1, other.data(), other.size());
    HEDDLE_NEXT(setstate)(random_state);
    for (FILE* stream = _IO_list_all; stream != nullptr; stream = stream->_chain) {
      streams.push_back(stream);
    }
    files.take_snapshot();
    folder = own_descriptors::move(
        static_cast<int>(system_call(SYS_openat, AT_FDCWD, as_argument("."), O_PATH | O_CLOEXEC)));
    file_mode_mask = static_cast<mode_t>(system_call(SYS_umask, 0));
    system_call(SYS_umask, file_mode_mask);
    for (std::size_t i = 0; i < limits.size(); ++i) {
      system_call(SYS_prlimit64, 0, static_cast<long>(i), 0, as_argument(&limits[i]));
    }
    set_mask(nullptr, &signal_mask);
    priority = static_cast<int>(system_call(SYS_getpriority, PRIO_PROCESS, 0));
    system_call(SYS_sched_getaffinity, 0, sizeof processors, as_argument(processors.data()));
    policy = static_cast<int>(system_call(SYS_sched_getscheduler, 0));
    system_call(SYS_sched_getparam, 0, as_argument(&scheduling));
    system_call(SYS_prctl, PR_GET_NAME, as_argument(thread_name.data()));
    fegetenv(&environment);
  }

  static void set_mask(const std::uint64_t* mask, std::uint64_t* old) {
    system_call(SYS_rt_sigprocmask, SIG_SETMASK, as_argument(mask), as_argument(old), sizeof *mask);
  }
};

// What signals do.
struct Signals {
  std::array<struct sigaction, NSIG> handlers{};
  program_signals::Actions programs = program_signals::g_actions;
  stack_t stack{};

  Signals() {
    for (int number = 1; number < NSIG; ++number) {
      HEDDLE_NEXT(sigaction)(number, nullptr, &handlers[static_cast<std::size_t>(number)]);
    }
    system_call(SYS_sigaltstack, 0, as_argument(&stack));
  }
};

const Snapshot* g_snapshot = nullptr;
const Signals* g_signals = nullptr;
std::string g_left_behind;

void close_streams(const Snapshot& saved) {
  for (FILE* stream = _IO_list_all; stream != nullptr;) {
    FILE* const next = stream->_chain;
    const bool is_old =
        std::find(saved.streams.begin(), saved.streams.end(), stream) != saved.streams.end();
    // It writes what it holds into its file, as the end of the process would.
    if (!is_old) HEDDLE_NEXT(fclose)(stream);
    stream = next;
  }
}

bool restore_limits(const Snapshot& saved) {
  bool all = true;
  for (std::size_t i = 0; i < saved.limits.size(); ++i) {
    const auto number = static_cast<long>(i);
    rlimit now{};
    system_call(SYS_prlimit64, 0, number, 0, as_argument(&now));
    const rlimit& then = saved.limits[i];
    if (now.rlim_cur == then.rlim_cur && now.rlim_max == then.rlim_max) continue;
    all = system_call(SYS_prlimit64, 0, number, as_argument(&then)) == 0 && all;
  }
  return all;
}

void restore_handlers(const Signals& saved) {
  for (int number = 1; number < NSIG; ++number) {
    // By the C library's own function, which ThreadSanitizer intercepts: it keeps a list.
    HEDDLE_NEXT(sigaction)(number, &saved.handlers[static_cast<std::size_t>(number)], nullptr);
  }
  program_signals::g_actions = saved.programs;
  program_signals::g_fiber_signals = {};
}

void restore_mask(const Snapshot& saved) {
  // Those that came while they were blocked are the last run's.
  const std::uint64_t all = ~std::uint64_t{0};
  const timespec at_once{};
  Snapshot::set_mask(&all, nullptr);
  while (system_call(SYS_rt_sigtimedwait, as_argument(&all), 0, as_argument(&at_once), sizeof all) >
         0) {
  }
  Snapshot::set_mask(&saved.signal_mask, nullptr);
}

void stop_timers() {
  const itimerval never{};
  for (const auto timer : kTimers) system_call(SYS_setitimer, timer, as_argument(&never));
}

bool restore_priority(const Snapshot& saved) {
  return system_call(SYS_setpriority, PRIO_PROCESS, 0, 20 - saved.priority) == 0;
}

bool restore_scheduling(const Snapshot& saved) {
  return system_call(SYS_sched_setaffinity, 0, sizeof saved.processors,
                     as_argument(saved.processors.data())) == 0 &&
         system_call(SYS_sched_setscheduler, 0, saved.policy, as_argument(&saved.scheduling)) == 0;
}

// No function need be called to change it.
void restore_floating_point(const Snapshot& saved) {
  const FloatingPoint now = FloatingPoint::now();
  const FloatingPoint& then = saved.floating_point;
  if (now.sse == then.sse && now.control == then.control && now.status == then.status) return;
  fesetenv(&saved.environment);
}

void restore_libraries(const Snapshot& saved) {
  if (is_changed(Part::streams)) close_streams(saved);
  if (is_changed(Part::cpp_locale)) {
    std::locale::global(saved.cpp_locale);
    lasting_state::note<Part::locale>(nullptr);
  }
  if (is_changed(Part::locale)) {
    uselocale(saved.thread_locale);
    HEDDLE_NEXT(setlocale)(LC_ALL, saved.locale.c_str());
  }
  if (is_changed(Part::random)) {
    HEDDLE_NEXT(setstate)(saved.random_state);
    // As the C library starts (C17 7.22.2.2).
    HEDDLE_NEXT(srandom)(1);
  }
  if (is_changed(Part::drand48)) {
    // As the C library starts: number 0, and the rule of POSIX.
    std::array<unsigned short, 7> rule = {0, 0, 0, 0xe66d, 0xdeec, 0x5, 0xb};
    HEDDLE_NEXT(lcong48)(rule.data());
  }
  if (is_changed(Part::hash_table)) HEDDLE_NEXT(hdestroy)();
  if (is_changed(Part::cpp_handlers)) {
    saved.terminate.restore();
    saved.no_memory.restore();
    saved.unexpected.restore();
  }
  if (is_changed(Part::memory_resource)) saved.memory_resource.restore();
}

constexpr lasting_state::Parts kSharedParts = lasting_state::bit(Part::descriptors);

bool restore_kernel(const Snapshot& saved) {
  bool all = true;
  if (is_changed(Part::alarms)) stop_timers();
  if (is_changed(Part::signal_mask)) restore_mask(saved);
  if (is_changed(Part::signal_handlers) || is_changed(Part::signal_mask))
    restore_handlers(*g_signals);
  if (is_changed(Part::signal_stack)) system_call(SYS_sigaltstack, as_argument(&g_signals->stack));
  if (is_changed(Part::limits)) all = restore_limits(saved) && all;
  if (is_changed(Part::folder)) all = system_call(SYS_fchdir, saved.folder) == 0 && all;
  if (is_changed(Part::file_mode_mask)) system_call(SYS_umask, saved.file_mode_mask);
  if (is_changed(Part::priority)) all = restore_priority(saved) && all;
  if (is_changed(Part::scheduling)) all = restore_scheduling(saved) && all;
  if (is_changed(Part::thread_name)) {
    system_call(SYS_prctl, PR_SET_NAME, as_argument(saved.thread_name.data()));
  }
  if (is_changed(Part::descriptors) || is_changed(Part::streams))
    all = saved.files.restore() && all;
  return all;
}

// The C++ library's first look at a character of the classic locale makes a table of them all, with
// calls that are seen as the program's, and keeps it. Made here, no run is the first.
void fill_tables() {
  const auto& characters = std::use_facet<std::ctype<char>>(std::locale::classic());
  char narrow = 0;
  const char space = ' ';
  characters.widen(space);
  characters.narrow(&space, &space + 1, '\0', &narrow);
}

// E.g. "the session, which setsid() changes".
std::string describe_kept(lasting_state::Parts kept) {
  const auto part = static_cast<Part>(std::countr_zero(kept));
  std::string text(lasting_state::text_of(part));
  const char* const function = lasting_state::g_kept_by.load(std::memory_order_relaxed);
  if (function != nullptr) text += std::string(", by ") + function + "()";
  return text;
}

}  // namespace

std::string left_behind() {
  return g_left_behind;
}

void take_snapshot() {
  fill_tables();
  g_snapshot = new Snapshot;
  // A forked process shares its places in files, and their flags, with those that were forked
  // before it, whatever became of these.
  pthread_atfork(nullptr, nullptr, [] {
    lasting_state::g_changed.fetch_or(kSharedParts, std::memory_order_relaxed);
  });
  lasting_state::g_changed.store(0, std::memory_order_relaxed);
}

bool restore() {
  if (g_signals == nullptr) {
    // Heddle itself has set handlers until now.
    g_signals = new Signals;
    lasting_state::g_changed.fetch_and(kSharedParts, std::memory_order_relaxed);
  }
  const Snapshot& saved = *g_snapshot;
  restore_floating_point(saved);
  const lasting_state::Parts changed = lasting_state::g_changed.load(std::memory_order_relaxed);
  if (changed == 0) return true;
  restore_libraries(saved);
  bool all = restore_kernel(saved);
  if (!all) g_left_behind = "a right of the process that it has given up";
  if (const lasting_state::Parts kept = changed & lasting_state::kKeptParts; kept != 0) {
    all = false;
    g_left_behind = describe_kept(kept);
  }
  lasting_state::g_changed.store(0, std::memory_order_relaxed);
  return all;
}

}  // namespace heddle::process_state
