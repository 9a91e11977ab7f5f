#include "harness/report/environment.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <utility>

namespace heddle {
namespace {

struct EndElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};
struct EndDwarf {
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};

// Of a unit that is instrumented, else of the last one: runtimes that are linked in come first.
std::string producer_of(Dwarf* dwarf) {
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  std::uint8_t type = 0;
  std::string producer;
  while (dwarf_get_units(dwarf, unit, &unit, nullptr, &type, &die, nullptr) == 0) {
    if (dwarf_srclang(&die) == DW_LANG_Mips_Assembler) continue;
    Dwarf_Attribute attribute;
    const char* text = dwarf_formstring(dwarf_attr(&die, DW_AT_producer, &attribute));
    if (text == nullptr) continue;
    producer = text;
    if (producer.find("-fsanitize=thread") != std::string::npos) break;
  }
  return producer;
}

void read_program(const std::string& program, ReportEnvironment& environment) {
  elf_version(EV_CURRENT);
  const int file = open(program.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  {
    const std::unique_ptr<Elf, EndElf> elf{elf_begin(file, ELF_C_READ_MMAP, nullptr)};
    if (elf != nullptr) {
      const void* id = nullptr;
      const auto size = dwelf_elf_gnu_build_id(elf.get(), &id);
      for (ssize_t i = 0; i < size; ++i) {
        environment.build_id += fmt::format("{:02x}", static_cast<const std::uint8_t*>(id)[i]);
      }
      const std::unique_ptr<Dwarf, EndDwarf> dwarf{
          dwarf_begin_elf(elf.get(), DWARF_C_READ, nullptr)};
      if (dwarf != nullptr) environment.compiler = producer_of(dwarf.get());
    }
  }
  close(file);
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

}  // namespace

std::string_view heddle_version() {
  return HEDDLE_VERSION;
}

ReportEnvironment environment_of(const std::string& program, std::string command) {
  ReportEnvironment environment{.heddle = std::string(heddle_version()),
                                .compiler = {},
                                .build_id = {},
                                .libc = fmt::format("glibc {}", gnu_get_libc_version()),
                                .kernel = {},
                                .processor = processor_name(),
                                .command = std::move(command)};
  read_program(program, environment);
  utsname system{};
  if (uname(&system) == 0) {
    environment.kernel = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
  }
  return environment;
}

std::string short_path(std::string_view path) {
  if (!path.starts_with('/')) return std::string(path);
  const std::size_t last = path.rfind('/');
  if (last == 0) return std::string(path.substr(1));
  const std::size_t before = path.rfind('/', last - 1);
  return std::string(path.substr(before + 1));
}

}  // namespace heddle
