#include "harness/hooks/libc_state.h"
#include "harness/hooks/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstring>

#include "harness/hooks/engine_table.h"
#include "harness/hooks/file_positions.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/lasting_keys.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_environment.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_limits.h"
#include "harness/hooks/stream_objects.h"
#include "harness/hooks/time_zone.h"

namespace heddle::libc_state {
namespace {

constinit bool g_environment_touched = false;  // since the last restore
ProgramEnvironment* g_environment = nullptr;
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
  g_environment_touched = false;
}

}  // namespace

bool in_run() {
  return t_program_code && g_environment != nullptr && g_engine_table != &passthrough_table();
}

void opened(FILE* stream) {
  if (stream != nullptr) file_positions::opened(stream);
}

void touch_environment() {
  if (in_run()) g_environment_touched = true;
}

void restore() {
  hidden_state::restore();
  file_positions::restore();
  if (g_environment == nullptr) take_snapshot();
  g_random = 0;
  lasting_keys::restore();
  stream_objects::restore();
  cleanup::begin_run();
  program_limits::restore();
  if (g_environment_touched) g_environment->restore();
  time_zone::restore(g_environment_touched);
  g_environment_touched = false;
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
