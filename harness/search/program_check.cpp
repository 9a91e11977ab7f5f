#include "harness/search/program_check.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string_view>

namespace heddle {
namespace {

constexpr char kHowToBuild[] =
    "build it with -g -O1 -fsanitize=thread (clang: -fsanitize=thread -shared-libsan)";

struct Facts {
  bool dynamic = false;        // has a dynamic section
  bool asks_for_tsan = false;  // NEEDED names ThreadSanitizer's shared library
  bool has_tsan = false;       // the runtime is inside
  bool has_google_test = false;
};

class File {
 public:
  explicit File(const char* path) : descriptor_(open(path, O_RDONLY | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// The function behind TEST(), and what a stripped program still has of GoogleTest: its help.
constexpr std::string_view kGoogleTestSymbol = "_ZN7testing8internal23MakeAndRegisterTestInfo";
constexpr std::string_view kGoogleTestHelp =
    "This program contains tests written using Google Test";

bool names_tsan(std::string_view library) {
  return library.starts_with("libtsan.so") || library.starts_with("libclang_rt.tsan");
}

Facts read_facts(Elf* elf) {
  Facts facts;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    constexpr auto kKindOfSection = SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR;
    const bool constants =
        header.sh_type == SHT_PROGBITS && (header.sh_flags & kKindOfSection) == SHF_ALLOC;
    if (!constants && header.sh_entsize == 0) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr) continue;
    if (constants) {
      const std::string_view text(static_cast<const char*>(data->d_buf), data->d_size);
      if (text.find(kGoogleTestHelp) != std::string_view::npos) facts.has_google_test = true;
      continue;
    }
    const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
    if (header.sh_type == SHT_DYNAMIC) {
      facts.dynamic = true;
      for (int i = 0; i < count; ++i) {
        GElf_Dyn entry;
        if (gelf_getdyn(data, i, &entry) == nullptr || entry.d_tag != DT_NEEDED) continue;
        const char* name = elf_strptr(elf, header.sh_link, entry.d_un.d_val);
        if (name != nullptr && names_tsan(name)) facts.asks_for_tsan = true;
      }
    } else if (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM) {
      for (int i = 0; i < count; ++i) {
        GElf_Sym symbol;
        if (gelf_getsym(data, i, &symbol) == nullptr) continue;
        const char* text = elf_strptr(elf, header.sh_link, symbol.st_name);
        const std::string_view name = text == nullptr ? "" : text;
        if (name.starts_with(kGoogleTestSymbol)) facts.has_google_test = true;
        if (name == "__tsan_init" && symbol.st_shndx != SHN_UNDEF) facts.has_tsan = true;
      }
    }
  }
  return facts;
}

}  // namespace

bool has_google_test(const std::string& path) {
  const File file(path.c_str());
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(
      elf_begin(file.descriptor(), ELF_C_READ_MMAP, nullptr), elf_end);
  return elf != nullptr && elf_kind(elf.get()) == ELF_K_ELF &&
         read_facts(elf.get()).has_google_test;
}

std::string nothing_is_instrumented(const std::string& path) {
  return "nothing of " + path +
         " is instrumented, so that no access would be seen: build all of it with -g -O1 "
         "-fsanitize=thread, not only the link";
}

std::optional<std::string> check_program(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return path + ": no such program";
  if (S_ISDIR(info.st_mode)) return path + " is a folder, not a program";
  if (access(path.c_str(), X_OK) != 0) return path + " is not executable";
  const File file(path.c_str());
  if (file.descriptor() < 0) return path + " cannot be read";
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(
      elf_begin(file.descriptor(), ELF_C_READ_MMAP, nullptr), elf_end);
  GElf_Ehdr header;
  if (elf == nullptr || elf_kind(elf.get()) != ELF_K_ELF ||
      gelf_getehdr(elf.get(), &header) == nullptr) {
    return path + " is not a compiled program (a script?); give the program that it starts";
  }
  if (header.e_machine != EM_X86_64 || gelf_getclass(elf.get()) != ELFCLASS64) {
    return path + " is not a program for x86-64";
  }
  const Facts facts = read_facts(elf.get());
  if (facts.asks_for_tsan) return std::nullopt;
  if (facts.has_tsan) {
    return path + " has ThreadSanitizer linked in, where it cannot be replaced; link it with " +
           "-shared-libsan (clang) or without -static-libtsan (g++)";
  }
  if (!facts.dynamic) return path + " is linked statically; " + kHowToBuild + ", without -static";
  return path + " is not instrumented: " + kHowToBuild;
}

}  // namespace heddle
