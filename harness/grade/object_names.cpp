#include "harness/grade/object_names.h"

#include <cxxabi.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <cstdlib>

namespace heddle::grade {
namespace {

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
    (symbol.st_shndx == SHN_UNDEF ? names.used : names.defined).emplace(name);
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

std::string demangled(const std::string& symbol) {
  int status = 0;
  char* text = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  std::string result = status == 0 && text != nullptr ? text : symbol;
  std::free(text);
  return result;
}

}  // namespace heddle::grade
