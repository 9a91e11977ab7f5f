#include "harness/report/symbolizer.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace heddle {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

std::string demangled(const char* name) {
  if (name == nullptr) return "";
  int status = 0;
  const std::unique_ptr<char, Free> text{abi::__cxa_demangle(name, nullptr, nullptr, &status)};
  return status == 0 && text != nullptr ? text.get() : name;
}

// "counter.0" is how g++ names a static local of C, "main::counter" what a person wrote.
std::string variable_name(const char* symbol) {
  std::string name = demangled(symbol);
  const std::size_t dot = name.rfind('.');
  if (dot != std::string::npos && dot > 0 &&
      name.find_first_not_of("0123456789", dot + 1) == std::string::npos) {
    name.resize(dot);
  }
  // The dynamic linker's version, as in "stdout@GLIBC_2.2.5".
  if (const std::size_t at = name.find('@'); at != std::string::npos) name.resize(at);
  for (const std::string_view noise : {"(anonymous namespace)::", "[abi:cxx11]"}) {
    for (auto at = name.find(noise); at != std::string::npos; at = name.find(noise)) {
      name.erase(at, noise.size());
    }
  }
  // A static local of a function: its parameters say nothing.
  if (const auto open = name.find('('); open != std::string::npos) {
    const auto close = name.rfind(')');
    if (close != std::string::npos && name.compare(close + 1, 2, "::") == 0) {
      name.erase(open, close + 1 - open);
    }
  }
  return name;
}

std::string function_name(Dwarf_Die* die) {
  for (const unsigned attribute : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
    Dwarf_Attribute memory;
    Dwarf_Attribute* found = dwarf_attr_integrate(die, attribute, &memory);
    if (const char* name = dwarf_formstring(found)) return demangled(name);
  }
  Dwarf_Attribute memory;
  const char* name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &memory));
  return name == nullptr ? "" : name;
}

// Where it is defined, if that is said, else where it is declared.
unsigned function_line(Dwarf_Die* die) {
  Dwarf_Attribute memory;
  Dwarf_Word line = 0;
  if (dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_line, &memory), &line) != 0) return 0;
  return static_cast<unsigned>(line);
}

// The file that a function was inlined into.
std::string call_file(Dwarf_Die* cu, Dwarf_Die* inlined) {
  Dwarf_Attribute memory;
  Dwarf_Word index = 0;
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &memory), &index) != 0 ||
      dwarf_getsrcfiles(cu, &files, &count) != 0 || index >= count) {
    return "";
  }
  const char* file = dwarf_filesrc(files, index, nullptr, nullptr);
  return file == nullptr ? "" : file;
}

unsigned call_line(Dwarf_Die* inlined) {
  Dwarf_Attribute memory;
  Dwarf_Word line = 0;
  if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &memory), &line) != 0) return 0;
  return static_cast<unsigned>(line);
}

// Typedefs and qualifiers have no layout of their own.
bool peel_type(Dwarf_Die* die, Dwarf_Die* type) {
  Dwarf_Attribute memory;
  if (dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &memory), type) == nullptr) {
    return false;
  }
  return dwarf_peel_type(type, type) == 0;
}

// The inside of a library's types is nobody's business: a queue is a queue.
bool is_library_type(Dwarf_Die* type) {
  const char* file = dwarf_decl_file(type);
  return file != nullptr && std::string_view{file}.find("/include/") != std::string_view::npos;
}

// ".size", "[3].next": the way from an object of type `type` to the byte at `offset`; empty where
// the byte belongs to the object as such.
std::string member_path(Dwarf_Die type, Dwarf_Word offset) {
  std::string path;
  // Types nest without end only in damaged debug information.
  for (int depth = 0; depth < 32; ++depth) {
    if (is_library_type(&type)) return path;
    const int tag = dwarf_tag(&type);
    if (tag == DW_TAG_array_type) {
      Dwarf_Die element;
      Dwarf_Word size = 0;
      if (!peel_type(&type, &element) || dwarf_aggregate_size(&element, &size) != 0 || size == 0) {
        return path;
      }
      path += '[' + std::to_string(offset / size) + ']';
      offset %= size;
      type = element;
      continue;
    }
    if (tag != DW_TAG_structure_type && tag != DW_TAG_class_type) return path;
    Dwarf_Die child;
    bool found = false;
    for (int status = dwarf_child(&type, &child); status == 0 && !found;
         status = found ? 0 : dwarf_siblingof(&child, &child)) {
      const int child_tag = dwarf_tag(&child);
      if (child_tag != DW_TAG_member && child_tag != DW_TAG_inheritance) continue;
      Dwarf_Attribute memory;
      Dwarf_Word begin = 0;
      Dwarf_Word size = 0;
      Dwarf_Die member_type;
      if (dwarf_formudata(dwarf_attr(&child, DW_AT_data_member_location, &memory), &begin) != 0 ||
          !peel_type(&child, &member_type) || dwarf_aggregate_size(&member_type, &size) != 0 ||
          offset < begin || offset - begin >= size) {
        continue;
      }
      // A base class or an anonymous member adds no name.
      const char* name = dwarf_diename(&child);
      if (child_tag == DW_TAG_member && name != nullptr) path += std::string{"."} + name;
      offset -= begin;
      type = member_type;
      found = true;
    }
    if (!found) return path;
  }
  return path;
}

}  // namespace

class Symbolizer::Impl {
 public:
  explicit Impl(const std::vector<Module>& modules) {
    callbacks_.find_elf = dwfl_linux_proc_find_elf;
    callbacks_.find_debuginfo = dwfl_standard_find_debuginfo;
    callbacks_.debuginfo_path = &debuginfo_path_;
    dwfl_ = dwfl_begin(&callbacks_);
    if (dwfl_ == nullptr) return;
    dwfl_report_begin(dwfl_);
    for (const Module& module : modules) {
      // Fails on what is no ELF file, such as "[vdso]": then its addresses have no names.
      dwfl_report_elf(dwfl_, module.path.c_str(), module.path.c_str(), -1, module.base, true);
    }
    dwfl_report_end(dwfl_, nullptr, nullptr);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (dwfl_ != nullptr) dwfl_end(dwfl_);
  }

  const std::vector<Frame>& code(Address return_address) {
    const auto [at, is_new] = code_.try_emplace(return_address);
    if (is_new) at->second = find_code(return_address);
    return at->second;
  }

  const std::string& data(Address address) {
    const auto [at, is_new] = data_.try_emplace(address);
    if (is_new) at->second = find_data(address);
    return at->second;
  }

 private:
  struct Variable {
    std::string name;
    Dwarf_Die type;
    Dwarf_Word size = 0;
  };
  using Variables = std::map<Dwarf_Addr, Variable>;

  std::vector<Frame> find_code(Address return_address) {
    if (dwfl_ == nullptr || return_address == 0) return {};
    // The call ends where it returns to: that may be the next line already, or another function.
    const Dwarf_Addr address = return_address - 1;
    Dwfl_Module* module = dwfl_addrmodule(dwfl_, address);
    if (module == nullptr) return {};

    Frame frame;
    Dwarf_Addr bias = 0;
    std::vector<Frame> frames;
    if (Dwarf_Die* cu = unit_of(module, address, &bias)) {
      if (Dwarf_Line* line = dwarf_getsrc_die(cu, address - bias)) {
        int number = 0;
        dwarf_lineno(line, &number);
        if (const char* file = dwarf_linesrc(line, nullptr, nullptr)) frame.file = file;
        frame.line = number > 0 ? static_cast<unsigned>(number) : 0;
      }
      frames = inlined_frames(cu, address - bias, frame);
    }
    if (frames.empty()) {
      frame.function = demangled(dwfl_module_addrname(module, address));
      if (!frame.function.empty() || !frame.file.empty()) frames.push_back(frame);
    }
    return frames;
  }

  // The compilation unit with this code, or null.
  static Dwarf_Die* unit_of(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr* bias) {
    if (Dwarf_Die* cu = dwfl_module_addrdie(module, address, bias)) return cu;
    // clang writes no .debug_aranges, the table that the look-up above needs.
    for (Dwarf_Die* cu = dwfl_module_nextcu(module, nullptr, bias); cu != nullptr;
         cu = dwfl_module_nextcu(module, cu, bias)) {
      if (dwarf_haspc(cu, address - *bias) == 1) return cu;
    }
    return nullptr;
  }

  // The functions around an address, outermost first, those that were inlined included. Not
  // dwarf_getscopes(): it misses what was inlined into a function that clang nests in a namespace.
  static bool collect_functions(Dwarf_Die parent, Dwarf_Addr address, int depth,
                                std::vector<Dwarf_Die>& functions) {
    Dwarf_Die die;
    if (depth > 128 || dwarf_child(&parent, &die) != 0) return false;
    do {
      switch (dwarf_tag(&die)) {
        case DW_TAG_namespace:
        case DW_TAG_structure_type:
        case DW_TAG_class_type:
          if (collect_functions(die, address, depth + 1, functions)) return true;
          break;
        case DW_TAG_subprogram:
        case DW_TAG_inlined_subroutine:
          if (dwarf_haspc(&die, address) != 1) break;
          functions.push_back(die);
          collect_functions(die, address, depth + 1, functions);
          return true;
        case DW_TAG_lexical_block:
          if (dwarf_haspc(&die, address) != 1) break;
          collect_functions(die, address, depth + 1, functions);
          return true;
        default:
          break;
      }
    } while (dwarf_siblingof(&die, &die) == 0);
    return false;
  }

  // `innermost`: file and line from the line table.
  static std::vector<Frame> inlined_frames(Dwarf_Die* cu, Dwarf_Addr address, Frame innermost) {
    std::vector<Dwarf_Die> functions;
    collect_functions(*cu, address, 0, functions);
    std::vector<Frame> frames;
    Frame frame = std::move(innermost);
    for (auto function = functions.rbegin(); function != functions.rend(); ++function) {
      frame.function = function_name(&*function);
      frame.function_line = function_line(&*function);
      frames.push_back(frame);
      frame.file = call_file(cu, &*function);
      frame.line = call_line(&*function);
    }
    return frames;
  }

  std::string find_data(Address address) {
    if (dwfl_ == nullptr || address == 0) return "";
    Dwfl_Module* module = dwfl_addrmodule(dwfl_, address);
    if (module == nullptr) return "";

    const Variables& variables = variables_of(module);
    auto after = variables.upper_bound(address);
    if (after != variables.begin()) {
      const auto& [begin, variable] = *std::prev(after);
      if (address - begin < variable.size) {
        return variable.name + member_path(variable.type, address - begin);
      }
    }
    // Without debug information: the symbol table.
    GElf_Off offset = 0;
    GElf_Sym symbol;
    const char* name =
        dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
    if (name == nullptr || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT ||
        (offset != 0 && offset >= symbol.st_size)) {
      return "";
    }
    const std::string text = variable_name(name);
    return offset == 0 ? text : text + '+' + std::to_string(offset);
  }

  const Variables& variables_of(Dwfl_Module* module) {
    const auto [at, is_new] = variables_.try_emplace(module);
    if (!is_new) return at->second;
    Dwarf_Addr bias = 0;
    for (Dwarf_Die* cu = dwfl_module_nextcu(module, nullptr, &bias); cu != nullptr;
         cu = dwfl_module_nextcu(module, cu, &bias)) {
      collect_variables(*cu, "", bias, 0, at->second);
    }
    return at->second;
  }

  // Variables with a fixed address: globals, static members, static locals.
  static void collect_variables(Dwarf_Die parent, const std::string& scope, Dwarf_Addr bias,
                                int depth, Variables& variables) {
    if (depth > 64) return;
    Dwarf_Die die;
    if (dwarf_child(&parent, &die) != 0) return;
    do {
      switch (dwarf_tag(&die)) {
        case DW_TAG_variable:
          add_variable(die, scope, bias, variables);
          break;
        case DW_TAG_namespace: {
          const char* name = dwarf_diename(&die);
          // The standard library's own variables are many, and nobody asks for them.
          if (name != nullptr && std::string_view{name} == "std") break;
          collect_variables(die, name == nullptr ? scope : scope + name + "::", bias, depth + 1,
                            variables);
          break;
        }
        case DW_TAG_subprogram: {
          const char* name = dwarf_diename(&die);
          collect_variables(die, name == nullptr ? scope : scope + name + "::", bias, depth + 1,
                            variables);
          break;
        }
        case DW_TAG_lexical_block:
        case DW_TAG_inlined_subroutine:
          collect_variables(die, scope, bias, depth + 1, variables);
          break;
        default:
          break;
      }
    } while (dwarf_siblingof(&die, &die) == 0);
  }

  // "bank::Account::" for what is declared in there.
  static std::string scope_of(Dwarf_Die declaration) {
    Dwarf_Die* scopes = nullptr;
    const int count = dwarf_getscopes_die(&declaration, &scopes);
    const std::unique_ptr<Dwarf_Die, Free> owner{scopes};
    std::string result;
    for (int i = 1; i < count; ++i) {
      const char* name = dwarf_diename(&scopes[i]);
      if (name == nullptr || dwarf_tag(&scopes[i]) == DW_TAG_compile_unit) continue;
      result = std::string{name} + "::" + result;
    }
    return result;
  }

  static void add_variable(Dwarf_Die die, const std::string& scope, Dwarf_Addr bias,
                           Variables& variables) {
    Dwarf_Attribute memory;
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    Dwarf_Attribute* location = dwarf_attr(&die, DW_AT_location, &memory);
    if (dwarf_getlocation(location, &operations, &count) != 0 || count != 1) return;
    Dwarf_Addr address = operations[0].number;
    if (operations[0].atom == DW_OP_addrx) {
      // clang keeps addresses in a table, and here only the index.
      Dwarf_Attribute entry;
      if (dwarf_getlocation_attr(location, &operations[0], &entry) != 0 ||
          dwarf_formaddr(&entry, &address) != 0) {
        return;
      }
    } else if (operations[0].atom != DW_OP_addr) {
      return;
    }
    Variable variable;
    Dwarf_Die whole_type;
    if (!peel_type(&die, &variable.type)) return;
    whole_type = variable.type;
    if (dwarf_aggregate_size(&whole_type, &variable.size) != 0 || variable.size == 0) return;
    // The linkage name knows namespaces and classes, which the definition may stand outside of;
    // static variables have none, but a declaration inside.
    Dwarf_Attribute name_memory;
    const char* linkage =
        dwarf_formstring(dwarf_attr_integrate(&die, DW_AT_linkage_name, &name_memory));
    Dwarf_Attribute declaration_memory;
    Dwarf_Die declaration;
    const char* name = dwarf_diename(&die);
    if (linkage != nullptr) {
      variable.name = variable_name(linkage);
    } else if (name == nullptr) {
      return;
    } else if (dwarf_formref_die(dwarf_attr(&die, DW_AT_specification, &declaration_memory),
                                 &declaration) != nullptr) {
      variable.name = scope_of(declaration) + name;
    } else {
      variable.name = scope + name;
    }
    variables.try_emplace(address + bias, std::move(variable));
  }

  Dwfl_Callbacks callbacks_{};
  char* debuginfo_path_ = nullptr;
  Dwfl* dwfl_ = nullptr;
  std::unordered_map<Address, std::vector<Frame>> code_;
  std::unordered_map<Address, std::string> data_;
  std::map<Dwfl_Module*, Variables> variables_;
};

Symbolizer::Symbolizer(const std::vector<Module>& modules)
    : impl_(std::make_unique<Impl>(modules)) {}

Symbolizer::~Symbolizer() = default;

std::vector<Frame> Symbolizer::code(Address return_address) const {
  return impl_->code(return_address);
}

std::string Symbolizer::data(Address address) const {
  return impl_->data(address);
}

}  // namespace heddle
