#include "harness/cli/command_line.h"

#include <fstream>

#include "harness/report/text.h"

namespace heddle {

std::string command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string line = "heddle";
  std::string word;
  std::getline(file, word, '\0');
  while (std::getline(file, word, '\0')) line += ' ' + shell_quoted(word);
  return line;
}

}  // namespace heddle
