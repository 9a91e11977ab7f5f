// The machine code of an ELF file, function by function, and what each of them accesses.
#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace heddle {

using Offset = std::uint64_t;  // an address as the file has it, before it is loaded

struct Range {
  Offset begin = 0;
  Offset end = 0;

  bool has(Offset address) const { return begin <= address && address < end; }
};

struct CodeSection {
  Range range;
  const std::uint8_t* bytes = nullptr;
  bool plt = false;  // stubs through which functions of other files are called
};

// Code from one beginning to the next: a function, or what has no name.
struct Piece {
  Range range;
  const CodeSection* section = nullptr;
  std::string name;  // the linker's; empty in a stripped file
  std::string file;  // of a local function: the source or object file that it is from, if known
  bool local = false;
  bool weak = false;  // templates and inline functions
};

struct PieceFacts {
  bool hooks = false;       // it calls an access hook
  bool accesses = false;    // memory other than its own stack frame and constants
  bool escapes = false;     // accesses to its own frame, whose address it has computed
  bool by_pointer = false;  // it accesses memory at an address that it has in a register
  // It stores what a function has returned at an address in a register, and no hook is called
  // between: g++ has none for a call whose value goes straight to memory (`*p = make()`).
  bool stores_result = false;
  bool constants = false;  // it computes the address of one
  // Indices of variables(): of those that it accesses by name, and of those whose address it
  // computes. They may repeat.
  std::vector<std::size_t> accessed;
  std::vector<std::size_t> addressed;
  std::vector<Offset> calls;  // what it calls or jumps to outside of itself
  // Functions of other files that it calls or whose address it takes; they may repeat. Valid as
  // long as the image.
  std::vector<std::string_view> imports;
};

class CodeImage {
 public:
  // `module` must live as long as this.
  explicit CodeImage(Dwfl_Module* module);

  // Without stubs; by address. They cover all code.
  const std::vector<Piece>& pieces() const { return pieces_; }
  // Index of the piece with this address; pieces().size() if none has it.
  std::size_t piece_at(Offset address) const;
  // Index of the first piece that begins at this address or behind it.
  std::size_t first_from(Offset address) const;
  // The function of another file that the stub at this address leads to; empty if there is none.
  std::string_view stub_at(Offset address) const;
  // Where the variables that have a name are, by address; none in a file whose code has addresses
  // as plain numbers.
  const std::vector<Range>& variables() const { return variables_; }
  // False if there is code that no section tells of: then nothing can be said.
  bool complete() const { return complete_; }
  // What elfutils adds to the file's addresses.
  GElf_Addr bias() const { return bias_; }

  PieceFacts look_at(const Piece& piece) const;

 private:
  // A function of another file.
  struct Import {
    std::string name;
    bool hook = false;  // an access hook
  };
  struct Start {
    std::string name;
    std::string file;
    bool local = false;
    bool weak = false;
  };

  void read_sections();
  void read_segments();
  void read_plt();
  void add_start(Offset address, Start start);
  void add_symbols();
  void add_variable(const GElf_Sym& symbol, Offset at);
  void sort_variables();
  // variables().size() if none has it.
  std::size_t variable_at(Offset address) const;
  void add_unwind_table();
  void make_pieces();
  const CodeSection* section_of(Offset address) const;
  bool is_constant(Offset address) const;
  std::span<const std::uint8_t> code(const CodeSection& section, Range range) const;

  Dwfl_Module* module_;
  Elf* elf_ = nullptr;
  GElf_Addr bias_ = 0;
  bool complete_ = false;
  std::vector<CodeSection> sections_;
  CodeSection unwind_table_;
  std::vector<Range> variables_;
  std::vector<Range> constants_;              // what nobody writes once the program runs
  std::unordered_map<Offset, Import> slots_;  // where the loader puts the addresses of functions
  std::unordered_map<Offset, Import> stubs_;  // code that jumps on to one
  std::map<Offset, Start> starts_;
  std::vector<Piece> pieces_;
};

}  // namespace heddle
