#include "harness/search/code_file.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "harness/hooks/exempt_code.h"
#include "harness/search/machine_code.h"

namespace heddle {
namespace {

using Offset = std::uint64_t;  // an address as the file has it, before it is loaded

struct Range {
  Offset begin = 0;
  Offset end = 0;

  bool has(Offset address) const { return begin <= address && address < end; }
};

struct CodeSection {
  Range range;
  const std::uint8_t* bytes = nullptr;
  bool plt = false;
};

// A translation unit with debug information.
struct Unit {
  std::string source;     // as the compiler was given it
  bool flagged = false;   // the compiler has noted -fsanitize=thread
  bool hooks = false;     // a function of it calls a hook
  bool accesses = false;  // one makes an access that instrumentation would show
  const Exempt* exempt = nullptr;
};

// Code from one start to the next: a function, or what has no name.
struct Piece {
  Range range;
  const CodeSection* section = nullptr;
  std::string name;  // the linker's; empty in a stripped file
  std::string file;  // of a local function: the source or object file that it is from
  bool local = false;
  bool weak = false;  // templates and inline functions
  Unit* unit = nullptr;
  const Exempt* exempt = nullptr;
};

struct PieceFacts {
  bool hooks = false;
  bool accesses = false;      // other than of its own stack frame
  bool escapes = false;       // its stack frame has accesses, and its address is made known
  std::vector<Offset> calls;  // direct ones
};

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

std::string file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

// "add(int)" of "_Z3addi".
std::string readable_name(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, Free> text{
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status)};
  return status == 0 && text != nullptr ? std::string(text.get()) : symbol + "()";
}

// Whether the options that g++ notes end with ThreadSanitizer on.
bool notes_thread_sanitizer(std::string_view producer) {
  bool on = false;
  while (!producer.empty()) {
    const std::size_t space = producer.find(' ');
    std::string_view word = producer.substr(0, space);
    producer = space == std::string_view::npos ? "" : producer.substr(space + 1);
    constexpr std::string_view kOn = "-fsanitize=";
    constexpr std::string_view kOff = "-fno-sanitize=";
    const bool turns_on = word.starts_with(kOn);
    if (!turns_on && !word.starts_with(kOff)) continue;
    word.remove_prefix(turns_on ? kOn.size() : kOff.size());
    while (!word.empty()) {
      const std::size_t comma = word.find(',');
      const std::string_view name = word.substr(0, comma);
      if (name == "thread" || (!turns_on && name == "all")) on = turns_on;
      word = comma == std::string_view::npos ? "" : word.substr(comma + 1);
    }
  }
  return on;
}

// ---- names -------------------------------------------------------------------------------------

std::string_view symbol_name(Elf* elf, const GElf_Shdr& table, const GElf_Sym& symbol) {
  const char* name = elf_strptr(elf, table.sh_link, symbol.st_name);
  return name == nullptr ? "" : name;
}

// Variables of libraries that the loader copies into the program: not the program's own.
std::set<std::string, std::less<>> copied_variables(Elf* elf) {
  std::set<std::string, std::less<>> copied;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_RELA) continue;
    Elf_Scn* names = elf_getscn(elf, header.sh_link);
    GElf_Shdr names_header;
    Elf_Data* data = elf_getdata(section, nullptr);
    Elf_Data* symbols = elf_getdata(names, nullptr);
    if (data == nullptr || symbols == nullptr || gelf_getshdr(names, &names_header) == nullptr) {
      continue;
    }
    const auto count = static_cast<int>(header.sh_size / sizeof(Elf64_Rela));
    for (int i = 0; i < count; ++i) {
      GElf_Rela relocation;
      GElf_Sym symbol;
      if (gelf_getrela(data, i, &relocation) == nullptr ||
          GELF_R_TYPE(relocation.r_info) != R_X86_64_COPY ||
          gelf_getsym(symbols, static_cast<int>(GELF_R_SYM(relocation.r_info)), &symbol) ==
              nullptr) {
        continue;
      }
      copied.emplace(symbol_name(elf, names_header, symbol));
    }
  }
  return copied;
}

void read_names(Elf* elf, CodeFile& file) {
  const auto copied = copied_variables(elf);
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
        file.undefined.emplace(name);
        if (is_access_hook(name)) file.calls_hooks = true;
      } else if (!copied.contains(name)) {
        file.defined.emplace(name);
      }
    }
  }
}

// ---- code --------------------------------------------------------------------------------------

class CodeReader {
 public:
  explicit CodeReader(const std::string& path) {
    callbacks_.find_elf = dwfl_build_id_find_elf;
    callbacks_.find_debuginfo = find_debug_file;
    callbacks_.section_address = dwfl_offline_section_address;
    callbacks_.debuginfo_path = &debuginfo_path_;
    dwfl_ = dwfl_begin(&callbacks_);
    if (dwfl_ == nullptr) return;
    dwfl_report_begin(dwfl_);
    module_ = dwfl_report_offline(dwfl_, path.c_str(), path.c_str(), -1);
    dwfl_report_end(dwfl_, nullptr, nullptr);
    if (module_ != nullptr) elf_ = dwfl_module_getelf(module_, &bias_);
  }
  CodeReader(const CodeReader&) = delete;
  CodeReader& operator=(const CodeReader&) = delete;
  ~CodeReader() {
    if (dwfl_ != nullptr) dwfl_end(dwfl_);
  }

  void read(CodeFile& file, bool until_first) {
    if (elf_ == nullptr) return;
    file.readable = true;
    read_names(elf_, file);
    read_sections();
    read_constant_ranges();
    read_hook_slots();
    read_plt();
    find_starts();
    make_pieces();
    read_units();
    find_exemptions();
    judge(file, until_first);
  }

 private:
  // Separate debug information, if a file of it is likely to be there. elfutils would go on to ask
  // servers, for which it loads half a dozen libraries, and of a stripped program the code says
  // enough.
  static int find_debug_file(Dwfl_Module* module, void** user_data, const char* name,
                             Dwarf_Addr base, const char* file, const char* link,
                             GElf_Word checksum, char** found) {
    if (link == nullptr && !has_build_id_file(module)) return -1;
    return dwfl_standard_find_debuginfo(module, user_data, name, base, file, link, checksum, found);
  }

  static bool has_build_id_file(Dwfl_Module* module) {
    const unsigned char* bits = nullptr;
    GElf_Addr address = 0;
    const int size = dwfl_module_build_id(module, &bits, &address);
    if (size < 2) return false;
    std::string path = "/usr/lib/debug/.build-id/";
    for (int i = 0; i < size; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      path += kDigits[bits[i] >> 4U];
      path += kDigits[bits[i] & 15U];
      if (i == 0) path += '/';
    }
    return access((path + ".debug").c_str(), R_OK) == 0;
  }

  struct Start {
    std::string name;
    std::string file;
    bool local = false;
    bool weak = false;
  };

  void read_sections() {
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_PROGBITS) continue;
      Elf_Data* data = elf_rawdata(section, nullptr);
      if (data == nullptr || data->d_buf == nullptr || data->d_size < header.sh_size) continue;
      std::size_t names = 0;
      elf_getshdrstrndx(elf_, &names);
      const char* name = elf_strptr(elf_, names, header.sh_name);
      const std::string_view text = name == nullptr ? "" : name;
      if ((header.sh_flags & SHF_EXECINSTR) != 0) {
        sections_.push_back({.range = {header.sh_addr, header.sh_addr + header.sh_size},
                             .bytes = static_cast<const std::uint8_t*>(data->d_buf),
                             .plt = text.starts_with(".plt")});
      } else if (text == ".eh_frame_hdr") {
        unwind_table_ = {.range = {header.sh_addr, header.sh_addr + header.sh_size},
                         .bytes = static_cast<const std::uint8_t*>(data->d_buf)};
      }
    }
    std::sort(sections_.begin(), sections_.end(), [](const CodeSection& a, const CodeSection& b) {
      return a.range.begin < b.range.begin;
    });
  }

  // What nobody writes once the program runs.
  void read_constant_ranges() {
    std::size_t count = 0;
    elf_getphdrnum(elf_, &count);
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Phdr header;
      if (gelf_getphdr(elf_, static_cast<int>(i), &header) == nullptr) continue;
      const bool constant = header.p_type == PT_GNU_RELRO ||
                            (header.p_type == PT_LOAD && (header.p_flags & PF_W) == 0);
      if (constant) constants_.push_back({header.p_vaddr, header.p_vaddr + header.p_memsz});
    }
  }

  bool is_constant(Offset address) const {
    return std::any_of(constants_.begin(), constants_.end(),
                       [&](const Range& range) { return range.has(address); });
  }

  // Where the loader puts the addresses of hooks.
  void read_hook_slots() {
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_RELA ||
          (header.sh_flags & SHF_ALLOC) == 0) {
        continue;
      }
      Elf_Scn* names = elf_getscn(elf_, header.sh_link);
      GElf_Shdr names_header;
      Elf_Data* data = elf_getdata(section, nullptr);
      Elf_Data* symbols = names == nullptr ? nullptr : elf_getdata(names, nullptr);
      if (data == nullptr || symbols == nullptr || gelf_getshdr(names, &names_header) == nullptr) {
        continue;
      }
      const auto count = static_cast<int>(header.sh_size / sizeof(Elf64_Rela));
      for (int i = 0; i < count; ++i) {
        GElf_Rela relocation;
        GElf_Sym symbol;
        if (gelf_getrela(data, i, &relocation) == nullptr) continue;
        const auto index = static_cast<int>(GELF_R_SYM(relocation.r_info));
        if (index == 0 || gelf_getsym(symbols, index, &symbol) == nullptr) continue;
        if (is_access_hook(symbol_name(elf_, names_header, symbol))) {
          hook_slots_.insert(relocation.r_offset);
        }
      }
    }
  }

  std::span<const std::uint8_t> code(const CodeSection& section, Range range) const {
    return {section.bytes + (range.begin - section.range.begin), range.end - range.begin};
  }

  // Stubs that jump on to a hook. An entry is called at its beginning, and its jump is not far:
  // each linker has a form of its own.
  void read_plt() {
    constexpr Offset kLongestWay = 16;
    for (const CodeSection& section : sections_) {
      if (!section.plt) continue;
      Offset at = section.range.begin;
      Offset entry = at;
      while (at < section.range.end) {
        const auto instruction = decode_instruction(code(section, {at, section.range.end}));
        const Offset next = at + (instruction.has_value() ? instruction->size : 1);
        if (instruction.has_value() && instruction->memory &&
            instruction->base == OperandBase::instruction_pointer) {
          const auto distance = static_cast<std::int64_t>(instruction->displacement);
          if (hook_slots_.contains(next + static_cast<Offset>(distance))) {
            // Not before the entry: its neighbour there is another's.
            for (Offset start = std::max(entry, next - kLongestWay); start <= at; ++start) {
              hook_stubs_.insert(start);
            }
          }
          entry = next;
        }
        at = next;
      }
    }
  }

  void add_start(Offset address, Start start) {
    Start& known = starts_[address];
    // The first name of several stays, but a name is better than none.
    if (known.name.empty()) known = std::move(start);
  }

  const CodeSection* section_of(Offset address) const {
    for (const CodeSection& section : sections_) {
      if (section.range.has(address)) return section.plt ? nullptr : &section;
    }
    return nullptr;
  }

  void find_starts() {
    for (const CodeSection& section : sections_) {
      if (!section.plt) add_start(section.range.begin, {});
    }
    GElf_Ehdr header;
    if (gelf_getehdr(elf_, &header) != nullptr && section_of(header.e_entry) != nullptr) {
      add_start(header.e_entry, {.name = "_start", .file = {}});
    }
    add_symbols();
    add_unwind_table();
  }

  void add_symbols() {
    const int count = dwfl_module_getsymtab(module_);
    std::string file;
    for (int i = 0; i < count; ++i) {
      GElf_Sym symbol;
      GElf_Addr address = 0;
      GElf_Word section_index = 0;
      Elf* elf = nullptr;
      Dwarf_Addr bias = 0;
      const char* name =
          dwfl_module_getsym_info(module_, i, &symbol, &address, &section_index, &elf, &bias);
      if (name == nullptr) continue;
      const auto type = GELF_ST_TYPE(symbol.st_info);
      if (type == STT_FILE) {
        file = name;
        continue;
      }
      if (section_index == SHN_UNDEF || name[0] == '\0' ||
          (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)) {
        continue;
      }
      const Offset at = address - bias_;
      const CodeSection* section = section_of(at);
      // The linker's own marks (etext) are no code.
      if (section == nullptr || (type == STT_NOTYPE && at == section->range.end)) continue;
      const auto bind = GELF_ST_BIND(symbol.st_info);
      const bool local = bind == STB_LOCAL;
      add_start(at, {.name = name,
                     .file = local ? file : "",
                     .local = local,
                     .weak = bind == STB_WEAK || bind == STB_GNU_UNIQUE});
    }
  }

  // The beginnings of functions that exceptions may pass: all that stripped files have.
  void add_unwind_table() {
    constexpr std::size_t kHeader = 12;
    const Offset base = unwind_table_.range.begin;
    const Offset size = unwind_table_.range.end - base;
    const std::uint8_t* bytes = unwind_table_.bytes;
    // Version, and the encodings that all linkers use: a count, and pairs relative to this table.
    if (bytes == nullptr || size < kHeader || bytes[0] != 1 || bytes[2] != 0x03 ||
        bytes[3] != 0x3b) {
      return;
    }
    std::uint32_t count = 0;
    std::memcpy(&count, bytes + 8, sizeof count);
    for (std::uint32_t i = 0; i < count && kHeader + (i + 1) * std::size_t{8} <= size; ++i) {
      std::int32_t distance = 0;
      std::memcpy(&distance, bytes + kHeader + i * std::size_t{8}, sizeof distance);
      const Offset at = base + static_cast<Offset>(static_cast<std::int64_t>(distance));
      if (section_of(at) != nullptr) add_start(at, {});
    }
  }

  void make_pieces() {
    for (auto at = starts_.begin(); at != starts_.end(); ++at) {
      const CodeSection* section = section_of(at->first);
      if (section == nullptr) continue;
      const auto next = std::next(at);
      Piece piece;
      piece.range = {at->first, next == starts_.end() ? section->range.end
                                                      : std::min(next->first, section->range.end)};
      piece.section = section;
      piece.name = std::move(at->second.name);
      piece.file = std::move(at->second.file);
      piece.local = at->second.local;
      piece.weak = at->second.weak;
      pieces_.push_back(std::move(piece));
    }
  }

  static std::string attribute_text(Dwarf_Die* die, unsigned attribute) {
    Dwarf_Attribute memory;
    const char* text = dwarf_formstring(dwarf_attr(die, attribute, &memory));
    return text == nullptr ? "" : text;
  }

  void read_units() {
    Dwarf_Addr bias = 0;
    Dwarf* dwarf = dwfl_module_getdwarf(module_, &bias);
    if (dwarf == nullptr) return;
    Dwarf_CU* cu = nullptr;
    Dwarf_Half version = 0;
    std::uint8_t type = 0;
    Dwarf_Die die;
    Dwarf_Die split;
    while (dwarf_get_units(dwarf, cu, &cu, &version, &type, &die, &split) == 0) {
      if (type != DW_UT_compile && type != DW_UT_skeleton) continue;
      auto unit = std::make_unique<Unit>();
      // With -gsplit-dwarf all but the addresses is in another file, which may be gone.
      Dwarf_Die* text =
          type == DW_UT_skeleton && dwarf_tag(&split) != DW_TAG_invalid ? &split : &die;
      unit->source = attribute_text(text, DW_AT_name);
      for (const unsigned name : {DW_AT_dwo_name, DW_AT_GNU_dwo_name}) {
        if (unit->source.empty()) unit->source = attribute_text(&die, name);
      }
      unit->exempt = find_exempt(ExemptKind::source, unit->source);
      unit->flagged = notes_thread_sanitizer(attribute_text(text, DW_AT_producer));
      // What g++ makes of all units when it links (-flto) has no name that helps: its functions do.
      if (unit->source == "<artificial>" && !unit->flagged) continue;
      take_pieces(&die, bias, unit.get());
      units_.push_back(std::move(unit));
    }
  }

  void take_pieces(Dwarf_Die* die, Dwarf_Addr bias, Unit* unit) {
    Dwarf_Addr base = 0;
    Dwarf_Addr begin = 0;
    Dwarf_Addr end = 0;
    for (std::ptrdiff_t at = 0; (at = dwarf_ranges(die, at, &base, &begin, &end)) > 0;) {
      const Range range{begin + bias - bias_, end + bias - bias_};
      // What the linker has dropped keeps a range at 0, which would reach into other units' code.
      if (sections_.empty() || range.begin < sections_.front().range.begin) continue;
      auto piece =
          std::lower_bound(pieces_.begin(), pieces_.end(), range.begin,
                           [](const Piece& p, Offset address) { return p.range.begin < address; });
      for (; piece != pieces_.end() && piece->range.begin < range.end; ++piece) piece->unit = unit;
    }
  }

  static bool is_standard_name(std::string_view symbol) {
    for (const std::string_view prefix : {"_ZNSt", "_ZNKSt", "_ZSt", "_ZNSa", "_ZNSs",
                                          "_ZN9__gnu_cxx", "_ZNK9__gnu_cxx", "_ZZNSt", "_ZZNKSt"}) {
      if (symbol.starts_with(prefix)) return true;
    }
    return false;
  }

  // For code without debug information. What templates of the standard library a framework has
  // instantiated lies right behind its own functions, and so do functions that are local to a file
  // of the C++ runtime's.
  void find_exemptions() {
    const bool has_runtime = std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) {
      return piece.name == "__cxa_throw";
    });
    const Exempt* owner = nullptr;
    const CodeSection* section = nullptr;
    for (Piece& piece : pieces_) {
      if (piece.section != section || piece.unit != nullptr) owner = nullptr;
      section = piece.section;
      if (piece.unit != nullptr) continue;
      piece.exempt = piece.file.empty() ? nullptr : find_exempt(ExemptKind::source, piece.file);
      if (piece.exempt == nullptr) piece.exempt = find_exempt(ExemptKind::symbol, piece.name);
      if (piece.exempt == nullptr && has_runtime) {
        piece.exempt = find_exempt(ExemptKind::runtime_symbol, piece.name);
      }
      const bool inherits =
          owner != nullptr && (piece.weak ? is_standard_name(piece.name)
                                          : piece.local && owner->group == ExemptGroup::compiler);
      if (piece.exempt == nullptr && inherits) piece.exempt = owner;
      owner = piece.exempt;
    }
  }

  Piece* piece_at(Offset address) {
    const auto after =
        std::upper_bound(pieces_.begin(), pieces_.end(), address,
                         [](Offset at, const Piece& p) { return at < p.range.begin; });
    if (after == pieces_.begin()) return nullptr;
    Piece& piece = *std::prev(after);
    return piece.range.has(address) ? &piece : nullptr;
  }

  PieceFacts look_at(const Piece& piece) const {
    PieceFacts facts;
    bool frame = false;
    bool stack_used = false;
    bool frame_used = false;
    bool stack_known = false;
    bool frame_known = false;
    for (Offset at = piece.range.begin; at < piece.range.end;) {
      const auto decoded = decode_instruction(code(*piece.section, {at, piece.range.end}));
      if (!decoded.has_value()) {
        // No instruction of a compiler's: whatever it is, nothing shows that it is harmless.
        facts.accesses = true;
        ++at;
        continue;
      }
      const Instruction& instruction = *decoded;
      at += instruction.size;
      if (instruction.jump.has_value()) {
        const Offset target = at + static_cast<Offset>(*instruction.jump);
        if (hook_stubs_.contains(target)) facts.hooks = true;
        if (!piece.range.has(target)) facts.calls.push_back(target);
        continue;
      }
      frame |= instruction.sets_frame;
      stack_known |= instruction.copies_stack_pointer;
      frame_known |= instruction.copies_frame_pointer;
      facts.accesses |= instruction.implicit_memory || instruction.system_call;
      if (!instruction.memory && !instruction.computes_address) continue;
      const bool takes_address = instruction.computes_address && !instruction.to_frame_register;
      switch (instruction.base) {
        case OperandBase::stack_pointer:
          (instruction.memory ? stack_used : stack_known) |= instruction.memory || takes_address;
          break;
        case OperandBase::frame_pointer:
          (instruction.memory ? frame_used : frame_known) |= instruction.memory || takes_address;
          break;
        case OperandBase::thread_pointer: {
          // The thread's own block, and the guard of the stack that functions look at.
          constexpr std::int32_t kStackGuard = 0x28;
          const bool plain = !instruction.indexed && (instruction.displacement == 0 ||
                                                      instruction.displacement == kStackGuard);
          facts.accesses |= instruction.memory && !plain;
          break;
        }
        case OperandBase::instruction_pointer: {
          const Offset target =
              at + static_cast<Offset>(static_cast<std::int64_t>(instruction.displacement));
          if (hook_slots_.contains(target)) facts.hooks = true;
          facts.accesses |= instruction.memory && !is_constant(target);
          break;
        }
        case OperandBase::none:
          facts.accesses |=
              instruction.memory && !is_constant(static_cast<Offset>(
                                        static_cast<std::int64_t>(instruction.displacement)));
          break;
        case OperandBase::other:
          facts.accesses |= instruction.memory;
          break;
      }
    }
    if (frame) {
      stack_used |= frame_used;
      stack_known |= frame_known;
    } else {
      facts.accesses |= frame_used;
    }
    facts.escapes = stack_used && stack_known;
    return facts;
  }

  // main() of a framework: hands its arguments on to it, and touches nothing else.
  const Exempt* framework_of_main(const Piece& piece, const PieceFacts& facts) {
    if (piece.name != "main" || facts.accesses) return nullptr;
    for (const Offset target : facts.calls) {
      const Piece* called = piece_at(target);
      if (called != nullptr && called->exempt != nullptr &&
          called->exempt->group == ExemptGroup::framework) {
        return called->exempt;
      }
    }
    return nullptr;
  }

  // Distinct texts in the order of being added.
  class Names {
   public:
    void add(std::string text) {
      if (std::find(texts_.begin(), texts_.end(), text) == texts_.end()) {
        texts_.push_back(std::move(text));
      }
    }
    bool empty() const { return texts_.empty(); }
    std::vector<std::string> take() { return std::move(texts_); }

   private:
    std::vector<std::string> texts_;
  };

  void judge(CodeFile& file, bool until_first) {
    Names names;
    // Templates and inline functions are of the unit of whatever else is named, and many.
    Names weak_names;
    const auto assume = [&](const Exempt& exempt) {
      if (!exempt.framework.empty()) file.assumed.emplace(exempt.framework);
    };
    for (Piece& piece : pieces_) {
      Unit* unit = piece.unit;
      if (unit != nullptr && (unit->flagged || unit->hooks)) continue;
      const PieceFacts facts = look_at(piece);
      if (unit != nullptr) {
        unit->hooks |= facts.hooks;
        unit->accesses |= facts.accesses || facts.escapes;
        if (until_first && unit->accesses && unit->exempt == nullptr) break;
        continue;
      }
      if (facts.hooks || (!facts.accesses && !facts.escapes)) continue;
      if (piece.exempt == nullptr) piece.exempt = framework_of_main(piece, facts);
      if (piece.exempt != nullptr) {
        assume(*piece.exempt);
      } else if (!piece.file.empty()) {
        names.add(file_name(piece.file));
      } else if (piece.name.empty()) {
        names.add("");
      } else {
        (piece.weak ? weak_names : names).add(readable_name(piece.name));
      }
      if (until_first && piece.exempt == nullptr) break;
    }
    for (const auto& unit : units_) {
      if (unit->flagged || unit->hooks || !unit->accesses) continue;
      if (unit->exempt != nullptr) {
        assume(*unit->exempt);
      } else {
        names.add(file_name(unit->source));
      }
    }
    file.uninstrumented = names.empty() ? weak_names.take() : names.take();
  }

  Dwfl_Callbacks callbacks_{};
  char* debuginfo_path_ = nullptr;
  Dwfl* dwfl_ = nullptr;
  Dwfl_Module* module_ = nullptr;
  Elf* elf_ = nullptr;
  GElf_Addr bias_ = 0;  // what elfutils adds to the file's addresses
  std::vector<CodeSection> sections_;
  CodeSection unwind_table_;
  std::vector<Range> constants_;
  std::set<Offset> hook_slots_;
  std::set<Offset> hook_stubs_;
  std::map<Offset, Start> starts_;
  std::vector<Piece> pieces_;
  std::vector<std::unique_ptr<Unit>> units_;
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

CodeFile read_code_names(const std::string& path) {
  CodeFile file;
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file;
  elf_version(EV_CURRENT);
  if (Elf* elf = elf_begin(descriptor, ELF_C_READ_MMAP, nullptr)) {
    file.readable = elf_kind(elf) == ELF_K_ELF;
    if (file.readable) read_names(elf, file);
    elf_end(elf);
  }
  close(descriptor);
  return file;
}

CodeFile read_code(const std::string& path, bool until_first) {
  CodeFile file;
  CodeReader(path).read(file, until_first);
  return file;
}

}  // namespace heddle
