// The environment that a program is started with.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace heddle {

class Environment {
 public:
  // This process's own.
  Environment();

  void set(std::string_view name, std::string_view value);
  void remove(const std::function<bool(std::string_view name)>& unwanted);

  // For execve(): valid until the next change, with a null at the end.
  std::vector<char*> pointers();

 private:
  std::vector<std::string> entries_;  // NAME=value
};

}  // namespace heddle
