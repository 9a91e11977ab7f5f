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

std::uint64_t state_at(Address pc, Address stack_top) {
  // See above.
  const RuntimeScope scope;
  // What a function must leave as it was, by the numbers that unwind tables have for them: rbx,
  // rbp, r12 to r15 (System V ABI, AMD64 supplement, 3.2.1 and 3.6.2).
  static constexpr int kKept[] = {3, 6, 12, 13, 14, 15};
  // The deepest stack that is looked at, in bytes.
  constexpr Address kMost = Address{1} << 20;
  struct Walk {
    Address pc;
    Address stack = 0;
    std::uint64_t hash = 0;
  } walk{pc};
  const auto mix = [](std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 32U;
  };
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* argument) {
        auto& state = *static_cast<Walk*>(argument);
        if (_Unwind_GetIP(context) != state.pc) return _URC_NO_REASON;
        state.stack = _Unwind_GetCFA(context);
        for (const int number : kKept) {
          state.hash = (state.hash ^ _Unwind_GetGR(context, number)) * 0xd6e8feb86659fd93U;
          state.hash ^= state.hash >> 32U;
        }
        return _URC_NORMAL_STOP;
      },
      &walk);
  if (walk.stack == 0 || stack_top <= walk.stack || stack_top - walk.stack > kMost) return 0;
  std::uint64_t hash = mix(walk.hash, walk.stack);
  // How it calculates is the thread's own too: the flags and modes of floating point.
  std::uint32_t modes = 0;
  std::uint16_t x87 = 0;
  asm volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(modes), "=m"(x87));
  hash = mix(hash, std::uint64_t{modes} << 16U | x87);
  for (Address at = walk.stack; at + sizeof hash <= stack_top; at += sizeof hash) {
    hash = mix(hash, *reinterpret_cast<const std::uint64_t*>(at));
  }
  return hash | 1;
}

std::vector<Address> capture_stack(const ProgramCode& code, std::vector<StackFrame>* frames,
                                   ThreadId thread) {
  constexpr std::size_t kMost = 64;
  // The unwinder may allocate, on behalf of nobody's program.
  const RuntimeScope scope;
  struct Walk {
    const ProgramCode& code;
    std::vector<Address> frames;
    std::vector<StackFrame>* calls;
    ThreadId thread;
    StackFrame* inner = nullptr;  // whose end is not known yet
  } walk{code, {}, frames, thread};
  // No element may move while one of them is pointed to.
  if (frames != nullptr) frames->reserve(frames->size() + kMost);
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* argument) {
        auto& state = *static_cast<Walk*>(argument);
        const Address pc = _Unwind_GetIP(context);
        // What the unwinder calls so is still that of the function called from here.
        const Address stack_pointer = _Unwind_GetCFA(context);
        if (state.inner != nullptr) state.inner->end = stack_pointer;
        state.inner = nullptr;
        if (state.code.contains(pc)) {
          state.frames.push_back(pc);
          if (state.calls != nullptr) {
            state.inner = &state.calls->emplace_back(
                StackFrame{state.thread, stack_pointer, stack_pointer, pc});
          }
        }
        return state.frames.size() < kMost ? _URC_NO_REASON : _URC_NORMAL_STOP;
      },
      &walk);
  return std::move(walk.frames);
}

}  // namespace heddle
