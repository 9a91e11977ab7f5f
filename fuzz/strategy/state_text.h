// The state of a strategy as text: numbers, one after the other.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace heddle {

class StateWriter {
 public:
  explicit StateWriter(std::string_view name) : text_(name) {}

  void add(std::uint64_t number) {
    char digits[20];
    const auto written = std::to_chars(std::begin(digits), std::end(digits), number, 36);
    text_ += ' ';
    text_.append(digits, written.ptr);
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// Reads what a StateWriter of the same name wrote. After the first thing that does not fit, ok()
// is false and all numbers are 0.
class StateReader {
 public:
  StateReader(std::string_view name, std::string_view text)
      : left_(text), ok_(text.starts_with(name)) {
    if (ok_) left_.remove_prefix(name.size());
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    if (!ok_ || left_.size() < 2 || left_.front() != ' ') return fail();
    left_.remove_prefix(1);
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value, 36);
    if (error != std::errc{}) return fail();
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return value;
  }

  // A count of things that take at least one number each: so a damaged state cannot ask for more
  // memory than it is long.
  std::size_t count() {
    const std::uint64_t n = number();
    return n <= left_.size() ? static_cast<std::size_t>(n) : fail();
  }

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && left_.empty(); }

 private:
  std::uint64_t fail() {
    ok_ = false;
    return 0;
  }

  std::string_view left_;
  bool ok_;
};

}  // namespace heddle
