#include "tests/golden/approved.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace heddle {
namespace {

std::string line_where_they_part(const std::string& approved, const std::string& received) {
  std::istringstream left{approved};
  std::istringstream right{received};
  for (int number = 1;; ++number) {
    std::string expected;
    std::string actual;
    const bool more_left = static_cast<bool>(std::getline(left, expected));
    const bool more_right = static_cast<bool>(std::getline(right, actual));
    if (!more_left && !more_right) return "they differ in the end of the last line only";
    if (!more_left) expected = "(end)";
    if (!more_right) actual = "(end)";
    if (expected != actual) {
      return "line " + std::to_string(number) + "\n  approved: " + expected +
             "\n  received: " + actual;
    }
  }
}

}  // namespace

void expect_approved(std::string_view name, const std::string& text) {
  namespace fs = std::filesystem;
  const fs::path approved_path = fs::path{HEDDLE_TEST_SOURCE_DIR} / "tests/golden/approved" / name;
  std::ifstream file{approved_path, std::ios::binary};
  std::ostringstream approved;
  approved << file.rdbuf();
  const fs::path received_path = fs::current_path() / (std::string{name} + ".received");
  if (file.good() && approved.str() == text) {
    fs::remove(received_path);
    return;
  }
  std::ofstream{received_path, std::ios::binary} << text;
  ADD_FAILURE() << name << ": "
                << (file.good() ? line_where_they_part(approved.str(), text)
                                : "nothing is approved yet")
                << "\nIf the received text is right, approve it:\n  cp " << received_path.string()
                << ' ' << approved_path.string();
}

}  // namespace heddle
