#include "harness/search/code_file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "harness/hooks/exempt_code.h"
#include "harness/search/code_image.h"

namespace heddle {
namespace {

// A translation unit with debug information.
struct Unit {
  std::string source;             // as the compiler was given it
  bool flagged = false;           // the compiler has noted -fsanitize=thread
  bool hooks = false;             // a function of it calls a hook
  bool accesses = false;          // one makes an access that instrumentation would show
  bool leaves_out_parts = false;  // of local variables: see there
  const Exempt* exempt = nullptr;
};

std::string file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

// ---- names of functions -------------------------------------------------------------------------

// "_ZN7testing..." of what is const in there ("_ZNK7testing...") and of what is local to a function
// ("_ZZN7testing...").
std::string without_qualifiers(std::string_view symbol) {
  constexpr std::string_view kMangled = "_Z";
  if (!symbol.starts_with(kMangled)) return std::string(symbol);
  std::size_t at = symbol.find_first_not_of('Z', kMangled.size());
  if (at == std::string_view::npos || symbol[at] != 'N') return std::string(symbol);
  ++at;
  if (at < symbol.size() && symbol[at] == 'K') ++at;
  return "_ZN" + std::string(symbol.substr(at));
}

bool is_standard_name(std::string_view symbol) {
  const std::string name = without_qualifiers(symbol);
  for (const char* prefix : {"_ZNS", "_ZS", "_ZN9__gnu_cxx"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

// The function that g++ has split this one off from, with optimisation: `f.part.0`, `f.cold`.
std::string_view whole_function(std::string_view symbol) {
  return symbol.substr(0, symbol.find('.', 1));
}

// The function that the constructor of a file's variables is named after.
std::string_view without_constructor(std::string_view symbol) {
  constexpr std::string_view kPrefix = "_GLOBAL__sub_I_";
  return symbol.starts_with(kPrefix) ? symbol.substr(kPrefix.size()) : symbol;
}

// ---- debug information --------------------------------------------------------------------------

// Whether the options that g++ notes end with ThreadSanitizer on.
// clang asks whether the address of a part of a local variable is handed on, not whether that of
// the variable is, unless it is told not to look (LLVM's ThreadSanitizer.cpp, up to 19 at least).
bool leaves_out_parts(std::string_view producer) {
  return producer.find("clang") != std::string_view::npos &&
         producer.find("capture-tracking-max-uses-to-explore=0") == std::string_view::npos;
}

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

bool has_build_id_file(Dwfl_Module* module) {
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

// Separate debug information, if a file of it is likely to be there. elfutils would go on to ask
// servers, for which it loads half a dozen libraries, and of a stripped program the code says
// enough.
int find_debug_file(Dwfl_Module* module, void** user_data, const char* name, Dwarf_Addr base,
                    const char* file, const char* link, GElf_Word checksum, char** found) {
  if (link == nullptr && !has_build_id_file(module)) return -1;
  return dwfl_standard_find_debuginfo(module, user_data, name, base, file, link, checksum, found);
}

// A file as elfutils sees it.
class ElfFile {
 public:
  explicit ElfFile(const std::string& path) {
    callbacks_.find_elf = dwfl_build_id_find_elf;
    callbacks_.find_debuginfo = find_debug_file;
    callbacks_.section_address = dwfl_offline_section_address;
    callbacks_.debuginfo_path = &debuginfo_path_;
    dwfl_ = dwfl_begin(&callbacks_);
    if (dwfl_ == nullptr) return;
    dwfl_report_begin(dwfl_);
    module_ = dwfl_report_offline(dwfl_, path.c_str(), path.c_str(), -1);
    dwfl_report_end(dwfl_, nullptr, nullptr);
  }
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;
  ~ElfFile() {
    if (dwfl_ != nullptr) dwfl_end(dwfl_);
  }

  Dwfl_Module* module() const { return module_; }

 private:
  Dwfl_Callbacks callbacks_{};
  char* debuginfo_path_ = nullptr;
  Dwfl* dwfl_ = nullptr;
  Dwfl_Module* module_ = nullptr;  // null if it is no ELF file
};

std::string attribute_text(Dwarf_Die* die, unsigned attribute) {
  Dwarf_Attribute memory;
  const char* text = dwarf_formstring(dwarf_attr(die, attribute, &memory));
  return text == nullptr ? "" : text;
}

// ---- what of the code is instrumented -----------------------------------------------------------

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

class CodeReader {
 public:
  explicit CodeReader(Dwfl_Module* module)
      : module_(module), image_(module), pieces_(image_.pieces()), owners_(pieces_.size()) {}

  bool complete() const { return image_.complete(); }

  void read(CodeFile& file, bool until_first, const std::set<std::string, std::less<>>& watched) {
    read_units();
    find_exemptions();
    judge(file, until_first);
    if (!watched.empty()) find_calls(file, watched);
  }

 private:
  // Who a piece belongs to.
  struct Owner {
    Unit* unit = nullptr;
    const Exempt* exempt = nullptr;  // of a piece without a unit
  };

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
      const bool elsewhere = type == DW_UT_skeleton && dwarf_tag(&split) != DW_TAG_invalid;
      Dwarf_Die* text = elsewhere ? &split : &die;
      unit->source = attribute_text(text, DW_AT_name);
      for (const unsigned name : {DW_AT_dwo_name, DW_AT_GNU_dwo_name}) {
        if (unit->source.empty()) unit->source = attribute_text(&die, name);
      }
      unit->exempt = find_exempt(ExemptKind::source, unit->source);
      const std::string producer = attribute_text(text, DW_AT_producer);
      unit->flagged = notes_thread_sanitizer(producer);
      unit->leaves_out_parts = leaves_out_parts(producer);
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
      const Range range{begin + bias - image_.bias(), end + bias - image_.bias()};
      // What the linker has dropped keeps a range at 0, which would reach into other units' code.
      if (pieces_.empty() || range.begin < pieces_.front().range.begin) continue;
      for (std::size_t i = image_.first_from(range.begin);
           i < pieces_.size() && pieces_[i].range.begin < range.end; ++i) {
        owners_[i].unit = unit;
      }
    }
  }

  static const Exempt* exempt_by_name(const Piece& piece, bool has_runtime) {
    const std::string_view function = without_constructor(piece.name);
    const std::string name = without_qualifiers(function);
    if (const Exempt* exempt = find_exempt(ExemptKind::symbol, name)) return exempt;
    if (has_runtime) {
      if (const Exempt* exempt = find_exempt(ExemptKind::runtime_symbol, name)) return exempt;
    }
    // g++ names such a constructor after the file if nothing in it has a name for others.
    if (function.size() != piece.name.size()) {
      if (const Exempt* exempt = find_exempt(ExemptKind::source, function)) return exempt;
    }
    return piece.file.empty() ? nullptr : find_exempt(ExemptKind::source, piece.file);
  }

  // For code without debug information. Beside what the list names: what templates of the standard
  // library a framework has instantiated lies right behind its own functions, and so do functions
  // that are local to a file of the C++ runtime's.
  void find_exemptions() {
    const bool has_runtime = std::any_of(pieces_.begin(), pieces_.end(),
                                         [](const Piece& p) { return p.name == "__cxa_throw"; });
    std::unordered_map<std::string_view, const Exempt*> by_name;
    Owner before;
    const CodeSection* section = nullptr;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      Owner& owner = owners_[i];
      if (piece.section != section) before = {};
      section = piece.section;
      if (owner.unit == nullptr) {
        owner.exempt = exempt_by_name(piece, has_runtime);
        if (owner.exempt == nullptr && before.exempt != nullptr) {
          const bool standard = (piece.weak || piece.local) && is_standard_name(piece.name);
          const bool runtimes = piece.local && before.exempt->group == ExemptGroup::compiler;
          if (standard || runtimes) owner.exempt = before.exempt;
        }
        if (owner.exempt != nullptr) by_name.emplace(piece.name, owner.exempt);
      }
      before = owner;
    }
    exempt_parts(by_name);
    exempt_files();
  }

  // The unlikely parts of functions lie elsewhere, all together.
  void exempt_parts(const std::unordered_map<std::string_view, const Exempt*>& by_name) {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      if (owners_[i].unit != nullptr || owners_[i].exempt != nullptr || !piece.local) continue;
      const auto whole = by_name.find(whole_function(piece.name));
      if (whole != by_name.end()) owners_[i].exempt = whole->second;
    }
  }

  // An object file of which all local functions but the standard library's are exempt.
  void exempt_files() {
    struct File {
      const Exempt* exempt = nullptr;
      bool has_other = false;
    };
    std::unordered_map<std::string_view, File> files;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      if (owners_[i].unit != nullptr || piece.file.empty()) continue;
      File& file = files[piece.file];
      if (owners_[i].exempt != nullptr) {
        file.exempt = owners_[i].exempt;
      } else if (!is_standard_name(piece.name)) {
        file.has_other = true;
      }
    }
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (owners_[i].unit != nullptr || owners_[i].exempt != nullptr) continue;
      const auto file = files.find(pieces_[i].file);
      if (file != files.end() && !file->second.has_other) owners_[i].exempt = file->second.exempt;
    }
  }

  // main() of a framework: hands its arguments on to it, and touches nothing else.
  const Exempt* framework_of_main(const Piece& piece, const PieceFacts& facts) const {
    if (piece.name != "main" || facts.accesses) return nullptr;
    for (const Offset target : facts.calls) {
      const std::size_t called = image_.piece_at(target);
      const Exempt* exempt =
          called != pieces_.size()
              ? owners_[called].exempt
              : find_exempt(ExemptKind::symbol, without_qualifiers(image_.stub_at(target)));
      if (exempt != nullptr && exempt->group == ExemptGroup::framework) return exempt;
    }
    return nullptr;
  }

  // lld and gold leave a local function of an object file without a name to the file before it.
  bool has_unit(std::string_view file) const {
    return std::any_of(units_.begin(), units_.end(), [&](const auto& unit) {
      return file_name(unit->source) == file_name(file);
    });
  }

  void judge(CodeFile& file, bool until_first) {
    Names names;
    // Templates and inline functions are of the unit of whatever else is named, and many.
    Names weak_names;
    const auto assume = [&](const Exempt& exempt) {
      if (!exempt.framework.empty()) file.assumed.emplace(exempt.framework);
    };
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      Unit* unit = owners_[i].unit;
      if (unit != nullptr && (unit->flagged || unit->hooks)) continue;
      const PieceFacts facts = image_.look_at(piece);
      if (unit != nullptr) {
        unit->hooks |= facts.hooks;
        unit->accesses |= facts.accesses || facts.escapes;
        if (until_first && unit->accesses && unit->exempt == nullptr) break;
        continue;
      }
      if (facts.hooks || (!facts.accesses && !facts.escapes)) continue;
      const Exempt* exempt = owners_[i].exempt;
      if (exempt == nullptr) exempt = framework_of_main(piece, facts);
      if (exempt != nullptr) {
        assume(*exempt);
      } else if (!piece.file.empty() && !has_unit(piece.file)) {
        names.add(file_name(piece.file));
      } else if (piece.name.empty()) {
        names.add("");
      } else {
        (piece.weak ? weak_names : names).add(readable_name(piece.name));
      }
      if (until_first && exempt == nullptr) break;
    }
    for (const auto& unit : units_) {
      if (unit->flagged || unit->hooks || !unit->accesses) continue;
      if (unit->exempt != nullptr) {
        assume(*unit->exempt);
      } else {
        names.add(file_name(unit->source));
      }
    }
    file.parts_of_locals = std::any_of(units_.begin(), units_.end(), [](const auto& unit) {
      return unit->exempt == nullptr && (unit->flagged || unit->hooks) && unit->leaves_out_parts;
    });
    if (!until_first) find_bare(names);
    file.uninstrumented = names.empty() ? weak_names.take() : names.take();
  }

  // Who runs before the program does, and who only corrects `this` on the way to another function.
  static bool is_bare_by_nature(std::string_view function) {
    for (const char* prefix : {"_GLOBAL__", "_Z41__static_initialization_and_destruction_0",
                               "__cxx_global_", "_ZTh", "_ZTv", "_ZTc", "_ZTW", "_ZTH"}) {
      if (function.starts_with(prefix)) return true;
    }
    return false;
  }

  // Accesses that the compiler has not instrumented in a file that it has: of functions that say so
  // (no_sanitize), of assembly, and of calls that it has made a few instructions of (memset). Known
  // by variables of which the function has no address that a hook could have been given, by
  // functions without a hook that go by a pointer, and by results that go straight to memory.
  void find_bare(Names& names) const {
    struct Whole {
      bool hooks = false;
      bool bare = false;
      bool stores_result = false;
      std::set<std::size_t> accessed;
      std::set<std::size_t> addressed;
    };
    // With its unlikely part, wherever that lies.
    std::map<std::pair<const Unit*, std::string_view>, Whole> functions;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Unit* unit = owners_[i].unit;
      if (unit == nullptr || unit->exempt != nullptr || !(unit->flagged || unit->hooks)) continue;
      if (pieces_[i].name.empty() || is_bare_by_nature(pieces_[i].name)) continue;
      const PieceFacts facts = image_.look_at(pieces_[i]);
      Whole& whole = functions[{unit, whole_function(pieces_[i].name)}];
      whole.hooks |= facts.hooks;
      whole.bare |= facts.by_pointer && !facts.constants;
      whole.stores_result |= facts.stores_result;
      whole.accessed.insert(facts.accessed.begin(), facts.accessed.end());
      whole.addressed.insert(facts.addressed.begin(), facts.addressed.end());
    }
    for (const auto& [key, whole] : functions) {
      const bool names_it = std::any_of(
          whole.accessed.begin(), whole.accessed.end(),
          [&addressed = whole.addressed](std::size_t one) { return !addressed.contains(one); });
      if (names_it || whole.stores_result || (whole.bare && !whole.hooks)) {
        names.add(readable_name(std::string(key.second)));
      }
    }
  }

  const Exempt* exempt_caller(std::size_t piece) const {
    const Unit* unit = owners_[piece].unit;
    if (unit == nullptr) return owners_[piece].exempt;
    // Frameworks that are headers are in units of the program's own.
    return unit->exempt != nullptr ? unit->exempt : exempt_by_name(pieces_[piece], false);
  }

  void find_calls(CodeFile& file, const std::set<std::string, std::less<>>& watched) const {
    std::map<std::string_view, const Exempt*> excused;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Exempt* exempt = exempt_caller(i);
      for (const std::string_view name : image_.look_at(pieces_[i]).imports) {
        if (!watched.contains(name)) continue;
        if (exempt == nullptr) {
          file.called.emplace(name);
        } else {
          excused.emplace(name, exempt);
        }
      }
    }
    for (const std::string& name : watched) {
      if (file.called.contains(name)) continue;
      const auto excuse = excused.find(name);
      if (excuse == excused.end() || file.names.addressed.contains(name)) {
        file.called.insert(name);
      } else if (!excuse->second->framework.empty()) {
        file.assumed.emplace(excuse->second->framework);
      }
    }
  }

  Dwfl_Module* module_;
  CodeImage image_;
  const std::vector<Piece>& pieces_;
  std::vector<Owner> owners_;  // of the pieces
  std::vector<std::unique_ptr<Unit>> units_;
};

}  // namespace

CodeFile read_code(const std::string& path, bool until_first,
                   const std::set<std::string, std::less<>>& watched) {
  CodeFile file;
  const ElfFile elf_file(path);
  if (elf_file.module() == nullptr) return file;
  GElf_Addr bias = 0;
  file.names = read_code_names(dwfl_module_getelf(elf_file.module(), &bias));
  CodeReader reader(elf_file.module());
  file.names.readable = file.names.readable && reader.complete();
  if (file.names.readable) reader.read(file, until_first, watched);
  return file;
}

}  // namespace heddle
