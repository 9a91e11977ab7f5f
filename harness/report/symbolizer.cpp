#include "harness/report/symbolizer.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

#include "harness/report/debug_names.h"
#include "harness/report/debug_scopes.h"
#include "harness/report/debug_types.h"
#include "harness/report/describe.h"
#include "harness/report/source_line.h"

namespace heddle {
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

  const std::string& file_label(const std::string& file) {
    const auto [at, is_new] = labels_.try_emplace(file);
    if (is_new) at->second = find_label(file);
    return at->second;
  }

  std::string find_label(const std::string& file) {
    if (!files_.has_value()) files_ = own_files();
    const std::string path = normal(file);
    const auto name_at = path.rfind('/') + 1;
    const auto others = files_->find(path.substr(name_at));
    if (others == files_->end()) return path.substr(name_at);
    // One more folder until no other ends so.
    auto at = name_at;
    for (; at > 1; at = path.rfind('/', at - 2) + 1) {
      const std::string label = path.substr(at);
      const bool taken =
          std::any_of(others->second.begin(), others->second.end(), [&](const std::string& other) {
            return other != path && (other == label || other.ends_with('/' + label));
          });
      if (!taken) return label;
    }
    return path;
  }

  const std::string& data(Address address) {
    const auto [at, is_new] = data_.try_emplace(address);
    if (is_new) at->second = find_data(address);
    return at->second;
  }

  std::string thread_local_data(Address image, std::uint64_t offset) {
    Dwfl_Module* module = dwfl_ == nullptr ? nullptr : dwfl_addrmodule(dwfl_, image);
    if (module == nullptr) return "";
    const Held held = find(variables_of(module).thread_locals, offset);
    return held.variable == nullptr
               ? ""
               : held.variable->name + member_at(held.variable->type, held.offset).path;
  }

  std::string local(const StackFrame& frame, Address address) {
    const std::optional<Local> found = find_local(frame, address);
    if (!found.has_value()) return "";
    const LocalVariable& variable = found->variable;
    return variable.name + member_at(variable.type, variable.offset).path + " of " +
           found->function;
  }

  std::string spelled(Address address, std::uint64_t value, unsigned size) {
    const Held held = global_at(address);
    if (held.variable == nullptr) return "";
    return spelled_value(held.variable->type, held.offset, value, size);
  }

  std::string spelled(const StackFrame& frame, Address address, std::uint64_t value,
                      unsigned size) {
    const std::optional<Local> found = find_local(frame, address);
    if (!found.has_value()) return "";
    return spelled_value(found->variable.type, found->variable.offset, value, size);
  }

  std::string spelled(const ObjectType& type, std::uint64_t offset, std::uint64_t value,
                      unsigned size) {
    return spelled_value(types_.at(type.id), offset, value, size);
  }

  std::optional<ObjectType> pointee(Address address) {
    const Held held = global_at(address);
    if (held.variable == nullptr) return std::nullopt;
    return object_type(pointee_at(held.variable->type, held.offset));
  }

  std::optional<ObjectType> pointee(const StackFrame& frame, Address address) {
    const std::optional<Local> found = find_local(frame, address);
    if (!found.has_value()) return std::nullopt;
    return object_type(pointee_at(found->variable.type, found->variable.offset));
  }

  std::optional<ObjectType> pointee(const ObjectType& type, std::uint64_t offset) {
    return object_type(pointee_at(types_.at(type.id), offset));
  }

  std::string member(const ObjectType& type, std::uint64_t offset) {
    return member_at(types_.at(type.id), offset).path;
  }

  std::optional<PlacedType> allocated_by(Address return_address) {
    const Functions& functions = functions_at(return_address);
    for (auto function = functions.dies.rbegin(); function != functions.dies.rend(); ++function) {
      const std::optional<Stored> stored = stored_by(*function);
      if (!stored.has_value()) continue;
      const auto type = object_type(stored->type);
      if (!type.has_value()) return std::nullopt;
      PlacedType placed{*type, stored->offset};
      // It asks for objects of just this type.
      placed.type.exact = true;
      return placed;
    }
    return declared_at(functions, return_address);
  }

  // Asked for each access of a run, of which many are made by the same code.
  const std::vector<ObjectType>& classes_at(Address return_address) {
    const auto [at, is_new] = classes_.try_emplace(return_address);
    if (is_new) at->second = find_classes(return_address);
    return at->second;
  }

 private:
  struct Variable {
    std::string name;
    Dwarf_Die type;
    Dwarf_Word size = 0;
  };
  using VariableMap = std::map<Dwarf_Addr, Variable>;
  struct Variables {
    VariableMap globals;        // by address
    VariableMap thread_locals;  // by offset
  };
  struct Held {
    const Variable* variable = nullptr;
    Dwarf_Word offset = 0;
  };
  struct Local {
    LocalVariable variable;
    std::string function;  // "main()", "Pool::run()"
  };
  // The functions that have some code, outermost first.
  struct Functions {
    std::vector<Dwarf_Die> dies;
    Dwarf_Die unit;
    Dwarf_Addr address = 0;  // as in the file
  };

  // By the last part of their paths.
  using Files = std::map<std::string, std::set<std::string>>;

  static std::string normal(const std::string& file) {
    return std::filesystem::path(file).lexically_normal().string();
  }

  Files own_files() {
    Files all;
    if (dwfl_ == nullptr) return all;
    const auto collect = [](Dwfl_Module* module, void**, const char*, Dwarf_Addr, void* argument) {
      auto& known = *static_cast<Files*>(argument);
      Dwarf_Addr bias = 0;
      for (Dwarf_Die* unit = dwfl_module_nextcu(module, nullptr, &bias); unit != nullptr;
           unit = dwfl_module_nextcu(module, unit, &bias)) {
        Dwarf_Files* files = nullptr;
        std::size_t count = 0;
        if (dwarf_getsrcfiles(unit, &files, &count) != 0) continue;
        for (std::size_t i = 0; i < count; ++i) {
          const std::string file = path_of(unit, dwarf_filesrc(files, i, nullptr, nullptr));
          if (file.empty() || is_library_file(file)) continue;
          const std::string path = normal(file);
          known[path.substr(path.rfind('/') + 1)].insert(path);
        }
      }
      return static_cast<int>(DWARF_CB_OK);
    };
    dwfl_getmodules(dwfl_, collect, &all, 0);
    return all;
  }

  std::vector<ObjectType> find_classes(Address return_address) {
    std::vector<ObjectType> classes;
    const Functions& functions = functions_at(return_address);
    for (auto function = functions.dies.rbegin(); function != functions.dies.rend(); ++function) {
      Dwarf_Die die = *function;
      std::optional<Dwarf_Die> type = class_of(die);
      if (!type.has_value() || is_library_type(&*type)) continue;
      if (const auto known = object_type(type)) classes.push_back(*known);
    }
    return classes;
  }

  static Held find(const VariableMap& variables, Address address) {
    const auto after = variables.upper_bound(address);
    if (after == variables.begin()) return {};
    const auto& [begin, variable] = *std::prev(after);
    if (address - begin >= variable.size) return {};
    return {&variable, address - begin};
  }

  Held global_at(Address address) {
    Dwfl_Module* module = dwfl_ == nullptr ? nullptr : dwfl_addrmodule(dwfl_, address);
    return module == nullptr ? Held{} : find(variables_of(module).globals, address);
  }

  std::optional<ObjectType> object_type(std::optional<Dwarf_Die> die) {
    if (!die.has_value()) return std::nullopt;
    Dwarf_Die sized = *die;
    Dwarf_Word size = 0;
    const std::string name = type_name(*die);
    if (name.empty() || dwarf_aggregate_size(&sized, &size) != 0 || size == 0) return std::nullopt;
    const auto [at, is_new] =
        type_ids_.try_emplace(die->addr, static_cast<std::uint32_t>(types_.size()));
    if (is_new) types_.push_back(*die);
    return ObjectType{.name = name, .size = size, .exact = is_exact(*die), .id = at->second};
  }

  // Asked for each access of a run, and each frame below it.
  const Functions& functions_at(Address return_address) {
    const auto [at, is_new] = functions_.try_emplace(return_address);
    if (is_new) at->second = find_functions(return_address);
    return at->second;
  }

  Functions find_functions(Address return_address) {
    Functions functions;
    if (dwfl_ == nullptr || return_address == 0) return functions;
    const Dwarf_Addr address = return_address - 1;
    Dwfl_Module* module = dwfl_addrmodule(dwfl_, address);
    if (module == nullptr) return functions;
    Dwarf_Addr bias = 0;
    Dwarf_Die* unit = unit_of(module, address, &bias);
    if (unit == nullptr) return functions;
    functions.unit = *unit;
    functions.address = address - bias;
    const auto [ranges, is_new] = ranges_.try_emplace(unit->addr);
    if (is_new) ranges->second = function_ranges(*unit);
    functions.dies = heddle::functions_at(ranges->second, functions.address);
    return functions;
  }

  std::optional<Local> find_local(const StackFrame& frame, Address address) {
    const Functions& functions = functions_at(frame.pc);
    if (functions.dies.empty() || address < frame.begin || address >= frame.end) {
      return std::nullopt;
    }
    const std::optional<Address> base = frame_base(functions.dies.front(), frame);
    if (!base.has_value()) return std::nullopt;
    for (auto function = functions.dies.rbegin(); function != functions.dies.rend(); ++function) {
      const std::optional<LocalVariable> found =
          heddle::find_local(*function, functions.address, frame, *base, address);
      if (!found.has_value()) continue;
      Dwarf_Die die = *function;
      const char* file = dwarf_decl_file(&die);
      if (file != nullptr && is_library_file(file)) return std::nullopt;
      return Local{*found, function_label(short_function(function_name(&die)))};
    }
    return std::nullopt;
  }

  // A name within a name must not take up the line.
  static std::string function_label(std::string function) {
    constexpr std::size_t kLongest = 24;
    const std::size_t scope = function.rfind("::");
    if (function.size() > kLongest && scope != std::string::npos) function.erase(0, scope + 2);
    return function + "()";
  }

  // A pointer, or what holds one, that is declared in the line of the call.
  std::optional<PlacedType> declared_at(const Functions& functions, Address return_address) {
    const std::vector<Frame>& frames = code(return_address);
    for (std::size_t i = 0; i < functions.dies.size() && i < frames.size(); ++i) {
      const Frame& frame = frames[frames.size() - 1 - i];
      if (frame.line == 0 || frame.file.empty() || is_library_file(frame.file)) continue;
      const auto type = object_type(pointee_declared(functions.dies[i], frame.line));
      if (type.has_value()) return PlacedType{*type, 0};
    }
    return std::nullopt;
  }

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
        frame.file = path_of(cu, dwarf_linesrc(line, nullptr, nullptr));
        frame.line = number > 0 ? static_cast<unsigned>(number) : 0;
      }
      frames = inlined_frames(cu, functions_at(return_address).dies, frame);
    }
    if (frames.empty()) {
      frame.function = demangled(dwfl_module_addrname(module, address));
      // A library's function that it does not export is the library's all the same.
      if (frame.function.empty()) frame.function = library_of(module);
      if (!frame.function.empty() || !frame.file.empty()) frames.push_back(frame);
    }
    return frames;
  }

  // "libstdc++.so.6"; empty for the program's own modules.
  static std::string library_of(Dwfl_Module* module) {
    const char* name =
        dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
    if (name == nullptr || !is_library_file(name)) return "";
    return std::string{file_name(name)};
  }

  // `innermost`: file and line from the line table.
  static std::vector<Frame> inlined_frames(Dwarf_Die* cu, const std::vector<Dwarf_Die>& functions,
                                           Frame innermost) {
    std::vector<Frame> frames;
    Frame frame = std::move(innermost);
    for (auto function = functions.rbegin(); function != functions.rend(); ++function) {
      Dwarf_Die die = *function;
      frame.function = function_name(&die);
      frame.function_line = declared_line(&die);
      frames.push_back(frame);
      frame.file = call_file(cu, &die);
      frame.line = call_line(&die);
    }
    return frames;
  }

  std::string find_data(Address address) {
    if (dwfl_ == nullptr || address == 0) return "";
    Dwfl_Module* module = dwfl_addrmodule(dwfl_, address);
    if (module == nullptr) return "";

    const Held held = find(variables_of(module).globals, address);
    if (held.variable != nullptr) {
      return held.variable->name + member_at(held.variable->type, held.offset).path;
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
      collect_variables(*cu, {}, bias, 0, at->second);
    }
    return at->second;
  }

  struct Scope {
    std::string names;  // "bank::"
    std::optional<Dwarf_Die> function{};
  };

  // Variables with a fixed address, globals, static members and static locals, and thread-locals.
  static void collect_variables(Dwarf_Die parent, const Scope& scope, Dwarf_Addr bias, int depth,
                                Variables& variables) {
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
          const Scope inner{name == nullptr ? scope.names : scope.names + name + "::"};
          collect_variables(die, inner, bias, depth + 1, variables);
          break;
        }
        case DW_TAG_subprogram:
          collect_variables(die, {scope.names, die}, bias, depth + 1, variables);
          break;
        case DW_TAG_lexical_block:
        case DW_TAG_inlined_subroutine:
          collect_variables(die, scope, bias, depth + 1, variables);
          break;
        default:
          break;
      }
    } while (dwarf_siblingof(&die, &die) == 0);
  }

  // "bank::transfer::".
  static std::string names_of(const Scope& scope) {
    if (!scope.function.has_value()) return scope.names;
    Dwarf_Die die = *scope.function;
    const std::string function = short_function(function_name(&die));
    if (function.empty()) return scope.names;
    // With its namespaces and classes where it has a linkage name.
    return (function.find("::") == std::string::npos ? scope.names : "") + function + "::";
  }

  static void add_variable(Dwarf_Die die, const Scope& scope, Dwarf_Addr bias,
                           Variables& variables) {
    Dwarf_Attribute memory;
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    Dwarf_Attribute* location = dwarf_attr(&die, DW_AT_location, &memory);
    if (dwarf_getlocation(location, &operations, &count) != 0 || count == 0) return;
    // Of a thread-local variable the offset is pushed first.
    const bool is_thread_local = count == 2 && (operations[1].atom == DW_OP_GNU_push_tls_address ||
                                                operations[1].atom == DW_OP_form_tls_address);
    if (count != 1 && !is_thread_local) return;
    Dwarf_Addr address = operations[0].number;
    if (operations[0].atom == DW_OP_addrx || operations[0].atom == DW_OP_constx) {
      // clang keeps addresses in a table, and here only the index.
      Dwarf_Attribute entry;
      if (dwarf_getlocation_attr(location, &operations[0], &entry) != 0 ||
          dwarf_formaddr(&entry, &address) != 0) {
        return;
      }
    } else if (!is_thread_local && operations[0].atom != DW_OP_addr) {
      return;
    }
    Variable variable;
    Dwarf_Die whole_type;
    if (!type_of(&die, &variable.type)) return;
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
      variable.name = names_of(scope) + name;
    }
    if (is_thread_local) {
      variables.thread_locals.try_emplace(address, std::move(variable));
    } else {
      variables.globals.try_emplace(address + bias, std::move(variable));
    }
  }

  Dwfl_Callbacks callbacks_{};
  char* debuginfo_path_ = nullptr;
  Dwfl* dwfl_ = nullptr;
  std::unordered_map<Address, std::vector<Frame>> code_;
  std::unordered_map<Address, Functions> functions_;
  std::unordered_map<const void*, FunctionRanges> ranges_;  // by unit
  std::unordered_map<Address, std::string> data_;
  std::map<Dwfl_Module*, Variables> variables_;
  std::optional<Files> files_;
  std::unordered_map<std::string, std::string> labels_;
  std::unordered_map<Address, std::vector<ObjectType>> classes_;
  std::vector<Dwarf_Die> types_;  // by ObjectType::id
  std::unordered_map<const void*, std::uint32_t> type_ids_;
};

Symbolizer::Symbolizer(const std::vector<Module>& modules)
    : impl_(std::make_unique<Impl>(modules)) {}

Symbolizer::~Symbolizer() = default;

std::vector<Frame> Symbolizer::code(Address return_address) const {
  return impl_->code(return_address);
}

std::string Symbolizer::file_label(const std::string& file) const {
  return impl_->file_label(file);
}

std::string Symbolizer::data(Address address) const {
  return impl_->data(address);
}

std::string Symbolizer::thread_local_data(Address image, std::uint64_t offset) const {
  return impl_->thread_local_data(image, offset);
}

std::string Symbolizer::local(const StackFrame& frame, Address address) const {
  return impl_->local(frame, address);
}

std::optional<ObjectType> Symbolizer::pointee(Address address) const {
  return impl_->pointee(address);
}

std::optional<ObjectType> Symbolizer::pointee(const StackFrame& frame, Address address) const {
  return impl_->pointee(frame, address);
}

std::optional<ObjectType> Symbolizer::pointee(const ObjectType& type, std::uint64_t offset) const {
  return impl_->pointee(type, offset);
}

std::optional<PlacedType> Symbolizer::allocated_by(Address return_address) const {
  return impl_->allocated_by(return_address);
}

std::vector<ObjectType> Symbolizer::classes_at(Address return_address) const {
  return impl_->classes_at(return_address);
}

std::string Symbolizer::spelled(Address address, std::uint64_t value, unsigned size) const {
  return impl_->spelled(address, value, size);
}

std::string Symbolizer::spelled(const StackFrame& frame, Address address, std::uint64_t value,
                                unsigned size) const {
  return impl_->spelled(frame, address, value, size);
}

std::string Symbolizer::spelled(const ObjectType& type, std::uint64_t offset, std::uint64_t value,
                                unsigned size) const {
  return impl_->spelled(type, offset, value, size);
}

std::string Symbolizer::member(const ObjectType& type, std::uint64_t offset) const {
  return impl_->member(type, offset);
}

}  // namespace heddle
