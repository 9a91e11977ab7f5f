#include "harness/engine/native/program_image.h"

#include <link.h>

#include "harness/engine/native/raw_system.h"

namespace heddle::native {
namespace {

// As the C++ ABI lays it out: __cxa_get_globals() returns it, but no header declares its members.
struct ExceptionGlobals {
  void* caught;
  unsigned uncaught;
};

extern "C" ExceptionGlobals* __cxa_get_globals() noexcept;

struct Executable {
  const std::byte* tls_image = nullptr;
  std::size_t tls_image_size = 0;
  std::size_t tls_size = 0;
  std::byte* tls_of_caller = nullptr;
  Address text_begin = 0;
  Address text_end = 0;
};

int read_first(dl_phdr_info* info, std::size_t, void* out) {
  auto& found = *static_cast<Executable*>(out);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    const Address address = info->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_TLS) {
      found.tls_image = reinterpret_cast<const std::byte*>(address);
      found.tls_image_size = header.p_filesz;
      found.tls_size = header.p_memsz;
      found.tls_of_caller = static_cast<std::byte*>(info->dlpi_tls_data);
    } else if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) {
      found.text_begin = address;
      found.text_end = address + header.p_memsz;
    }
  }
  return 1;  // the executable is the first of the list; no more are wanted
}

Executable executable() {
  Executable found;
  dl_iterate_phdr(read_first, &found);
  return found;
}

std::byte* thread_pointer() {
  return static_cast<std::byte*>(__builtin_thread_pointer());
}

}  // namespace

ThreadLocals::ThreadLocals() {
  const Executable found = executable();
  if (found.tls_of_caller == nullptr) return;
  image_ = found.tls_image;
  image_size_ = found.tls_image_size;
  size_ = found.tls_size;
  offset_ = found.tls_of_caller - thread_pointer();
  main_.assign(found.tls_of_caller, found.tls_of_caller + size_);
}

void ThreadLocals::reset_new_thread() const {
  if (size_ == 0) return;
  std::byte* own = thread_pointer() + offset_;
  copy_bytes(own, image_, image_size_);
  zero_bytes(own + image_size_, size_ - image_size_);
}

void ThreadLocals::reset_main() const {
  if (size_ != 0) copy_bytes(thread_pointer() + offset_, main_.data(), size_);
}

void forget_exceptions() {
  ExceptionGlobals* globals = __cxa_get_globals();
  globals->caught = nullptr;
  globals->uncaught = 0;
}

ProgramText::ProgramText() {
  const Executable found = executable();
  begin_ = found.text_begin;
  end_ = found.text_end;
}

}  // namespace heddle::native
