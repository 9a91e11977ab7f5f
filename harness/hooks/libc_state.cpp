#include "harness/hooks/libc_state.h"
#include "harness/hooks/cleanup.h"

#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <vector>

#include "harness/hooks/engine_table.h"
#include "harness/hooks/file_positions.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/lasting_keys.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_environment.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/stream_objects.h"

namespace heddle::libc_state {
namespace {

// What a run has touched since the last restore: nearly all touch nothing.
struct Touched {
  bool environment = false;
  bool random = false;
  bool drand48 = false;
  bool hash_table = false;
  bool working_folder = false;
  bool file_mode_mask = false;
  bool files = false;
};
constinit Touched g_touched;

ProgramEnvironment* g_environment = nullptr;
char* g_working_folder = nullptr;  // null if it has no name
mode_t g_file_mode_mask = 0;
int g_first_file = 0;            // descriptors from here on are the run's,
std::bitset<64> g_files_before;  // and those below that were free
std::vector<FILE*>* g_streams = nullptr;
std::uint64_t g_random = 0;  // of this run's own random numbers

std::uint64_t next_random() {
  // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), from the same start in every run.
  g_random += 0x9e3779b97f4a7c15U;
  std::uint64_t z = g_random;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

void fill_random(void* data, std::size_t size) {
  auto* bytes = static_cast<unsigned char*>(data);
  while (size > 0) {
    const std::uint64_t word = next_random();
    const std::size_t part = size < sizeof word ? size : sizeof word;
    std::memcpy(bytes, &word, part);
    bytes += part;
    size -= part;
  }
}

void deliver_random(void* data, std::size_t size, Address pc) {
  PrivateBuffer made(size);
  fill_random(made.data(), size);
  MemoryAccess(pc).put(data, made.data(), size);
}

void take_snapshot() {
  g_environment = new ProgramEnvironment;
  g_environment->take_snapshot();
  g_streams = new std::vector<FILE*>;
  g_working_folder = HEDDLE_NEXT(getcwd)(nullptr, 0);
  g_file_mode_mask = HEDDLE_NEXT(umask)(0);
  HEDDLE_NEXT(umask)(g_file_mode_mask);
  // The lowest that is free; those above may be the worker's own.
  const int probe = HEDDLE_NEXT(dup)(STDERR_FILENO);
  g_first_file = probe + 1;
  for (int file = 0; file < static_cast<int>(g_files_before.size()); ++file) {
    if (file == probe || HEDDLE_NEXT(fcntl)(file, F_GETFD) == -1) continue;
    g_files_before.set(static_cast<std::size_t>(file));
    g_first_file = std::max(g_first_file, file + 1);
  }
  if (probe >= 0) close(probe);
  g_touched = {};
}

}  // namespace

bool in_run() {
  return t_program_code && g_streams != nullptr && g_engine_table != &passthrough_table();
}

void opened(FILE* stream) {
  g_touched.files = true;
  if (stream == nullptr) return;
  g_streams->push_back(stream);
  file_positions::opened(stream);
}

void closed(FILE* stream) {
  std::erase(*g_streams, stream);
}

void changed_files() {
  g_touched.files = true;
}

void touch(Part part) {
  if (!in_run()) return;
  switch (part) {
    case Part::environment:
      g_touched.environment = true;
      break;
    case Part::random:
      g_touched.random = true;
      break;
    case Part::drand48:
      g_touched.drand48 = true;
      break;
    case Part::hash_table:
      g_touched.hash_table = true;
      break;
    case Part::working_folder:
      g_touched.working_folder = true;
      break;
    case Part::file_mode_mask:
      g_touched.file_mode_mask = true;
      break;
  }
}

void restore() {
  hidden_state::restore();
  file_positions::restore();
  if (g_streams == nullptr) take_snapshot();
  g_random = 0;
  lasting_keys::restore();
  stream_objects::restore();
  cleanup::begin_run();
  if (g_touched.environment) g_environment->restore();
  // As the C library starts (C17 7.22.2.2).
  if (g_touched.random) HEDDLE_NEXT(srandom)(1);
  if (g_touched.drand48) {
    // As the C library starts: number 0, and the rule of POSIX.
    std::array<unsigned short, 7> rule = {0, 0, 0, 0xe66d, 0xdeec, 0x5, 0xb};
    HEDDLE_NEXT(lcong48)(rule.data());
  }
  if (g_touched.hash_table) HEDDLE_NEXT(hdestroy)();
  if (g_touched.working_folder && g_working_folder != nullptr) {
    // A folder that the run has removed: the next finds itself where this one was.
    [[maybe_unused]] const int moved = HEDDLE_NEXT(chdir)(g_working_folder);
  }
  if (g_touched.file_mode_mask) HEDDLE_NEXT(umask)(g_file_mode_mask);
  if (g_touched.files) {
    for (FILE* stream : *g_streams) HEDDLE_NEXT(fclose)(stream);
    g_streams->clear();
    close_range(static_cast<unsigned>(g_first_file), ~0U, 0);
    for (int file = 0; file < g_first_file; ++file) {
      if (!g_files_before.test(static_cast<std::size_t>(file))) close(file);
    }
  }
  g_touched = {};
}

}  // namespace heddle::libc_state

using namespace heddle::libc_state;  // NOLINT(google-build-using-namespace): its own hooks

// Random numbers from outside would make every run another: in a run they are the same each time.
HEDDLE_EXPORT ssize_t getrandom(void* data, size_t size, unsigned flags) {
  if (!in_run()) return HEDDLE_NEXT(getrandom)(data, size, flags);
  deliver_random(data, size, HEDDLE_PC);
  return static_cast<ssize_t>(size);
}

HEDDLE_EXPORT int getentropy(void* data, size_t size) {
  if (!in_run()) return HEDDLE_NEXT(getentropy)(data, size);
  deliver_random(data, size, HEDDLE_PC);
  return 0;
}

// std::random_device's number, which may come from an instruction of the processor.
extern "C" unsigned heddle_random_device(void* self) __asm__("_ZNSt13random_device9_M_getvalEv");
extern "C" __attribute__((visibility("default"))) unsigned heddle_random_device(void* self) {
  if (in_run()) return static_cast<unsigned>(next_random());
  using GetValue = unsigned(void*);
  static constinit GetValue* next = nullptr;
  return heddle::next_function(next, "_ZNSt13random_device9_M_getvalEv")(self);
}
