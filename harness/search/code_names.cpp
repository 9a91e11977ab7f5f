#include "harness/search/code_names.h"

#include <cxxabi.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace heddle {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

}  // namespace

bool is_access_hook(std::string_view symbol) {
  constexpr std::string_view kPrefix = "__tsan_";
  if (!symbol.starts_with(kPrefix)) return false;
  symbol.remove_prefix(kPrefix.size());
  constexpr std::array<std::string_view, 8> kAccess = {"func_",     "read",  "write",  "unaligned_",
                                                       "volatile_", "vptr_", "atomic", "mem"};
  return std::any_of(kAccess.begin(), kAccess.end(),
                     [&](std::string_view prefix) { return symbol.starts_with(prefix); });
}

std::string readable_name(const std::string& symbol) {
  // The demangler would take the name of a function in C for that of a type: `w` for wchar_t.
  if (!symbol.starts_with("_Z")) return symbol + "()";
  int status = 0;
  const std::unique_ptr<char, Free> text{
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status)};
  return status == 0 && text != nullptr ? std::string(text.get()) : symbol + "()";
}

std::string_view symbol_name(Elf* elf, const GElf_Shdr& table, const GElf_Sym& symbol) {
  const char* name = elf_strptr(elf, table.sh_link, symbol.st_name);
  return name == nullptr ? "" : name;
}

CodeNames read_code_names(Elf* elf) {
  CodeNames names;
  if (elf == nullptr || elf_kind(elf) != ELF_K_ELF) return names;
  names.readable = true;
  std::set<std::string, std::less<>> copied;
  for_each_relocation(elf, [&](const GElf_Rela& relocation, std::string_view name) {
    switch (GELF_R_TYPE(relocation.r_info)) {
      case R_X86_64_COPY:
        copied.emplace(name);
        break;
      case R_X86_64_GLOB_DAT:
      case R_X86_64_JUMP_SLOT:
        break;
      default:
        names.addressed.emplace(name);
    }
  });
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_DYNSYM) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr || header.sh_entsize == 0) continue;
    const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
    for (int i = 0; i < count; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, i, &symbol) == nullptr) continue;
      const std::string_view name = symbol_name(elf, header, symbol);
      if (name.empty() || GELF_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
      if (symbol.st_shndx == SHN_UNDEF) {
        names.undefined.emplace(name);
        if (symbol.st_value != 0) names.addressed.emplace(name);
        if (is_access_hook(name)) names.calls_hooks = true;
      } else if (!copied.contains(name)) {
        names.defined.emplace(name);
      }
    }
  }
  return names;
}

CodeNames read_code_names(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  elf_version(EV_CURRENT);
  Elf* elf = elf_begin(descriptor, ELF_C_READ_MMAP, nullptr);
  CodeNames names = read_code_names(elf);
  elf_end(elf);
  close(descriptor);
  return names;
}

}  // namespace heddle
