#include "harness/search/environment.h"

#include <unistd.h>

#include <utility>

namespace heddle {

Environment::Environment() {
  for (char** entry = environ; *entry != nullptr; ++entry) entries_.emplace_back(*entry);
}

void Environment::set(std::string_view name, std::string_view value) {
  remove([name](std::string_view known) { return known == name; });
  std::string entry(name);
  entry += '=';
  entry += value;
  entries_.push_back(std::move(entry));
}

void Environment::remove(const std::function<bool(std::string_view name)>& unwanted) {
  std::erase_if(entries_, [&](const std::string& entry) {
    return unwanted(std::string_view(entry).substr(0, entry.find('=')));
  });
}

std::vector<char*> Environment::pointers() {
  std::vector<char*> result;
  for (std::string& entry : entries_) result.push_back(entry.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace heddle
