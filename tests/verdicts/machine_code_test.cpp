// The decoder, against objdump.
#include "harness/search/machine_code.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <sstream>

#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

TEST(MachineCode, instructions_of_the_c_library_are_as_long_as_objdump_says) {
  if (!find_in_path("objdump").has_value()) GTEST_SKIP() << "no objdump";
  std::string library = run_process({"g++", "-print-file-name=libc.so.6"}).out;
  if (!library.starts_with('/')) GTEST_SKIP() << "no C library";
  library.resize(library.find('\n'));
  std::istringstream lines(run_process({"objdump", "-d", "-w", library}).out);
  std::size_t checked = 0;
  std::size_t wrong = 0;
  for (std::string line; std::getline(lines, line);) {
    // ADDRESS:<tab>BYTES<tab>TEXT
    const std::size_t begin = line.find(":\t");
    const std::size_t end = begin == std::string::npos ? begin : line.find('\t', begin + 2);
    if (end == std::string::npos || line.find("(bad)") != std::string::npos) continue;
    std::vector<std::uint8_t> code;
    std::istringstream bytes(line.substr(begin + 2, end - begin - 2));
    for (unsigned byte = 0; bytes >> std::hex >> byte;) {
      code.push_back(static_cast<std::uint8_t>(byte));
    }
    // objdump takes fwait and what it waits for together.
    if (code.empty() || (code.front() == 0x9b && code.size() > 1)) continue;
    const std::size_t size = code.size();
    code.insert(code.end(), 16, 0x90);
    const auto instruction = decode_instruction(code);
    ++checked;
    if (instruction.has_value() && instruction->size == size) continue;
    EXPECT_LT(++wrong, 10U) << line;
    if (wrong >= 10) break;
  }
  EXPECT_GT(checked, 100'000U);
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace heddle::verdicts
