#include "harness/search/instrumentation.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "harness/hooks/exempt_code.h"
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

Instrumentation look(std::span<const Module> modules) {
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
    if (!part.system) part.code = read_code(module.path, !program && !part.code.names.calls_hooks);
    for (const std::string& framework : part.code.assumed) assume(framework);
    parts.push_back(std::move(part));
  }

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

Instrumentation find_instrumentation(std::span<const Module> modules) {
  std::vector<FileKey> key;
  for (const Module& module : modules) key.push_back(key_of(module.path));
  // The engines of a case ask one after the other, and so do the tests of a GoogleTest program.
  static std::mutex mutex;
  static std::map<std::vector<FileKey>, Instrumentation> known;
  const std::lock_guard lock(mutex);
  const auto [at, is_new] = known.try_emplace(std::move(key));
  if (is_new) at->second = look(modules);
  return at->second;
}

}  // namespace heddle
