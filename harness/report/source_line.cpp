#include "harness/report/source_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>

#include "harness/report/text.h"

namespace heddle {
namespace {

// Up to the bracket that closes the one at `at`.
std::size_t skip_brackets(std::string_view text, std::size_t at, char open, char close) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == open) ++depth;
    if (text[at] == close && --depth == 0) return at + 1;
  }
  return at;
}

constexpr std::string_view kOperator = "operator";

bool is_operator(std::string_view text, std::size_t at) {
  const auto is_in_name = [&](std::size_t i) {
    return i < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_');
  };
  return text.substr(at).starts_with(kOperator) && !is_in_name(at + kOperator.size()) &&
         (at == 0 || !is_in_name(at - 1));
}

// Behind the name of the operator that stands there. Its brackets are no template arguments and no
// parameters.
std::size_t end_of_operator(std::string_view text, std::size_t at) {
  // Of those that begin alike the longest first.
  constexpr std::array<std::string_view, 34> kNames = {
      "()", "[]", "->*", "->", "<=>", "<<=", ">>=", "<<", ">>", "<=", ">=", "==",
      "!=", "&&", "||",  "++", "--",  "+=",  "-=",  "*=", "/=", "%=", "^=", "&=",
      "|=", "<",  ">",   "=",  "+",   "-",   "*",   "/",  "%",  "!"};
  const std::size_t begin = at + kOperator.size();
  for (const std::string_view name : kNames) {
    if (text.substr(begin).starts_with(name)) return begin + name.size();
  }
  // Another sign, or a word: a conversion, new, delete.
  return std::min(text.find_first_of("(<", begin), text.size());
}

void erase_all(std::string& text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
}

}  // namespace

bool is_library(const Frame& frame) {
  return frame.file.empty() || is_library_file(frame.file);
}

std::vector<Frame> frames_of(const Symbols& symbols, Address pc, std::span<const Address> stack) {
  std::vector<Frame> frames;
  if (pc != 0) frames = symbols.code(pc);
  for (const Address caller : stack) {
    for (Frame& frame : symbols.code(caller)) frames.push_back(std::move(frame));
  }
  return frames;
}

SourceLine source_of(const Symbols& symbols, Address pc, std::span<const Address> stack) {
  const std::vector<Frame> frames = frames_of(symbols, pc, stack);
  const auto own = std::find_if_not(frames.begin(), frames.end(), is_library);
  if (own != frames.end()) {
    SourceLine source{.file = own->file, .line = own->line, .function = own->function};
    source.label = symbols.file_label(own->file);
    source.function_line = own->function_line;
    if (own != frames.begin()) source.library_call = short_function(std::prev(own)->function);
    return source;
  }
  const auto any = std::find_if(frames.begin(), frames.end(),
                                [](const Frame& frame) { return !frame.file.empty(); });
  SourceLine source;
  if (any != frames.end()) {
    source = {.file = any->file, .line = any->line, .function = any->function};
    source.label = symbols.file_label(any->file);
    source.function_line = any->function_line;
    source.in_library = true;
    return source;
  }
  if (!frames.empty()) source.function = frames.front().function;
  source.in_library = true;
  return source;
}

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string shown_file(const SourceLine& source) {
  return printable(source.label.empty() ? file_name(source.file) : source.label);
}

std::string short_place(const SourceLine& source) {
  if (source.known()) return fmt::format("{}:{}", shown_file(source), source.line);
  return source.function.empty() ? "?" : printable(short_function(source.function));
}

std::string short_function(std::string_view function) {
  std::string text{function};
  erase_all(text, "[abi:cxx11]");
  erase_all(text, "__cxx11::");
  erase_all(text, "(anonymous namespace)::");
  // As g++ and clang name them.
  for (const std::string_view sign : {"{lambda(", "$_"}) {
    if (const auto lambda = text.find(sign); lambda != std::string::npos) {
      text = text.substr(0, lambda) + "{lambda}";
    }
  }
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (is_operator(text, at)) {
      const std::size_t end = end_of_operator(text, at);
      if (const auto type = result.rfind(' '); type != std::string::npos) result.erase(0, type + 1);
      result += text.substr(at, end - at);
      at = end;
      // A conversion's target or "new" may hold spaces, which would read as a return type below.
      std::replace(result.begin(), result.end(), ' ', '_');
    } else if (text[at] == '<') {
      at = skip_brackets(text, at, '<', '>');
    } else if (text[at] == '(') {
      at = skip_brackets(text, at, '(', ')');
    } else {
      result += text[at++];
    }
  }
  for (const std::string_view suffix : {" const", " volatile", " &", " &&"}) {
    if (result.ends_with(suffix)) result.resize(result.size() - suffix.size());
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  // A template's name is preceded by its return type.
  const std::size_t space = result.rfind(' ');
  if (space != std::string::npos) result.erase(0, space + 1);
  return result;
}

}  // namespace heddle
