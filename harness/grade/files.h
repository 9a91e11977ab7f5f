// Small files, as wholes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace heddle::grade {

// Longer files are refused: nobody writes them by hand.
inline constexpr std::size_t kLongestFile = 1 << 20;  // bytes

// Nothing if it is no regular file, a link (which may lead anywhere), too long, or unreadable.
std::optional<std::string> read_file(const std::filesystem::path& file,
                                     std::size_t longest = kLongestFile);

// False if it cannot be written.
bool write_file(const std::filesystem::path& file, std::string_view text);

// Lines from..to, counted from 1, both included, with their ends; empty if there are no such lines.
std::string_view lines_of(std::string_view text, std::size_t from, std::size_t to);

// Names of files in it without the folder, which is another one each time.
std::string without_folder(std::string text, const std::filesystem::path& folder);

// A folder that goes with the object, with all in it.
class TemporaryFolder {
 public:
  TemporaryFolder();  // throws std::runtime_error
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace heddle::grade
