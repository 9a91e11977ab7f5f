#include "harness/grade/source_text.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>
#include <vector>

namespace heddle::grade {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// A line that goes on is one line, also where blanks follow the backslash. Other spellings of
// characters (trigraphs, %:) are taken for what they stand for, as some standards do.
std::string as_lines(std::string_view text, bool& spliced) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("?\?/")) {
      plain += '\\';
      i += 2;
    } else if (rest.starts_with("?\?=")) {
      plain += '#';
      i += 2;
    } else if (rest.starts_with("%:")) {
      plain += '#';
      ++i;
    } else {
      plain += text[i];
    }
  }
  std::string result;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] == '\\') {
      const std::size_t end = plain.find_first_not_of(" \t\r\v\f", i + 1);
      if (end != std::string::npos && plain[end] == '\n') {
        spliced = true;
        i = end;
        continue;
      }
    }
    result += plain[i];
  }
  return result;
}

bool begins_raw_literal(std::string_view prefix) {
  return prefix == "R" || prefix == "LR" || prefix == "uR" || prefix == "UR" || prefix == "u8R";
}

class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  SourceText read() {
    while (at_ < text_.size()) step();
    return std::move(result_);
  }
  bool has_raw_literal() const { return has_raw_literal_; }

 private:
  std::string_view rest() const { return std::string_view(text_).substr(at_); }

  void skip_to(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    at_ = found == std::string::npos ? text_.size() : found + end.size();
  }

  void step() {
    const char c = text_[at_];
    if (rest().starts_with("//")) {
      const std::size_t end = text_.find('\n', at_);
      at_ = end == std::string::npos ? text_.size() : end;
    } else if (rest().starts_with("/*")) {
      at_ += 2;
      skip_to("*/");
    } else if (c == '"') {
      literal('"');
    } else if (c == '\'') {
      literal('\'');
    } else if (c == '#') {
      directive();
    } else if (is_word(c)) {
      word();
    } else {
      ++at_;
    }
  }

  void literal(char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  std::string_view take_word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return std::string_view(text_).substr(begin, at_ - begin);
  }

  void word() {
    const bool number = std::isdigit(static_cast<unsigned char>(text_[at_])) != 0;
    const std::string_view found = take_word();
    if (number) {
      // 1'000 is no literal of a character.
      if (rest().starts_with("'")) ++at_;
    } else if (rest().starts_with("\"") && begins_raw_literal(found)) {
      raw_literal();
    } else {
      result_.identifiers.emplace(found);
    }
  }

  void raw_literal() {
    has_raw_literal_ = true;
    const std::size_t open = text_.find('(', at_);
    if (open == std::string::npos) {
      at_ = text_.size();
      return;
    }
    const std::string end = ")" + text_.substr(at_ + 1, open - at_ - 1) + "\"";
    skip_to(end);
  }

  void directive() {
    ++at_;
    while (rest().starts_with(" ") || rest().starts_with("\t")) ++at_;
    const std::string_view name = take_word();
    if (name == "define" || name == "undef") result_.defines_macros = true;
    // By these code would be said to stand in another file.
    const bool is_number = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) != 0;
    if (name == "line" || is_number) result_.unclear = "#line";
    // The name of a header is no use of what it offers.
    if (name == "include") {
      const std::size_t end = text_.find('\n', at_);
      at_ = end == std::string::npos ? text_.size() : end;
    }
  }

  const std::string& text_;
  std::size_t at_ = 0;
  bool has_raw_literal_ = false;
  SourceText result_;
};

// Of a line `# 12 "/usr/include/c++/12/thread" 1 3`, which says where the lines after it come from.
struct Marker {
  std::string file;
  bool enters = false;
  bool leaves = false;
};

std::optional<Marker> marker_in(std::string_view line) {
  if (line.size() < 3 || !line.starts_with("# ") ||
      std::isdigit(static_cast<unsigned char>(line[2])) == 0) {
    return std::nullopt;
  }
  Marker marker;
  const std::size_t open = line.find('"');
  const std::size_t close = line.rfind('"');
  if (open == std::string_view::npos || close == open) return marker;
  marker.file = line.substr(open + 1, close - open - 1);
  const std::string_view flags = line.substr(close + 1);
  marker.enters = flags.starts_with(" 1");
  marker.leaves = flags.starts_with(" 2");
  return marker;
}

// Names of files that nobody who hands in can have put there.
bool is_systems_own(const std::string& file) {
  std::string name = std::filesystem::path(file).lexically_normal().string();
  name.erase(0, std::min(name.find_first_not_of('/'), name.size()));
  if (!file.starts_with('/')) return false;
  return !name.starts_with("proc/") && !name.starts_with("dev/") && !name.starts_with("tmp/") &&
         !name.starts_with("var/tmp/");
}

}  // namespace

SourceText read_source_text(std::string_view text) {
  bool spliced = false;
  const std::string joined = as_lines(text, spliced);
  Reader reader(joined);
  SourceText result = reader.read();
  // Lines of a raw literal do not go on; where it ends then is for compilers to say.
  if (spliced && reader.has_raw_literal())
    result.unclear = "a raw literal beside a line that goes on";
  return result;
}

std::set<std::string, std::less<>> read_own_identifiers(std::string_view preprocessed) {
  std::string own;
  std::vector<bool> open = {true};  // of the files that are being included: whether it is own
  while (!preprocessed.empty()) {
    const std::size_t end = std::min(preprocessed.find('\n'), preprocessed.size() - 1) + 1;
    const std::string_view line = preprocessed.substr(0, end);
    preprocessed.remove_prefix(end);
    if (const auto marker = marker_in(line)) {
      if (marker->enters) open.push_back(open.back() && !is_systems_own(marker->file));
      if (marker->leaves && open.size() > 1) open.pop_back();
    } else if (open.back()) {
      own += line;
    }
  }
  return Reader(own).read().identifiers;
}

}  // namespace heddle::grade
