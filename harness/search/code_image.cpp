#include "harness/search/code_image.h"

#include <gelf.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "harness/search/code_names.h"
#include "harness/search/machine_code.h"

namespace heddle {
namespace {

Offset plus(Offset address, std::int64_t distance) {
  return address + static_cast<Offset>(distance);
}

// What a piece does with its own stack frame.
class FrameUse {
 public:
  void note(const Instruction& instruction) {
    sets_frame_ |= instruction.sets_frame;
    by_stack_.known |= instruction.copies_stack_pointer;
    by_frame_.known |= instruction.copies_frame_pointer;
    if (instruction.base == OperandBase::stack_pointer) note(instruction, by_stack_);
    if (instruction.base == OperandBase::frame_pointer) note(instruction, by_frame_);
  }

  // rbp may hold any address in a function that does not make it its frame pointer.
  bool accesses_by_other_address() const { return !sets_frame_ && by_frame_.used; }
  // Nobody else can know of a frame whose address is never computed.
  bool escapes() const {
    return sets_frame_ ? (by_stack_.used || by_frame_.used) && (by_stack_.known || by_frame_.known)
                       : by_stack_.used && by_stack_.known;
  }

 private:
  struct Way {
    bool used = false;   // to access memory
    bool known = false;  // an address is computed by it
  };

  static void note(const Instruction& instruction, Way& way) {
    way.used |= instruction.memory;
    way.known |= instruction.computes_address && !instruction.to_frame_register;
  }

  bool sets_frame_ = false;
  Way by_stack_;
  Way by_frame_;
};

// Whether a result of a function goes straight to memory other than what `new` or malloc() has just
// got: that is taken for written when it is got.
class ResultUse {
 public:
  // Of the end of a straight line of code.
  void note_jump() {
    has_result_ = false;
    fresh_ = 0;
  }
  // `function`: as far as it is known; `hook`: it is an access hook.
  void note_call(std::string_view function, bool hook) {
    has_result_ = !hook;
    allocated_ = is_allocation(function);
  }

  void note(const Instruction& instruction) {
    const bool of_frame = instruction.base == OperandBase::stack_pointer ||
                          instruction.base == OperandBase::frame_pointer;
    if (instruction.computes_address && of_frame) of_frame_ |= 1U << instruction.operand_register;
    if (has_result_ && instruction.stores_result && instruction.base == OperandBase::other) {
      bases_ |= 1U << instruction.base_register & ~fresh_;
    }
    if (const auto& written = instruction.written_register) {
      fresh_ &= ~(1U << *written);
      if (allocated_ && instruction.copies_result) fresh_ |= 1U << *written;
    }
  }

  // By registers that are never given an address of the frame.
  bool stored() const { return (bases_ & ~of_frame_) != 0; }

 private:
  static bool is_allocation(std::string_view function) {
    return function.starts_with("_Znw") || function.starts_with("_Zna") || function == "malloc" ||
           function == "calloc";
  }

  bool has_result_ = false;
  bool allocated_ = false;  // has_result_, of an allocation
  // Registers, one bit for each.
  std::uint32_t bases_ = 0;
  std::uint32_t of_frame_ = 0;
  std::uint32_t fresh_ = 0;
};

// The thread's own block, and the guard of the stack that functions look at.
bool is_of_the_threads_own(const Instruction& instruction) {
  constexpr std::int32_t kStackGuard = 0x28;
  return !instruction.indexed &&
         (instruction.displacement == 0 || instruction.displacement == kStackGuard);
}

}  // namespace

CodeImage::CodeImage(Dwfl_Module* module) : module_(module) {
  elf_ = dwfl_module_getelf(module, &bias_);
  if (elf_ == nullptr) return;
  read_sections();
  read_segments();
  for_each_relocation(elf_, [&](const GElf_Rela& relocation, std::string_view name) {
    if (name.empty()) return;
    slots_.try_emplace(relocation.r_offset,
                       Import{.name = std::string(name), .hook = is_access_hook(name)});
  });
  read_plt();
  for (const CodeSection& section : sections_) {
    if (!section.plt) add_start(section.range.begin, {});
  }
  GElf_Ehdr header;
  if (gelf_getehdr(elf_, &header) != nullptr && section_of(header.e_entry) != nullptr) {
    add_start(header.e_entry, {.name = "_start", .file = {}});
  }
  add_symbols();
  sort_variables();
  add_unwind_table();
  make_pieces();
}

std::size_t CodeImage::first_from(Offset address) const {
  const auto piece = std::lower_bound(pieces_.begin(), pieces_.end(), address,
                                      [](const Piece& p, Offset at) { return p.range.begin < at; });
  return static_cast<std::size_t>(piece - pieces_.begin());
}

std::size_t CodeImage::piece_at(Offset address) const {
  const std::size_t after = first_from(address + 1);
  return after != 0 && pieces_[after - 1].range.has(address) ? after - 1 : pieces_.size();
}

std::string_view CodeImage::stub_at(Offset address) const {
  const auto stub = stubs_.find(address);
  return stub == stubs_.end() ? std::string_view() : stub->second.name;
}

void CodeImage::read_sections() {
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

void CodeImage::read_segments() {
  bool has_code = false;
  std::size_t count = 0;
  elf_getphdrnum(elf_, &count);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(elf_, static_cast<int>(i), &header) == nullptr) continue;
    const bool loaded = header.p_type == PT_LOAD;
    has_code |= loaded && (header.p_flags & PF_X) != 0;
    if (header.p_type == PT_GNU_RELRO || (loaded && (header.p_flags & PF_W) == 0)) {
      constants_.push_back({header.p_vaddr, header.p_vaddr + header.p_memsz});
    }
  }
  complete_ = !has_code || !sections_.empty();
}

bool CodeImage::is_constant(Offset address) const {
  return std::any_of(constants_.begin(), constants_.end(),
                     [&](const Range& range) { return range.has(address); });
}

std::span<const std::uint8_t> CodeImage::code(const CodeSection& section, Range range) const {
  return {section.bytes + (range.begin - section.range.begin), range.end - range.begin};
}

// Stubs that jump on to functions of other files. An entry is called at its beginning, and its jump
// is not far: each linker has a form of its own.
void CodeImage::read_plt() {
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
        if (const auto slot = slots_.find(plus(next, distance)); slot != slots_.end()) {
          // Not before the entry: its neighbour there is another's.
          for (Offset start = std::max(entry, next - kLongestWay); start <= at; ++start) {
            stubs_.try_emplace(start, slot->second);
          }
        }
        entry = next;
      }
      at = next;
    }
  }
}

void CodeImage::add_start(Offset address, Start start) {
  Start& known = starts_[address];
  // The first name of several stays, but a name is better than none.
  if (known.name.empty()) known = std::move(start);
}

const CodeSection* CodeImage::section_of(Offset address) const {
  for (const CodeSection& section : sections_) {
    if (section.range.has(address)) return section.plt ? nullptr : &section;
  }
  return nullptr;
}

void CodeImage::add_symbols() {
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
    if (section_index != SHN_UNDEF && type == STT_OBJECT) add_variable(symbol, address - bias_);
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

void CodeImage::add_variable(const GElf_Sym& symbol, Offset at) {
  GElf_Ehdr header;
  const bool moves = gelf_getehdr(elf_, &header) != nullptr && header.e_type == ET_DYN;
  if (moves && symbol.st_size != 0 && !is_constant(at)) {
    variables_.push_back({at, at + symbol.st_size});
  }
}

void CodeImage::sort_variables() {
  std::sort(variables_.begin(), variables_.end(),
            [](const Range& a, const Range& b) { return a.begin < b.begin; });
  // One may have several names, and parts of it further ones.
  std::vector<Range> whole;
  for (const Range& one : variables_) {
    if (whole.empty() || !whole.back().has(one.begin)) {
      whole.push_back(one);
    } else {
      whole.back().end = std::max(whole.back().end, one.end);
    }
  }
  variables_ = std::move(whole);
}

std::size_t CodeImage::variable_at(Offset address) const {
  const auto after = std::upper_bound(variables_.begin(), variables_.end(), address,
                                      [](Offset at, const Range& one) { return at < one.begin; });
  if (after == variables_.begin() || !std::prev(after)->has(address)) return variables_.size();
  return static_cast<std::size_t>(std::prev(after) - variables_.begin());
}

// The beginnings of functions that exceptions may pass: all that stripped files have.
void CodeImage::add_unwind_table() {
  constexpr std::size_t kHeader = 12;
  const Offset base = unwind_table_.range.begin;
  const Offset size = unwind_table_.range.end - base;
  const std::uint8_t* bytes = unwind_table_.bytes;
  // Version, and the encodings that all linkers use: a count, and pairs relative to this table.
  if (bytes == nullptr || size < kHeader || bytes[0] != 1 || bytes[2] != 0x03 || bytes[3] != 0x3b) {
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

void CodeImage::make_pieces() {
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

PieceFacts CodeImage::look_at(const Piece& piece) const {
  PieceFacts facts;
  FrameUse frame;
  ResultUse results;
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
      const Offset target = plus(at, *instruction.jump);
      const auto stub = stubs_.find(target);
      if (stub != stubs_.end()) {
        facts.hooks |= stub->second.hook;
        facts.imports.push_back(stub->second.name);
      }
      if (!piece.range.has(target)) facts.calls.push_back(target);
      if (!instruction.calls) {
        results.note_jump();
      } else if (stub != stubs_.end()) {
        results.note_call(stub->second.name, stub->second.hook);
      } else {
        results.note_call({}, false);
      }
      continue;
    }
    frame.note(instruction);
    results.note(instruction);
    facts.accesses |= instruction.implicit_memory || instruction.system_call;
    switch (instruction.base) {
      case OperandBase::stack_pointer:
      case OperandBase::frame_pointer:
        break;
      case OperandBase::thread_pointer:
        facts.accesses |= instruction.memory && !is_of_the_threads_own(instruction);
        break;
      case OperandBase::instruction_pointer: {
        const Offset target = plus(at, instruction.displacement);
        const auto slot = slots_.find(target);
        if (slot != slots_.end()) {
          facts.hooks |= slot->second.hook;
          facts.imports.push_back(slot->second.name);
          results.note_call(slot->second.name, slot->second.hook);
        } else if (const auto stub = stubs_.find(target); stub != stubs_.end()) {
          facts.imports.push_back(stub->second.name);
        }
        facts.accesses |= instruction.memory && !is_constant(target);
        facts.constants |= instruction.computes_address && is_constant(target);
        if (const std::size_t variable = variable_at(target); variable != variables_.size()) {
          if (instruction.memory) facts.accessed.push_back(variable);
          if (instruction.computes_address) facts.addressed.push_back(variable);
        }
        break;
      }
      case OperandBase::none:
        facts.accesses |= instruction.memory && !is_constant(plus(0, instruction.displacement));
        break;
      case OperandBase::other:
        facts.accesses |= instruction.memory;
        facts.by_pointer |= instruction.memory;
        break;
    }
  }
  facts.accesses |= frame.accesses_by_other_address();
  facts.escapes = frame.escapes();
  facts.stores_result = results.stored();
  return facts;
}

}  // namespace heddle
