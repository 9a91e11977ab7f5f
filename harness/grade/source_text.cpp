#include "harness/grade/source_text.h"

#include <cctype>

namespace heddle::grade {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// A line that goes on is one line.
std::string without_splices(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
    } else if (text[i] == '\\' && text.substr(i + 1).starts_with("\r\n")) {
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  SourceText read() {
    while (at_ < text_.size()) step();
    return std::move(result_);
  }

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
    } else if (rest().starts_with("\"") && found.ends_with('R')) {
      raw_literal();
    } else {
      result_.identifiers.emplace(found);
    }
  }

  void raw_literal() {
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
    // The name of a header is no use of what it offers.
    if (name == "include") {
      const std::size_t end = text_.find('\n', at_);
      at_ = end == std::string::npos ? text_.size() : end;
    }
  }

  const std::string& text_;
  std::size_t at_ = 0;
  SourceText result_;
};

}  // namespace

SourceText read_source_text(std::string_view text) {
  const std::string joined = without_splices(text);
  return Reader(joined).read();
}

}  // namespace heddle::grade
