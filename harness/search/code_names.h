// The names that an ELF file gives to others and takes from them when it is loaded.
#pragma once

#include <gelf.h>

#include <set>
#include <string>
#include <string_view>

namespace heddle {

struct CodeNames {
  bool readable = false;
  bool calls_hooks = false;  // an access hook is among `undefined`
  // Functions and variables. What the loader copies into the file is of neither.
  std::set<std::string, std::less<>> defined;
  std::set<std::string, std::less<>> undefined;
  // Of `undefined`: those whose address stands in data, or is one for all files, so that any code
  // may call them.
  std::set<std::string, std::less<>> addressed;
};

// Whether a function with this name is called for an access, by code that the compiler
// instrumented. Not __tsan_init, which what -fsanitize=thread links calls too, nor what people call
// by hand.
bool is_access_hook(std::string_view symbol);

// "add(int)" of "_Z3addi", "add()" of "add".
std::string readable_name(const std::string& symbol);

CodeNames read_code_names(Elf* elf);
CodeNames read_code_names(const std::string& path);

// Of a symbol in the table whose section header this is; empty if it has none.
std::string_view symbol_name(Elf* elf, const GElf_Shdr& table, const GElf_Sym& symbol);

// Calls `take(relocation, symbol name)` for each relocation with a symbol that the loader makes.
template <typename Take>
void for_each_relocation(Elf* elf, Take take) {
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_RELA ||
        (header.sh_flags & SHF_ALLOC) == 0) {
      continue;
    }
    Elf_Scn* table = elf_getscn(elf, header.sh_link);
    GElf_Shdr table_header;
    Elf_Data* data = elf_getdata(section, nullptr);
    Elf_Data* symbols = table == nullptr ? nullptr : elf_getdata(table, nullptr);
    if (data == nullptr || symbols == nullptr || gelf_getshdr(table, &table_header) == nullptr) {
      continue;
    }
    const auto count = static_cast<int>(header.sh_size / sizeof(Elf64_Rela));
    for (int i = 0; i < count; ++i) {
      GElf_Rela relocation;
      GElf_Sym symbol;
      if (gelf_getrela(data, i, &relocation) == nullptr) continue;
      const auto index = static_cast<int>(GELF_R_SYM(relocation.r_info));
      if (index == 0 || gelf_getsym(symbols, index, &symbol) == nullptr) continue;
      take(relocation, symbol_name(elf, table_header, symbol));
    }
  }
}

}  // namespace heddle
