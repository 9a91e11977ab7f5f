// What all threads of a process share in the kernel and the C++ library: the working directory, the
// file mode mask, priorities, names, and the handlers for the worst.
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <exception>
#include <new>

#include "harness/hooks/caller.h"
#include "harness/hooks/file_positions.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/memory_access.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/own_code.h"
#include "harness/hooks/state_uses.h"

using namespace heddle;  // NOLINT(google-build-using-namespace): its own hooks
using hidden_state::Memory;
using hidden_state::StateUses;

HEDDLE_EXPORT int chdir(const char* path) noexcept {
  StateUses(HEDDLE_PC).looks_for(path).update<&Memory::working_folder>().tell();
  return HEDDLE_NEXT(chdir)(path);
}

HEDDLE_EXPORT int fchdir(int folder) noexcept {
  const Address pc = HEDDLE_PC;
  hidden_state::use_descriptor(folder, pc);
  StateUses(pc).update<&Memory::working_folder>().tell();
  return HEDDLE_NEXT(fchdir)(folder);
}

HEDDLE_EXPORT mode_t umask(mode_t mask) noexcept {
  StateUses(HEDDLE_PC).update<&Memory::file_mode_mask>().tell();
  return HEDDLE_NEXT(umask)(mask);
}

HEDDLE_EXPORT int nice(int change) noexcept {
  StateUses(HEDDLE_PC).update<&Memory::priority>().tell();
  return HEDDLE_NEXT(nice)(change);
}

HEDDLE_EXPORT int getpriority(__priority_which_t which, id_t who) noexcept {
  StateUses(HEDDLE_PC).read<&Memory::priority>().tell();
  return HEDDLE_NEXT(getpriority)(which, who);
}

HEDDLE_EXPORT int setpriority(__priority_which_t which, id_t who, int priority) noexcept {
  StateUses(HEDDLE_PC).update<&Memory::priority>().tell();
  return HEDDLE_NEXT(setpriority)(which, who, priority);
}

HEDDLE_EXPORT int prctl(int option, ...) noexcept {
  constexpr std::size_t kName = 16;  // most bytes of one
  unsigned long word[4];
  va_list arguments;
  va_start(arguments, option);
  for (unsigned long& one : word) one = va_arg(arguments, unsigned long);
  va_end(arguments);
  if (option == PR_SET_NAME) {
    if (is_watched()) MemoryAccess(HEDDLE_PC).read_string(reinterpret_cast<char*>(word[0]), kName);
    StateUses(HEDDLE_PC).update<&Memory::thread_names>().tell();
  } else if (option == PR_GET_NAME) {
    if (is_watched()) MemoryAccess(HEDDLE_PC).write(reinterpret_cast<char*>(word[0]), kName);
    StateUses(HEDDLE_PC).read<&Memory::thread_names>().tell();
  }
  return HEDDLE_NEXT(prctl)(option, word[0], word[1], word[2], word[3]);
}

// ---- std::set_terminate() and its kin, by the names that compilers give them

// As the program knows it: an engine's own stands for the one that was there before main.
namespace {

std::terminate_handler shown(std::terminate_handler found) {
  return is_own_code(reinterpret_cast<Address>(found)) ? __gnu_cxx::__verbose_terminate_handler
                                                       : found;
}

}  // namespace

#define HEDDLE_SET_HANDLER(name, symbol, Handler)                                          \
  extern "C" __attribute__((visibility("default"))) Handler name(Handler) __asm__(symbol); \
  extern "C" Handler name(Handler handler) {                                               \
    StateUses(HEDDLE_PC).update<&Memory::cpp_handlers>().tell();                           \
    lasting_state::note<lasting_state::part_of(symbol)>(symbol);                           \
    static constinit decltype(&name) next = nullptr;                                       \
    return shown(next_function(next, symbol)(handler));                                    \
  }
#define HEDDLE_GET_HANDLER(name, symbol, Handler)                                   \
  extern "C" __attribute__((visibility("default"))) Handler name() __asm__(symbol); \
  extern "C" Handler name() {                                                       \
    StateUses(HEDDLE_PC).read<&Memory::cpp_handlers>().tell();                      \
    static constinit decltype(&name) next = nullptr;                                \
    return shown(next_function(next, symbol)());                                    \
  }
HEDDLE_SET_HANDLER(heddle_set_terminate, "_ZSt13set_terminatePFvvE", std::terminate_handler)
HEDDLE_GET_HANDLER(heddle_get_terminate, "_ZSt13get_terminatev", std::terminate_handler)
HEDDLE_SET_HANDLER(heddle_set_new_handler, "_ZSt15set_new_handlerPFvvE", std::new_handler)
HEDDLE_GET_HANDLER(heddle_get_new_handler, "_ZSt15get_new_handlerv", std::new_handler)
