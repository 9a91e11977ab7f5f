#include "harness/engine/thread_keys.h"

#include <errno.h>

#include <algorithm>
#include <utility>

#include "harness/hooks/lasting_keys.h"
#include "harness/hooks/program_heap.h"

namespace heddle {

void ThreadKeys::begin_run() {
  const std::size_t end = end_.exchange(0);
  for (std::size_t i = 0; i < end; ++i) {
    const std::uint32_t generation = keys_[i].generation.load();
    keys_[i].generation.store(generation + generation % 2);
  }
}

int ThreadKeys::create(pthread_key_t* key, void (*destructor)(void*)) {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    std::uint32_t generation = keys_[i].generation.load();
    if (generation % 2 != 0 ||
        !keys_[i].generation.compare_exchange_strong(generation, generation + 1)) {
      continue;
    }
    keys_[i].destructor.store(destructor);
    std::size_t end = end_.load();
    while (end <= i && !end_.compare_exchange_weak(end, i + 1)) {
    }
    *key = kFirst + static_cast<pthread_key_t>(i);
    return 0;
  }
  return EAGAIN;
}

std::optional<std::uint32_t> ThreadKeys::generation_of(std::size_t index) const {
  if (index >= keys_.size()) return std::nullopt;
  const std::uint32_t generation = keys_[index].generation.load();
  return generation % 2 != 0 ? std::optional(generation) : std::nullopt;
}

int ThreadKeys::remove(pthread_key_t key) {
  const std::size_t index = key - kFirst;
  auto generation = generation_of(index);
  if (!generation ||
      !keys_[index].generation.compare_exchange_strong(*generation, *generation + 1)) {
    return EINVAL;
  }
  return 0;
}

int ThreadKeys::set(Values& values, pthread_key_t key, void* value) {
  const std::size_t index = key - kFirst;
  const auto generation = generation_of(index);
  if (!generation) return EINVAL;
  const RuntimeScope scope;
  if (index >= values.size()) values.resize(index + 1);
  values[index] = {.generation = *generation, .pointer = value};
  return 0;
}

void* ThreadKeys::get(const Values& values, pthread_key_t key) const {
  const std::size_t index = key - kFirst;
  if (index >= values.size() || values[index].generation != generation_of(index)) return nullptr;
  return values[index].pointer;
}

void ThreadKeys::run_destructors(Values& values) {
  lasting_keys::run_destructors();
  // As often as POSIX asks for: a destructor may set values again.
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; ++round) {
    bool any = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Value value = std::exchange(values[i], {});
      if (value.pointer == nullptr || value.generation != generation_of(i)) continue;
      auto* const destructor = keys_[i].destructor.load();
      if (destructor == nullptr) continue;
      any = true;
      destructor(value.pointer);
    }
    if (!any) return;
  }
}

}  // namespace heddle
