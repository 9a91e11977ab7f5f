#include "harness/search/instrumentation.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

#include "harness/hooks/exempt_code.h"
#include "harness/hooks/quiet_calls.h"
#include "harness/search/code_file.h"

namespace heddle {
namespace {

std::string file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

// Where the system's packages have their libraries: what is elsewhere belongs to the program.
bool is_systems_own(std::string_view path) {
  for (const std::string_view folder :
       {"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/lib/x86_64-linux-gnu/"}) {
    if (path.starts_with(folder)) return true;
  }
  return false;
}

bool any_common(const std::set<std::string, std::less<>>& few,
                const std::set<std::string, std::less<>>& many) {
  return std::any_of(few.begin(), few.end(),
                     [&](const std::string& name) { return many.contains(name); });
}

struct Part {
  std::string path;
  CodeFile code;
  bool system = false;  // a library of the system, without any hook
};

// "std::filesystem::status()": without what tells overloads apart.
std::string call_name(const std::string& symbol) {
  std::string name = readable_name(symbol);
  constexpr std::string_view kAbi = "[abi:cxx11]";
  if (const std::size_t at = name.find(kAbi); at != std::string::npos) name.erase(at, kAbi.size());
  return name.substr(0, name.find('(')) + "()";
}

// Of what this part takes from others, the functions that no engine knows of.
std::set<std::string, std::less<>> unmodelled_in(const Part& part, const std::vector<Part>& parts,
                                                 const CodeNames& hooks) {
  std::set<std::string, std::less<>> found;
  for (const std::string& name : part.code.names.undefined) {
    if (is_modelled(name, hooks.defined.contains(name))) continue;
    const bool from_part = std::any_of(parts.begin(), parts.end(), [&](const Part& other) {
      return other.code.names.defined.contains(name);
    });
    if (!from_part) found.insert(name);
  }
  return found;
}

// In the words of a report; empty if this function, by the linker's name, gives no input.
std::string_view input_of(std::string_view function) {
  struct Input {
    std::string_view pattern;
    std::string_view words;
  };
  static constexpr Input kInputs[] = {
#define HEDDLE_INPUT(pattern, words) {pattern, words},
#include "harness/hooks/inputs.def"
  };
  for (const Input& input : kInputs) {
    if (matches_pattern(input.pattern, function)) return input.words;
  }
  return {};
}

Instrumentation look(std::span<const Module> modules, const std::string& hooks_path) {
  Instrumentation result;
  std::vector<Part> parts;
  result.none = true;
  const auto assume = [&](std::string_view framework) {
    const auto& known = result.assumed;
    if (std::find(known.begin(), known.end(), framework) == known.end()) {
      result.assumed.emplace_back(framework);
    }
  };
  for (const Module& module : modules) {
    const bool program = &module == &modules.front();
    if (!program) {
      if (const Exempt* exempt = find_exempt(ExemptKind::library, module.path)) {
        if (!exempt->framework.empty()) assume(exempt->framework);
        continue;
      }
    }
    Part part{.path = module.path, .code = {}};
    part.code.names = read_code_names(module.path);
    part.system = !program && is_systems_own(module.path) && !part.code.names.calls_hooks;
    if (part.code.names.calls_hooks) result.none = false;
    parts.push_back(std::move(part));
  }

  const CodeNames hooks = read_code_names(hooks_path);
  std::set<std::string> unmodelled;
  std::set<std::string> inputs;
  for (Part& part : parts) {
    if (part.system) continue;
    const bool program = &part == &parts.front();
    std::set<std::string, std::less<>> watched = unmodelled_in(part, parts, hooks);
    for (const std::string& name : part.code.names.undefined) {
      if (!input_of(name).empty()) watched.insert(name);
    }
    part.code = read_code(part.path, !program && !part.code.names.calls_hooks, watched);
    for (const std::string& framework : part.code.assumed) assume(framework);
    result.parts_of_locals |= part.code.parts_of_locals;
    for (const std::string& symbol : part.code.called) {
      const std::string_view input = input_of(symbol);
      if (input.empty()) {
        unmodelled.insert(call_name(symbol));
      } else {
        inputs.emplace(input);
      }
    }
  }
  result.unmodelled.assign(unmodelled.begin(), unmodelled.end());
  result.inputs.assign(inputs.begin(), inputs.end());

  for (const Part& part : parts) {
    const std::string module = file_name(part.path);
    const bool program = &part == &parts.front();
    if (part.system) {
      // What the program and its own libraries have nothing to do with shares nothing with them.
      const bool connected =
          !part.code.names.readable ||
          std::any_of(parts.begin(), parts.end(), [&](const Part& own) {
            return !own.system && (any_common(own.code.names.undefined, part.code.names.defined) ||
                                   any_common(part.code.names.undefined, own.code.names.defined));
          });
      if (connected) result.uninstrumented.push_back({.name = module, .module = module});
    } else if (!part.code.names.readable ||
               (!program && !part.code.names.calls_hooks && !part.code.uninstrumented.empty())) {
      // All of it: one name instead of many.
      result.uninstrumented.push_back({.name = module, .module = module});
    } else {
      for (const std::string& name : part.code.uninstrumented) {
        result.uninstrumented.push_back(
            {.name = name.empty() ? "stripped code of " + module : name, .module = module});
      }
    }
  }
  return result;
}

// What tells a file from the one that has taken its place.
struct FileKey {
  std::string path;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;

  friend auto operator<=>(const FileKey&, const FileKey&) = default;
};

FileKey key_of(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return {.path = path};
  return {.path = path,
          .inode = info.st_ino,
          .size = info.st_size,
          .seconds = info.st_mtim.tv_sec,
          .nanoseconds = info.st_mtim.tv_nsec};
}

}  // namespace

Instrumentation find_instrumentation(std::span<const Module> modules, const std::string& hooks) {
  std::vector<FileKey> key;
  for (const Module& module : modules) key.push_back(key_of(module.path));
  key.push_back(key_of(hooks));
  // The engines of a case ask one after the other, and so do the tests of a GoogleTest program.
  static std::mutex mutex;
  static std::map<std::vector<FileKey>, Instrumentation> known;
  const std::lock_guard lock(mutex);
  const auto [at, is_new] = known.try_emplace(std::move(key));
  if (is_new) at->second = look(modules, hooks);
  return at->second;
}

}  // namespace heddle
