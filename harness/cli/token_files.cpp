#include "harness/cli/token_files.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include "harness/search/result.h"

namespace heddle {
namespace {

std::vector<const Token*> tokens_of(const CaseResult& result) {
  std::vector<const Token*> tokens;
  const auto add = [&](const std::optional<Token>& token) {
    if (token.has_value()) tokens.push_back(&*token);
  };
  for (const EngineResult& engine : result.engines) {
    add(engine.limit_token);
    for (const Finding& finding : engine.findings) {
      add(finding.token);
      if (finding.minimal.has_value()) tokens.push_back(&finding.minimal->token);
      if (!finding.hunt.has_value()) continue;
      add(finding.hunt->token);
      if (finding.hunt->minimal.has_value()) tokens.push_back(&finding.hunt->minimal->token);
    }
  }
  return tokens;
}

}  // namespace

std::optional<std::string> write_token_files(ReportCase& report_case) {
  for (const Token* token : tokens_of(*report_case.result)) {
    const std::string name = token_file_name(report_case, *token);
    if (name.empty() || report_case.token_files.contains(name)) continue;
    errno = 0;
    std::ofstream file(name);
    file << to_text(ReplayToken{.token = *token, .build = report_case.build}) << '\n';
    file.close();
    if (!file) return "cannot write the token into " + name + ": " + std::strerror(errno);
    report_case.token_files.insert(name);
  }
  return std::nullopt;
}

std::optional<std::string> read_token_word(const std::string& word) {
  const std::string_view ending = ".token";
  if (word.find('/') == std::string::npos && !word.ends_with(ending)) return word;
  std::ifstream file(word, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 1 << 16> block{};
  while (text.size() < kMostTokenFile && (file.read(block.data(), block.size()), file.gcount() > 0))
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::optional<std::string> other_build(const NamedProgram& program, BuildMark of_token,
                                       BuildMark of_program) {
  if (of_token == 0 || of_token == of_program) return std::nullopt;
  return fmt::format(
      "the token does not apply: it is of another program, or of another build of {} ({:06x}, this "
      "is {:06x}); search again",
      program.name, of_token, of_program);
}

}  // namespace heddle
