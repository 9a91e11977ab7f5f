#include "harness/engine/call_stack.h"

#include <link.h>
#include <unwind.h>

#include "harness/hooks/program_heap.h"
#include "harness/hooks/system_libraries.h"

namespace heddle {

ProgramCode::ProgramCode() {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        if (is_system_library(info->dlpi_name)) return 0;
        auto& ranges = *static_cast<std::vector<Range>*>(argument);
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
          const Address begin = info->dlpi_addr + header.p_vaddr;
          ranges.push_back({begin, begin + header.p_memsz});
        }
        return 0;
      },
      &ranges_);
}

std::vector<Address> capture_stack(const ProgramCode& code) {
  // The unwinder may allocate, on behalf of nobody's program.
  const RuntimeScope scope;
  struct Walk {
    const ProgramCode& code;
    std::vector<Address> frames;
  } walk{code, {}};
  constexpr std::size_t kMost = 64;
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* argument) {
        auto& state = *static_cast<Walk*>(argument);
        const Address pc = _Unwind_GetIP(context);
        if (state.code.contains(pc)) {
          state.frames.push_back(pc);
        }
        return state.frames.size() < kMost ? _URC_NO_REASON : _URC_NORMAL_STOP;
      },
      &walk);
  return std::move(walk.frames);
}

}  // namespace heddle
