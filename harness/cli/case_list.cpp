#include "harness/cli/case_list.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/nearest_word.h"

namespace heddle {

std::variant<std::vector<ListedCase>, CaseListError> read_case_list() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto file = self.parent_path().parent_path() / "share" / "heddle" / "cases.json";
  if (!std::filesystem::exists(file, error)) return std::vector<ListedCase>{};
  return read_case_list(file.string());
}

std::variant<std::vector<ListedCase>, CaseListError> read_case_list(const std::string& file) {
  std::ifstream in(file);
  const auto json = nlohmann::json::parse(in, nullptr, false);
  std::vector<ListedCase> cases;
  try {
    for (const auto& entry : json.at("cases")) {
      const auto sources = entry.value("sources", std::vector<std::string>{});
      cases.push_back({entry.at("name").get<std::string>(), entry.at("path").get<std::string>(),
                       sources.empty() ? std::string() : sources.front()});
    }
  } catch (const nlohmann::json::exception&) {
    return CaseListError{file + " is no list of cases; build anew with cmake"};
  }
  return cases;
}

CaseHeader read_case_header(const std::string& source_file) {
  CaseHeader header;
  std::ifstream in(source_file);
  const auto text_after = [](const std::string& line, std::string_view label) -> std::string {
    if (line.compare(0, label.size(), label) != 0) return {};
    const std::size_t begin = line.find_first_not_of(' ', label.size());
    return begin == std::string::npos ? std::string() : line.substr(begin);
  };
  for (std::string line; std::getline(in, line) && line.compare(0, 2, "//") == 0;) {
    if (auto purpose = text_after(line, "// Does:"); !purpose.empty()) header.purpose = purpose;
    const std::string words = text_after(line, "// Class:");
    const std::size_t comma = words.find(", difficulty ");
    if (comma == std::string::npos) continue;
    header.bug_class = words.substr(0, comma);
    const char digit = words.substr(comma).substr(std::string_view(", difficulty ").size())[0];
    if (digit >= '1' && digit <= '5') header.difficulty = digit - '0';
  }
  return header;
}

std::variant<NamedProgram, CaseListError> find_program(const std::string& word,
                                                       const std::vector<ListedCase>& cases) {
  if (word.find('/') != std::string::npos) return NamedProgram{word, word};
  const auto found =
      std::find_if(cases.begin(), cases.end(), [&](const auto& c) { return c.name == word; });
  if (found != cases.end()) return NamedProgram{word, found->path};
  if (std::error_code error; std::filesystem::is_regular_file(word, error)) {
    return CaseListError{fmt::format(
        "there is no case named '{0}'; for the program in this folder write ./{0}", word)};
  }
  std::vector<std::string> names;
  for (const ListedCase& listed : cases) names.push_back(listed.name);
  if (const auto nearest = nearest_word(word, names)) {
    return CaseListError{
        fmt::format("there is no case named '{}'; did you mean '{}'?", word, *nearest)};
  }
  return CaseListError{fmt::format(
      "there is no case named '{}'; `heddle list` shows the cases, a path to a program has a '/'",
      word)};
}

std::string standard_input_file() {
  struct stat input = {};
  if (fstat(STDIN_FILENO, &input) != 0 || !S_ISREG(input.st_mode)) return {};
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/fd/0", error).string();
}

}  // namespace heddle
