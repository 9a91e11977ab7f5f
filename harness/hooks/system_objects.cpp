#include "harness/hooks/system_objects.h"

#include <dlfcn.h>
#include <link.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "harness/hooks/system_libraries.h"

namespace heddle {
namespace {

// An address times two, and the answer for it in the lowest bit.
using Answers = std::array<std::atomic<std::uintptr_t>, 64>;

const link_map* module_of(std::uintptr_t address) {
  auto* const pointer = reinterpret_cast<void*>(address);
#if __GLIBC_PREREQ(2, 35)
  // dladdr() would look for the symbol as well, among all that the library has: each process that
  // is made for one run asks anew.
  dl_find_object found;
  return _dl_find_object(pointer, &found) == 0 ? found.dlfo_link_map : nullptr;
#else
  Dl_info info;
  link_map* module = nullptr;
  return dladdr1(pointer, &info, reinterpret_cast<void**>(&module), RTLD_DL_LINKMAP) == 0 ? nullptr
                                                                                          : module;
#endif
}

template <typename Is>
bool ask(Answers& answers, std::uintptr_t address, std::size_t slot, Is is) {
  auto& answer = answers[slot % answers.size()];
  std::uintptr_t known = answer.load(std::memory_order_relaxed);
  if (known >> 1U != address) {
    const link_map* const module = module_of(address);
    // The executable has no name here.
    const std::string_view path =
        module != nullptr && module->l_name != nullptr ? module->l_name : "";
    known = address << 1U | (!path.empty() && is(path) ? 1U : 0U);
    answer.store(known, std::memory_order_relaxed);
  }
  return (known & 1U) != 0;
}

constinit Answers g_system = {};
constinit Answers g_openmp = {};

}  // namespace

bool in_system_library(const void* object) {
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  return ask(g_system, address, address / sizeof(std::uint32_t), is_system_library);
}

bool in_openmp_library(std::uintptr_t code) {
  return ask(g_openmp, code, code, [](std::string_view path) {
    const std::string_view name = detail::file_name(path);
    return name.starts_with("libgomp") || name.starts_with("libomp") || name.starts_with("libiomp");
  });
}

}  // namespace heddle
