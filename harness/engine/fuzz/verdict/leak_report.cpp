#include "harness/engine/fuzz/verdict/leak_report.h"

#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/engine/fuzz/run/run.h"
#include "harness/engine/fuzz/verdict/leaks.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/program_maps.h"
#include "harness/hooks/system_libraries.h"

namespace heddle {
namespace {

MemoryRange range_of(const void* begin, std::size_t size) {
  const auto address = reinterpret_cast<Address>(begin);
  return {address, address + size};
}

// The variables of every module, the C library's too, which keeps some of the program's pointers
// (the line of getline(), the environment); but not Heddle's own.
void add_modules(std::vector<MemoryRange>& roots) {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        if (is_heddle_library(info->dlpi_name)) return 0;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD || (header.p_flags & PF_W) == 0) continue;
          const Address begin = info->dlpi_addr + header.p_vaddr;
          static_cast<std::vector<MemoryRange>*>(argument)->push_back(
              {begin, begin + header.p_memsz});
        }
        return 0;
      },
      &roots);
}

// Thread-local variables of the C library, which has the locale of the thread among them, by where
// they lie from a thread's FS base on: the same for every thread.
struct LocalRange {
  Address offset;
  std::size_t size;
};

std::vector<LocalRange> c_library_variables() {
  std::vector<LocalRange> ranges;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        // Others are the lender's business, and Heddle's own nobody's.
        if (!is_runtime_library(info->dlpi_name) || is_heddle_library(info->dlpi_name)) return 0;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_TLS || info->dlpi_tls_data == nullptr) continue;
          static_cast<std::vector<LocalRange>*>(argument)->push_back(
              {reinterpret_cast<Address>(info->dlpi_tls_data) - FsBase::get(), header.p_memsz});
        }
        return 0;
      },
      &ranges);
  return ranges;
}

std::string bytes_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

// Who allocated the blocks of this run that are not freed yet, and where.
struct Allocation {
  ThreadId thread = kNoThread;
  std::vector<Address> stack;
};
using Allocations = std::unordered_map<Address, Allocation>;

// Made at the first run, and never destroyed: hooks may run after destructors.
constinit Allocations* g_allocations = nullptr;

// A thread that has ended leaves what it returns for who joins it; one that has not holds what its
// stack, its registers (which lie on the stack while another runs) and its variables hold.
void add_thread_roots(bool main_returned, std::vector<MemoryRange>& roots) {
  Run& run = *g_run;
  const std::vector<LocalRange> locals = c_library_variables();
  for (ThreadId i = 0; i < run.thread_count(); ++i) {
    const FuzzThread& thread = run.thread(i);
    if (thread.state == FuzzThread::State::finished) {
      if (!thread.joined && !thread.detached) {
        roots.push_back(range_of(&thread.result, sizeof thread.result));
      }
      if (i != 0) continue;
    }
    for (const std::span<unsigned char> variables : run.tls().variables(thread.id)) {
      roots.push_back(range_of(variables.data(), variables.size()));
    }
    for (const LocalRange& range : locals) {
      const Address begin = thread.fs_base + range.offset;
      roots.push_back({begin, begin + range.size});
    }
    roots.push_back(
        range_of(thread.key_values.data(), thread.key_values.size() * sizeof(ThreadKeys::Value)));
    if (thread.state == FuzzThread::State::finished) continue;
    roots.push_back(range_of(&thread.argument, sizeof thread.argument));
    const Address stack_end = thread.stack().end();
    if (&thread != &run.self()) {
      roots.push_back({reinterpret_cast<Address>(thread.context), stack_end});
    } else if (!main_returned) {
      // Pushes the registers that the program's functions expect to find again.
      __builtin_unwind_init();
      roots.push_back(
          {reinterpret_cast<Address>(__builtin_frame_address(0)) & ~Address{15}, stack_end});
    }
  }
}

}  // namespace

[[gnu::noinline]] void report_leaks(bool main_returned) {
  Run& run = *g_run;
  const RuntimeScope scope;
  std::vector<MemoryRange> roots;
  add_modules(roots);
  roots.push_back({program_heap::kBegin, program_heap::run_begin()});
  program_maps::visit_readable(
      [](void* context, Address begin, Address end) {
        static_cast<std::vector<MemoryRange>*>(context)->push_back({begin, end});
      },
      &roots);
  for (char** entry = __environ; entry != nullptr && *entry != nullptr; ++entry) {
    roots.push_back(range_of(entry, sizeof *entry));
  }
  add_thread_roots(main_returned, roots);

  std::vector<HeapBlock> blocks;
  program_heap::visit_allocated(
      [](void* context, Address begin, std::size_t size) {
        static_cast<std::vector<HeapBlock>*>(context)->push_back({begin, size});
      },
      &blocks);

  // Of one place all are one finding.
  struct Group {
    const Allocation* allocation;
    Address first;
    std::size_t count = 0;
    std::size_t bytes = 0;
    std::size_t held_blocks = 0;
    std::size_t held_bytes = 0;
  };
  std::vector<Group> groups;
  const Allocation unknown{};
  for (const Leak& leak : find_leaks(roots, blocks)) {
    const auto known = g_allocations->find(leak.block.begin);
    const Allocation* allocation = known == g_allocations->end() ? &unknown : &known->second;
    auto group = std::find_if(groups.begin(), groups.end(), [allocation](const Group& other) {
      return other.allocation->stack == allocation->stack;
    });
    if (group == groups.end()) {
      group = groups.insert(group, {.allocation = allocation, .first = leak.block.begin});
    }
    ++group->count;
    group->bytes += leak.block.size;
    group->held_blocks += leak.held_blocks;
    group->held_bytes += leak.held_bytes;
  }
  for (const Group& group : groups) {
    std::uint64_t cheap = static_cast<std::uint64_t>(FailureKind::leak);
    for (const Address frame : group.allocation->stack) cheap = cheap * 0x9e3779b97f4a7c15 + frame;
    if (const KnownFailures::Known* known = run.known().find(cheap)) {
      run.result().known_reports.push_back(known->key);
      continue;
    }
    Failed failure{.kind = FailureKind::leak, .message = {}, .places = {}};
    failure.message = bytes_text(group.bytes);
    if (group.count > 1) failure.message += " in " + std::to_string(group.count) + " blocks";
    if (group.held_blocks != 0) {
      failure.message += ", and " + bytes_text(group.held_bytes) + " that only " +
                         (group.count == 1 ? "it leads" : "they lead") + " to";
    }
    std::vector<Address> stack = group.allocation->stack;
    const Address pc = stack.empty() ? 0 : stack.front();
    if (!stack.empty()) stack.erase(stack.begin());
    failure.places.push_back({.thread = group.allocation->thread,
                              .op = {.kind = OpKind::failure, .address = group.first, .pc = pc},
                              .stack = std::move(stack),
                              .note = "allocated it"});
    run.known().add(cheap, failure);
    run.result().reports.push_back(std::move(failure));
  }
}

void begin_allocations() {
  if (g_allocations == nullptr) g_allocations = new Allocations;
  if (!g_allocations->empty()) g_allocations->clear();
}

void note_allocation(Address block) {
  if (!g_run->under_way() || !t_program_code) return;
  const RuntimeScope scope;
  (*g_allocations)[block] = {.thread = g_run->self().id, .stack = capture_stack(g_run->code())};
}

void note_free(Address block) {
  const RuntimeScope scope;
  g_allocations->erase(block);
}

}  // namespace heddle
