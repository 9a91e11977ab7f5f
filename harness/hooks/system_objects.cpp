#include "harness/hooks/system_objects.h"

#include <dlfcn.h>
#include <link.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "harness/hooks/system_libraries.h"

namespace heddle {
namespace {

// An address, and the answer for it in the lowest bit: such objects are aligned.
constinit std::array<std::atomic<std::uintptr_t>, 64> g_answers = {};

bool look_up(const void* object) {
  Dl_info info;
  link_map* module = nullptr;
  if (dladdr1(object, &info, reinterpret_cast<void**>(&module), RTLD_DL_LINKMAP) == 0) {
    return false;
  }
  // The executable has no name here.
  return module->l_name != nullptr && *module->l_name != '\0' && is_system_library(module->l_name);
}

}  // namespace

bool in_system_library(const void* object) {
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  auto& slot = g_answers[address / sizeof(std::uint32_t) % g_answers.size()];
  std::uintptr_t known = slot.load(std::memory_order_relaxed);
  if ((known & ~std::uintptr_t{1}) != address) {
    known = address | (look_up(object) ? 1U : 0U);
    slot.store(known, std::memory_order_relaxed);
  }
  return (known & 1U) != 0;
}

}  // namespace heddle
