#include "harness/engine/fiber/tls_lender.h"

#include <asm/prctl.h>
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <string_view>

#include "harness/hooks/next_function.h"
#include "harness/hooks/program_heap.h"
#include "harness/hooks/real_calls.h"
#include "harness/hooks/system_libraries.h"

namespace heddle {

struct TlsLender::Block {
  unsigned char* data;
  std::size_t size;
  std::span<const unsigned char> image;  // what it begins with; the rest is zero
  const unsigned char* in_module;        // that image, where the module has it
};

struct TlsLender::Parked {
  Address base = 0;
  pid_t number = 0;
  std::vector<Block> blocks;
  std::vector<std::span<unsigned char>> programs_own;
  std::vector<std::vector<unsigned char>> copies;  // of thread 0: what `blocks` begin with
  sem_t ready;
};

namespace {

// Calls `visit(data, size, image, image_size, name)` for each module with thread-local variables of
// the program, as the calling thread has them. libstdc++'s are among them (exceptions in flight),
// the C library's are not: they hold pointers that are valid for the whole life of the thread.
template <typename Visit>
void for_each_module(Visit visit) {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        if (is_runtime_library(info->dlpi_name)) return 0;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          // A module loaded later has no block in this thread until it is first used.
          if (header.p_type != PT_TLS || info->dlpi_tls_data == nullptr) continue;
          (*static_cast<Visit*>(argument))(
              static_cast<unsigned char*>(info->dlpi_tls_data), header.p_memsz,
              reinterpret_cast<const unsigned char*>(info->dlpi_addr + header.p_vaddr),
              header.p_filesz, std::string_view(info->dlpi_name));
        }
        return 0;
      },
      &visit);
}

// Room for the variables: the C library takes it from the thread's stack.
std::size_t size_of_variables() {
  std::size_t size = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* out) {
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_TLS) continue;
          *static_cast<std::size_t*>(out) += header.p_memsz + header.p_align;
        }
        return 0;
      },
      &size);
  return size;
}

// Large ones are given back to the system, which has zeros at hand, and for what is never used
// takes no memory.
void zero(unsigned char* from, std::size_t size) {
  constexpr std::size_t kPage = 4096;
  constexpr std::size_t kLarge = std::size_t{1} << 20;
  if (size >= kLarge) {
    const auto begin = (reinterpret_cast<Address>(from) + kPage - 1) & ~Address{kPage - 1};
    const auto end = (reinterpret_cast<Address>(from) + size) & ~Address{kPage - 1};
    if (madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED) == 0) {
      unsigned char* const rest = reinterpret_cast<unsigned char*>(end);
      std::memset(from, 0, begin - reinterpret_cast<Address>(from));
      std::memset(rest, 0, static_cast<std::size_t>(from + size - rest));
      return;
    }
  }
  std::memset(from, 0, size);
}

void park() {
  // Signals are for the threads that run code.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  // Not by the hook: this block belongs to a thread of the program.
  while (true) HEDDLE_NEXT(pause)();
}

}  // namespace

TlsLender::TlsLender() : stack_size_(64 * 1024 + size_of_variables()) {
  // The C library would make a heap of its own for each block that is lent; but it is one thread
  // that allocates.
  mallopt(M_ARENA_MAX, 1);
  constexpr std::size_t kPage = 4096;
  stack_size_ = (stack_size_ + kPage - 1) & ~(kPage - 1);
  auto self = std::make_unique<Parked>();
  self->base = FsBase::get();
  for_each_module([&](unsigned char* data, std::size_t size, const unsigned char* image,
                      std::size_t, std::string_view) {
    self->copies.emplace_back(data, data + size);
    self->blocks.push_back({data, size, self->copies.back(), image});
  });
  modules_ = self->blocks.size();
  parked_.push_back(std::move(self));
}

TlsLender::~TlsLender() = default;

Address TlsLender::base(ThreadId thread) {
  const RuntimeScope scope;
  const std::size_t before = parked_.size();
  while (parked_.size() <= thread && begin_one()) {
  }
  // Only now, so that they come to it side by side.
  for (std::size_t i = before; i < parked_.size(); ++i) {
    while (sem_wait(&parked_[i]->ready) != 0) {
    }
  }
  return thread < parked_.size() ? parked_[thread]->base : 0;
}

bool TlsLender::begin_one() {
  auto parked = std::make_unique<Parked>();
  sem_init(&parked->ready, 0, 0);
  // The thread itself allocates nothing: the C library would make it a heap of its own.
  parked->blocks.reserve(modules_);
  parked->programs_own.reserve(modules_);
  void* const stack =
      mmap(reinterpret_cast<void*>(kBegin + parked_.size() * stack_size_), stack_size_,
           PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (stack == MAP_FAILED) return false;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstack(&attributes, stack, stack_size_);
  pthread_t handle;
  const int error = real().pthread_create(
      &handle, &attributes,
      [](void* argument) -> void* {
        auto* own = static_cast<Parked*>(argument);
        own->base = FsBase::get();
        own->number = gettid();
        for_each_module([own](unsigned char* data, std::size_t size, const unsigned char* image,
                              std::size_t image_size, std::string_view module) {
          if (own->blocks.size() == own->blocks.capacity()) return;
          own->blocks.push_back({data, size, {image, image_size}, image});
          if (!is_system_library(module)) own->programs_own.emplace_back(data, size);
        });
        // Whatever runs on this block runs the program's code.
        t_program_code = true;
        HEDDLE_NEXT(sem_post)(&own->ready);
        park();
        return nullptr;
      },
      parked.get());
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    munmap(stack, stack_size_);
    return false;
  }
  parked_.push_back(std::move(parked));
  return true;
}

void TlsLender::reset(ThreadId thread) {
  for (const Block& block : parked_[thread]->blocks) {
    // Most modules' variables begin with zeros alone: a call for nothing, in each run.
    if (!block.image.empty()) std::memcpy(block.data, block.image.data(), block.image.size());
    if (block.size > block.image.size()) {
      zero(block.data + block.image.size(), block.size - block.image.size());
    }
  }
}

std::vector<std::span<unsigned char>> TlsLender::variables(ThreadId thread) const {
  std::vector<std::span<unsigned char>> all;
  for (const Block& block : parked_[thread]->blocks) all.emplace_back(block.data, block.size);
  return all;
}

std::vector<ThreadLocals> TlsLender::places(ThreadId thread) const {
  std::vector<ThreadLocals> all;
  for (const Block& block : parked_[thread]->blocks) {
    const auto begin = reinterpret_cast<Address>(block.data);
    all.push_back({thread, begin, begin + block.size, reinterpret_cast<Address>(block.in_module)});
  }
  return all;
}

std::span<const std::span<unsigned char>> TlsLender::programs_own(ThreadId thread) const {
  return parked_[thread]->programs_own;
}

// A thread that only the parent of this process has keeps its number there: nobody else has it.
pid_t TlsLender::number(ThreadId thread) const {
  return thread == 0 ? gettid() : parked_[thread]->number;
}

FsBase::FsBase() {
  constexpr unsigned long kFsGsBase = 1 << 1;  // HWCAP2_FSGSBASE: the kernel allows it
  fast_ = (getauxval(AT_HWCAP2) & kFsGsBase) != 0;
}

Address FsBase::get() {
  Address base;
  // The C library keeps the block's own address in its first word.
  asm("mov %%fs:0, %0" : "=r"(base));
  return base;
}

void FsBase::set_by_system_call(Address base) {
  syscall(SYS_arch_prctl, ARCH_SET_FS, base);
}

}  // namespace heddle
