#include "harness/grade/object_names.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>

namespace heddle::grade {
namespace {

// Of several such sections the linker takes the first.
bool is_grouped(Elf* elf, std::size_t index) {
  GElf_Shdr header;
  return gelf_getshdr(elf_getscn(elf, index), &header) != nullptr &&
         (header.sh_flags & SHF_GROUP) != 0;
}

void read_table(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, ObjectNames& names) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, i, &symbol) == nullptr) break;
    if (GELF_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name == nullptr || *name == '\0') continue;
    if (symbol.st_shndx == SHN_UNDEF) {
      names.used.emplace(name);
      continue;
    }
    const bool grouped = symbol.st_shndx < SHN_LORESERVE && is_grouped(elf, symbol.st_shndx);
    const int type = GELF_ST_TYPE(symbol.st_info);
    names.defined[name] = {.sole = !grouped, .function = type == STT_FUNC || type == STT_GNU_IFUNC};
  }
}

}  // namespace

ObjectNames read_object_names(const std::filesystem::path& file) {
  ObjectNames names;
  elf_version(EV_CURRENT);
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return names;
  if (Elf* elf = elf_begin(descriptor, ELF_C_READ, nullptr)) {
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) != nullptr && header.sh_type == SHT_SYMTAB) {
        read_table(elf, section, header, names);
      }
    }
    elf_end(elf);
  }
  close(descriptor);
  return names;
}

bool is_librarys(const std::string& symbol, const DefinedName& name) {
  // Heddle's own process has these libraries too.
  const void* at = dlsym(RTLD_DEFAULT, symbol.c_str());
  Dl_info info;
  void* entry = nullptr;
  if (at == nullptr || dladdr1(at, &info, &entry, RTLD_DL_SYMENT) == 0 || entry == nullptr) {
    return false;
  }
  const std::string file = std::filesystem::path(info.dli_fname).filename();
  constexpr std::string_view kLibraries[] = {"libc.", "libm.", "libstdc++.", "libgcc_s.",
                                             "ld-linux"};
  const bool known =
      std::any_of(std::begin(kLibraries), std::end(kLibraries),
                  [&](std::string_view library) { return file.starts_with(library); });
  // A variable `index` and the function of the C library have only their names in common.
  const int type = GELF_ST_TYPE(static_cast<const ElfW(Sym)*>(entry)->st_info);
  return known && name.function == (type == STT_FUNC || type == STT_GNU_IFUNC);
}

std::string demangled(const std::string& symbol) {
  int status = 0;
  char* text = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  std::string result = status == 0 && text != nullptr ? text : symbol;
  std::free(text);
  return result;
}

}  // namespace heddle::grade
